"""Lines of the catalogue of hostile input and faults whose tests have names of their own: 2.10 (storage, process and machine) and 2.11 (block page,
console and logs). What of them is a case of a suite that tells with --list stands there and not here.

A test is "file:name": a function of a suite in integration/, a case of a unit test below unit/, or a program in soak/ without a name.
"""
I, U = "integration/{}_test.py:{}", "unit/{}_test.cpp:{}"


def suite(name, *tests):
    return tuple(I.format(name, test) for test in tests)


def unit(name, *tests):
    return tuple(U.format(name, test) for test in tests)


NAMED = {
    222: (*suite("storage", "a_kill_at_any_instant_loses_nothing_acknowledged"), *unit("store/store", "Stores.KeepEveryAcknowledgedWriteWhenKilled")),
    223: suite("power", "a_power_cut_loses_nothing_acknowledged"),
    224: (*suite("storage", "a_full_disk_stops_no_filtering"), *unit("store/store", "Stores.SayThatTheDiskIsFullAndGoOnWhenThereIsRoom")),
    225: (*suite("storage", "a_disk_that_errs_stops_no_filtering"), *suite("process", "a_broken_configuration_never_starts"),
          *suite("publish", "a_policy_with_an_error_is_refused_and_the_old_one_stays")),
    226: suite("storage", "a_disk_that_errs_stops_no_filtering"),
    227: (*suite("storage", "a_store_deleted_while_running_is_written_again", "a_store_overwritten_while_running_opens_nothing",
                 "a_day_file_deleted_or_overwritten_while_running_is_begun_anew"),
          *unit("store/store", "StoreFiles.LoseNothingWhenDeletedWhileOpen", "StoreFiles.GoOnWhenOverwrittenInPlace")),
    228: suite("publish", "a_policy_with_an_error_is_refused_and_the_old_one_stays"),
    229: suite("process", "a_broken_configuration_never_starts"),
    230: (*unit("tls/issuer", "IssuerTest.RefusesWhatItCannotTrust", "IssuerTest.NeverOverwritesACa"),
          *suite("tunnels", "a_blocked_tunnel_shows_the_page_where_the_ca_is_trusted")),
    231: suite("process", "days_that_jump_cut_nothing"),
    232: suite("hang", "a_worker_that_hangs_is_the_end_of_its_gateway_and_a_new_one_serves", "what_a_school_cannot_be_without_ends_the_gateway_when_it_hangs",
               "pages_and_mail_that_hang_are_said_and_cut_no_traffic", "a_slow_disk_is_work"),
    233: suite("process", "a_storm_of_signals_ends_with_one_configuration"),
    234: suite("reload", "publications_disturb_no_request_and_keep_no_memory"),
    235: suite("process", "five_hundred_tunnels_end_with_the_drain", "a_second_signal_cuts_the_drain_short"),
    236: suite("process", "a_second_gateway_does_not_start", "a_socket_that_a_crash_left_behind_is_no_hindrance"),
    237: suite("process", "allocations_that_fail_break_nothing"),
    238: unit("store/database", "Databases.GoOnWithAnUpgradeThatStoppedMidway"),
    239: (*unit("portal/block_page", "BlockPage.EscapesHostileTextAndStaysSmall", "BlockPage.LoadsNothingAndRunsNothing", "ErrorPage.EscapesTheHost"),
          *unit("portal/html", "ShownText.MakesHostileTextHarmless"), *unit("portal/guard", "SecurityHeaders.ForbidInlineAndFrames")),
    240: suite("tunnels", "a_blocked_tunnel_shows_the_page_where_the_ca_is_trusted"),
    241: unit("portal/block_page", "BlockPage.NeverContainsPathQueryUserOrAddress"),
    242: suite("tunnels", "what_is_closed_inside_a_page_gets_a_small_answer"),
    243: (*unit("log/access_log", "AccessLog.KeepsHostileRowsApartInEverySink"), *unit("log/csv", "Csv.NeverStartsACellWithAFormula")),
    244: (*unit("log/search", "Search.TakesSqlForText"), *unit("store/unblock_requests", "UnblockRequests.KeepSqlInEveryField"), "soak/scanners:"),
    246: (*unit("portal/guard", "IsFromOwnPage.TakesOnlyTheSameOrigin", "FormTokens.FitOneSessionOnly"),
          *suite("lists", "forms_with_files_have_the_same_guard")),
    247: (*unit("portal/server", "ServerTest.AnswersHostileRequestsPlainly"), *suite("api", "a_key_may_what_its_account_may")),
    248: unit("store/accounts", "Sessions.EndWithSignOutRoleChangeDisablingAndReset", "Sessions.KeepNoTokenThatOpensAnything"),
    249: (*unit("store/request_deciders", "RequestDeciders.RefuseTheRequesterAsReviewerOrApprover",
                "RequestDeciders.RefuseTheRequesterUnderAnotherAccountOfTheSamePerson", "RequestDeciders.RecogniseARenamedAccount"),
          *suite("deciders", "an_officer_answers_no_request_of_their_own", "what_a_role_does_not_permit_is_on_record")),
    250: unit("store/store", "Stores.LetExactlyOneOfTwoApproversSucceed", "Stores.LetExactlyOneOfTwoProcessesSucceed"),
    251: (*unit("store/accounts", "Throttle.GivesFiveTriesThenDoublesUpToAQuarterOfAnHour", "Throttle.LetsNobodyLockOutThePersonElsewhere"),
          *unit("store/sign_in", "SignIn.WorksAsLongForAnUnknownLogin", "SignIn.AnswersTheSameForUnknownWrongAndDisabled")),
    252: unit("store/audit", "Audit.NamesTheFirstChangedRow", "Audit.NamesAGap", "Audit.NamesAClosedGap"),
    253: (*unit("store/audit", "Audit.NoticesACutTailEvenWhenTheChainGoesOn"), *suite("storage", "rows_cut_off_the_audit_raise_an_alarm")),
    254: (*unit("identity/basic", "ParseBasic.RefusesEverythingElse", "ParseBasic.RefusesSixtyFourKibibytesWithoutLookingAtThem"),
          *suite("tunnels", "a_place_that_asks_gets_a_name")),
    255: unit("identity/credential_cache", "CredentialCache.LetsTheNextPersonAtAnAddressInheritNothing", "CredentialCache.ForgetsAfterFiveMinutes"),
    256: unit("http1/forward", "AppendRequestHead.DropsWhatIsForThisHopOnly"),
}
