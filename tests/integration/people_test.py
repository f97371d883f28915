#!/usr/bin/env python3
"""What the console decides about people, seen at the proxy: supervised use from its proposal to its end, permissions that take two keys, accounts
and where they are signed in."""
import base64
import html
import json
import pathlib
import re
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "support"))
from console import Browser, ask_for_site, sign_in  # noqa: E402
from gateway import Gateway, Suite, wait_until  # noqa: E402
from origin import HttpHandler, Origin, Wire  # noqa: E402

SUITE = Suite()
SITE, INSTAGRAM, YOUTUBE = "www.school.example", "www.instagram.com", "www.youtube.com"
STUDY, YEAR_9, YEAR_7 = "127.0.1.14", "127.0.1.10", "127.0.1.11"  # the first asks people to sign in
PEOPLE = {"dev": "dpo", "olive": "officer", "harriet": "headteacher", "dora": "dsl", "ian": "ict-lead", "tess": "supervisor", "carla": "chief-executive"}


class Hello(HttpHandler):
    def do_GET(self):
        self.answer(200, b"hello")


HELLO = Origin(Hello)


def equal(left, right, what="values"):
    if left != right:
        raise AssertionError(f"{what} differ: {str(left)[:300]} and {str(right)[:300]}")


def credentials(user):
    return f"Proxy-Authorization: Basic {base64.b64encode(f'{user}:{USERS[user]}'.encode()).decode()}"


def fetch(site, room, user=None):
    """The answer to a request for a page of the site, from a room, by somebody who is signed in to the proxy or by nobody."""
    who = credentials(user) + "\r\n" if user else ""
    with Wire(GATE, room=room) as wire:
        return wire.send(f"GET http://{site}:{HELLO.port}/ HTTP/1.1\r\nHost: {site}:{HELLO.port}\r\n{who}\r\n").answer()


def amy():
    return fetch(SITE, STUDY, "amy")


def done(page, word):
    """The page that a step leads to; it has said that the step is done and live."""
    assert page.status == 303 and f"done={word}" in page.location, (page.status, page.location, html.unescape(page.text)[-1500:])
    return page.location


def step(login, page, action, word, **fields):
    return done(BROWSER[login].fill(page, action, **fields), word)


def propose(user="amy", reason="A VPN on three days, seen by a teacher.", by="olive"):
    where = step(by, "/supervision/propose", "/supervision/propose", "proposed", user=user, reason=reason, against="It may have been a friend.", weeks="2")
    return where.split("&")[0]


def open_tunnel():
    wire = Wire(GATE, room=STUDY)
    equal(wire.connect(f"{SITE}:{HELLO.port}", credentials("amy")).status, 200, "what the tunnel got")
    return wire


def supervised_use_from_its_proposal_to_its_end():
    equal(amy().status, 200, "before anything")
    one = propose()
    equal(amy().status, 200, "a proposal changes nothing")
    page = html.unescape(BROWSER["harriet"].get(one).text)
    assert "A VPN on three days" in page and "It may have been a friend." in page, "both sides are before the one who decides"
    equal(BROWSER["olive"].fill(one, "/supervision/decide", decision="confirm").status, 403, "the proposer as the one who decides")
    equal(BROWSER["carla"].get(one).status, 403, "a pupil's case at the chief executive's")
    assert "amy" not in BROWSER["carla"].get("/supervision").text and "1 waiting" not in BROWSER["carla"].get("/").text
    assert "1 waiting" in BROWSER["harriet"].get("/").text
    step("harriet", one, "/supervision/decide", "confirmed", decision="confirm")
    answer = amy()
    text = html.unescape(answer.body.decode())
    equal(answer.status, 403, "under supervised use")
    assert "a member of staff beside you" in text and STUDY in text and "A VPN on three days" in text and "about=pupil" in text, text[-2500:]
    assert "Ask for this site" not in text
    equal(fetch(SITE, STUDY, "ben").status, 200, "somebody else at the same place")

    teacher = BROWSER["tess"]
    assert "A VPN" not in teacher.get(one).text and "amy" in teacher.get("/supervision").text, "who sits beside need not know why"
    for path in ("/audit", "/requests", "/log", "/incidents", "/reports"):
        equal(teacher.get(path).status, 403, path)
    equal(teacher.fill(one, "/supervision/start", device="", length="30").status, 422)
    step("tess", one, "/supervision/start", "started", device="127.0.1.99", length="30")
    equal(amy().status, 403, "sitting beside another computer")
    live = re.search(r'name="supervision" value="(\d+)"', teacher.get(one).text)
    step("tess", one, "/supervision/stop", "stopped", supervision=live[1])
    step("tess", one, "/supervision/start", "started", device=STUDY, length="30")
    equal(amy().status, 200, "with a member of staff beside her")
    with open_tunnel() as tunnel:
        GATE.set_clock("2026-11-24 10:41:00")
        tunnel.socket.settimeout(20)
        equal(tunnel.rest(), b"", "what the tunnel got when the half hour was over")
    equal(amy().status, 403, "after the half hour")
    renew()
    step("dora", one, "/supervision/propose-end", "end-proposed", reason="She has understood.")
    equal(amy().status, 403, "while its end is only proposed")
    equal(BROWSER["harriet"].fill(one, "/supervision/confirm-end", decision="keep", reason="").status, 422, "going on without a reason")
    step("harriet", one, "/supervision/confirm-end", "kept", decision="keep", reason="It has only begun.")
    step("dora", one, "/supervision/propose-end", "end-proposed", reason="It helped.")
    equal(BROWSER["dora"].fill(one, "/supervision/confirm-end", decision="end").status, 403, "the proposer of the end as the one who confirms it")
    step("harriet", one, "/supervision/confirm-end", "ended", decision="end")
    text = " ".join(html.unescape(re.sub(r"<[^>]*>", " ", BROWSER["harriet"].get(one).text)).split())
    assert "Ended before its time 24 Nov 2026, 10:4" in text, text[-1500:]
    assert re.search(r"Supervised use, ended before its time 1\b", " ".join(re.sub(r"<[^>]*>", " ", BROWSER["harriet"].get("/governors?from=2026-11-01&to=2026-11-30").text).split()))
    equal(amy().status, 200, "when it has ended")


def nobody_decides_about_themselves():
    one = propose("harriet", "Private surfing.", by="dora")
    equal(BROWSER["harriet"].get(one).status, 403, "the headteacher's own page")
    assert "Private surfing" not in BROWSER["harriet"].get("/supervision").text
    assert one.split("?")[1] in html.unescape(BROWSER["carla"].get("/supervision").text) and "1 waiting" in BROWSER["carla"].get("/").text
    page = html.unescape(BROWSER["carla"].get(one).text)
    assert "Private surfing." in page and "It may have been a friend." in page and "no incident of this person on record" in page, "both sides and what was seen"
    step("carla", one, "/supervision/decide", "refused", decision="refuse", reason="It was for a lesson.")
    equal(BROWSER["olive"].fill("/supervision/propose", "/supervision/propose", user="olive", reason="x", weeks="1").status, 403)


def permission_with_two_keys():
    equal(fetch(INSTAGRAM, YEAR_9).status, 403, "before anything")
    page = BROWSER["olive"].fill("/permission/new", "/permission/new", group="group:year-7", what="service:instagram", reason="Films.")
    assert page.status == 422 and "nobody below 13" in page.text, "clause 10: no sign-up below the service's minimum age"
    for who in ({"group": "group:year-7"}, {"user": "Yara"}):
        page = BROWSER["olive"].fill("/permission/new", "/permission/new", what="category:social-media", reason="Films.", **who)
        assert page.status == 422 and "takes nobody below" in page.text, f"everything of a kind for {who}"
    equal(BROWSER["olive"].fill("/permission/new", "/permission/new", group="group:year-9", what="host:www.instagram.com", reason="Films.").status, 422, "what is not offered")
    equal(BROWSER["olive"].fill("/permission/new", "/permission/new", what="service:instagram", reason="Films.").status, 422, "for nobody")
    one = step("olive", "/permission/new", "/permission/new", "proposed", group="group:year-9", what="service:instagram", where="network:year-9-room",
               reason="Media project, led by Mr Hall.").split("&")[0]
    equal(BROWSER["olive"].fill(one, "/permission/key", days="7", measures="").status, 422, "no measures")
    step("olive", one, "/permission/key", "key", days="7", measures="Safe search is on; Mr Hall looks on.")
    equal(fetch(INSTAGRAM, YEAR_9).status, 403, "one key")
    assert "Safe search is on" in BROWSER["harriet"].get(one).text
    step("harriet", one, "/permission/key", "key", days="1")
    equal(fetch(INSTAGRAM, YEAR_9).status, 200, "both keys")
    equal(fetch(INSTAGRAM, YEAR_7).status, 403, "another room")
    equal(fetch(YOUTUBE, YEAR_9).status, 403, "another service")
    GATE.set_clock("2026-11-25 10:45:00")
    equal(fetch(INSTAGRAM, YEAR_9).status, 403, "the headteacher's key is over")
    renew()
    assert "Waits for the headteacher" in BROWSER["olive"].get("/permissions").text
    step("harriet", one, "/permission/key", "key", days="1")
    equal(fetch(INSTAGRAM, YEAR_9).status, 200, "given anew")
    step("olive", one, "/permission/close", "closed", reason="The project is over.")
    equal(fetch(INSTAGRAM, YEAR_9).status, 403, "closed")
    equal(BROWSER["harriet"].fill(one, "/permission/key", id=one.split("=")[1], version="9", days="1").status, 409, "closed for good")
    for login in ("ian", "dora"):
        equal(BROWSER[login].get("/permission/new").status, 403, login)


def confirm_role(role):
    """What Ian asked for, Harriet confirms; nobody else does."""
    lead, head = BROWSER["ian"], BROWSER["harriet"]
    assert "you say yes or no" in head.get("/").text and "/roles" in head.get("/").text
    one = html.unescape(re.search(r'href="(/roles/one[^"]*)"', head.get("/roles").text)[1])
    assert "somebody else confirms it" in lead.get(one).text and "/roles/decide" not in lead.get(one).text
    number, own = one.split("=")[1], "another password of harriet"
    equal(BROWSER["olive"].get(one).status, 403, "an officer")
    equal(lead.fill("/account", "/roles/decide", id=number, decision="confirm", password="another password of ian").status, 403, "who asked")
    equal(head.fill(one, "/roles/decide", decision="confirm", password="not it").status, 422, "without the own password")
    equal(head.fill(one, "/roles/decide", decision="refuse", password=own).status, 422, "refusing without a reason")
    done(head.fill(one, "/roles/decide", decision="confirm", password=own), "confirmed")
    equal(lead.fill("/account", "/roles/decide", id=number, decision="refuse", reason="x", password="another password of ian").status, 409, "once")
    assert role in head.get("/audit?action=account.confirm-role").text


def other_number(lead, login):
    return re.search(rf'/accounts/one\?id=(\d+)"[^>]*>{login}<', lead.get("/accounts").text)[1]


def other(lead, login):
    return f"/accounts/one?id={other_number(lead, login)}"


def accounts_and_where_they_are_signed_in():
    lead, own = BROWSER["ian"], "another password of ian"
    new = {"name": "Nora New", "login": "nora", "role": "officer", "sign_on": "nora@school.example"}
    assert lead.fill("/accounts/add", "/accounts/add", **new, password="not it").status == 422
    page = lead.fill("/accounts/add", "/accounts/add", **new, password=own)
    first = re.search(r"Password</dt>\s*<dd[^>]*>(?:\s*<[^>]+>)*\s*([^<\s]+)", page.text)
    assert page.status == 200 and first and "waits for a second person" in page.text, page.text[-2000:]
    number = other_number(lead, "nora")
    one = f"/accounts/one?id={number}"
    page = lead.get(one).text
    assert "Waits for a second person: online safety officer" in page and "(harriet)" in page, page[-2500:]
    told = Browser(GATE.console_port).fill("/sign-in", "/sign-in", login="nora", password=html.unescape(first[1]))
    assert told.status == 403 and "You need do nothing" in told.text and "(harriet)" in told.text, (told.status, told.text[-1500:])
    told = Browser(GATE.console_port).fill("/sign-in", "/sign-in", login="nora", password="not hers at all")
    assert told.status == 403 and "You need do nothing" not in told.text, "only who has the password hears that the account is there"
    asked_for = html.unescape(BROWSER["harriet"].get(html.unescape(re.search(r'href="(/roles/one[^"]*)"', BROWSER["harriet"].get("/roles").text)[1])).text)
    assert "nora@school.example" in asked_for and "ian gave it a new password" in asked_for and "ian gave it a name at the school's sign-on" in asked_for, asked_for[-3000:]
    confirm_role("officer")
    nora = sign_in(GATE, "nora", html.unescape(first[1]))
    text = html.unescape(nora.get("/account").text)
    assert "nora@school.example" in text and "Your account decides nothing until" in text, text[-3000:]
    is_held_back(nora.get("/draft"), "whoever made it could come in as nora")
    hold = f"/roles/access?id={number}"
    assert "nora@school.example" in BROWSER["harriet"].get(hold).text
    done(BROWSER["harriet"].fill(hold, "/roles/access", decision="confirm", password="another password of harriet"), "known")
    elsewhere = Browser(GATE.console_port, room="127.0.0.9")
    equal(elsewhere.fill("/sign-in", "/sign-in", login="nora", password="another password of nora").status, 303)
    session = re.findall(r'value="(\d+)"[^>]*>\s*<label[^>]*>127\.0\.0\.9', lead.get(one).text)[0]
    equal(BROWSER["olive"].fill("/account", "/account/end-session", session=session).status, 403, "signing somebody else out")
    for wrong in ({}, {"session_proof": "not it"}):
        equal(lead.fill(one, "/account/end-session", account=number, session=session, **wrong).status, 422, "without the own password")
    equal(lead.fill("/account", "/account/end-session", session=session, session_proof="not it").status, 404, "nor as if it were the own place")
    equal(elsewhere.get("/").status, 200, "still signed in")
    done(lead.fill(one, "/account/end-session", account=number, session=session, session_proof=own), "session")
    equal(elsewhere.get("/").status, 303, "the place that was signed out")
    equal(nora.get("/").status, 200, "the other one")
    assert 'name="session"' not in nora.get("/account").text, "nothing to sign out but this one"
    asked = propose("ben", by="olive")
    done(lead.fill(one, "/accounts/role", id=number, role="headteacher", password=own), "asked")
    equal(nora.get("/draft").status, 200, "the old role, until somebody else confirms")
    confirm_role("headteacher")
    nora = sign_again("nora")
    assert "Your role is new. It decides from" in nora.get("/").text, "said before she fills a form in"
    page = nora.fill(asked, "/supervision/decide", decision="confirm")
    assert page.status == 403 and "24 hours" in page.text, "a role that was given a moment ago decides nothing"
    equal(BROWSER["olive"].get("/accounts").status, 403)
    me = re.search(r'/accounts/one\?id=(\d+)"[^>]*>ian<', lead.get("/accounts").text)[1]
    equal(lead.fill(one, "/accounts/role", id=me, role="headteacher", password=own).status, 403, "the own account")
    equal(lead.fill(one, "/accounts/state", id=number, disabled="yes", sure="not it").status, 422, "closing without the own password")
    done(lead.fill(one, "/accounts/state", id=number, disabled="yes", sure=own), "closed")
    equal(nora.get("/").status, 303, "a closed account")
    forget = {"id": number, "reason": "Asked for by the person."}
    assert "less than a day ago" in lead.fill(one, "/accounts/forget", **forget, gone=own).text, "one that decided can be opened again for a day"
    done(lead.fill(one, "/accounts/state", id=number, disabled="no", sure=own), "opened-asked")
    assert "Waits for a second person: headteacher" in lead.get(one).text
    done(lead.fill(one, "/accounts/role", id=number, role="none", password=own), "same-role")
    done(lead.fill(one, "/accounts/state", id=number, disabled="yes", sure=own), "closed")
    new = {"name": "Nell Leaver", "login": "nell", "subject": "staff"}
    equal(lead.fill("/accounts/add", "/accounts/add", **new, password=own).status, 200)
    number = other_number(lead, "nell")
    one, forget = f"/accounts/one?id={number}", {**forget, "id": number}
    done(lead.fill(one, "/accounts/state", id=number, disabled="yes", sure=own), "closed")
    equal(lead.fill(one, "/accounts/forget", **forget, gone="not it").status, 422, "forgetting without the own password")
    equal(lead.fill(one, "/accounts/forget", **{**forget, "reason": ""}, gone=own).status, 422, "without a reason")
    assert "something that is not over" in lead.fill(one, "/accounts/forget", **{**forget, "id": other_number(lead, "tess")}, gone=own).text, "an open one"
    done(lead.fill(one, "/accounts/forget", **forget, gone=own), "forgotten")
    for page in (one, "/accounts"):
        text = lead.get(page).text
        assert "closed account" in text and "nell" not in text.lower(), text[-2000:]
    equal(lead.fill(other(lead, "tess"), "/accounts/state", id=number, disabled="no", sure=own).status, 409, "there is nothing to open again")
    assert "is taken" in lead.fill("/accounts/add", "/accounts/add", **new, password=own).text, "nobody gets the name"
    audit = BROWSER["harriet"].get("/audit").text
    for action in ("account.add", "account.ask-role", "account.confirm-role", "account.disable", "account.forget", "session.end"):
        assert action in audit, action


def new_password(lead, login):
    """The ICT lead gives one; whoever has it comes in."""
    page = lead.fill(other(lead, login), "/accounts/password", id=other_number(lead, login), proof="another password of ian")
    first = re.search(r"Password</dt>\s*<dd[^>]*>(?:\s*<[^>]+>)*\s*([^<\s]+)", page.text)
    assert page.status == 200 and first and "decides nothing until a second person confirms" in page.text, page.text[-2000:]
    return html.unescape(first[1])


HELD = "Not while your account waits"


def is_held_back(page, what):
    text = html.unescape(page.text)
    assert page.status == 403 and HELD in text and "Your account decides nothing until" in text, (what, page.status, text[-1500:])


def who_got_a_new_password_decides_nothing_for_a_day():
    lead, head = BROWSER["ian"], BROWSER["harriet"]
    number, hold = other_number(lead, "olive"), f"/roles/access?id={other_number(lead, 'olive')}"
    first = new_password(lead, "olive")
    equal(BROWSER["olive"].get("/").status, 303, "she was signed out")
    BROWSER["olive"] = olive = sign_in(GATE, "olive", first)
    lead.get("/")
    lead.get("/roles")
    assert "for 24 hours from when somebody else is told of it" in html.unescape(olive.get("/").text), "whoever gave it is nobody else"
    assert "Is it really them?" in head.get("/").text and "Is it really them?" not in lead.get("/").text
    for path in ("/", "/lists", "/account"):
        text = html.unescape(olive.get(path).text)
        assert "Your account decides nothing until 26 Nov 2026" in text and "ian gave it a new password" in text and "Harriet (harriet)" in text, (path, text[-3000:])
    own = {"reason": "", "decision": "confirm"}

    equal(olive.fill("/lists/add", "/lists/add", list="school-allow", target="chat.example", reason="x", review="2027-06-01", when="now").status, 403, "publishing")
    drafted = olive.fill("/lists/add", "/lists/add", list="school-block", target="held.example", reason="x", review="2027-06-01", when="draft")
    assert drafted.status == 200 and "It is in the draft. Nothing is live yet." in drafted.text, ("drafting decides nothing", drafted.status, drafted.text[-1500:])
    is_held_back(olive.get("/draft"), "which may name a pupil")

    assert hold in html.unescape(head.get("/roles").text)
    page = html.unescape(lead.get(hold).text)
    assert "You gave it, or it is your own account" in page and 'action="/roles/access"' not in page and "Decides nothing until" in page, page[-2000:]
    newest = head.get(hold).hidden()["newest"]
    for who, status in ((lead, 403), (sign_again("ian"), 403), (olive, 403)):
        for decision in ("confirm", "refuse"):
            word = {"decision": decision, "reason": "x", "password": "another password of ian"}
            equal(who.fill("/account", "/roles/access", id=number, newest=newest, **word).status, status, "the own act, also from a second session")
    equal(head.fill(hold, "/roles/access", **own, password="not it").status, 422, "without the own password")
    equal(head.fill(hold, "/roles/access", decision="refuse", password="another password of harriet").status, 422, "a no without a reason")
    equal(head.fill(hold, "/roles/access", **own, newest="1" + newest, password="another password of harriet").status, 409, "of something that the page did not show")
    done(head.fill(hold, "/roles/access", **own, password="another password of harriet"), "known")
    equal(head.fill("/account", "/roles/access", **own, id=number, newest=newest, password="another password of harriet").status, 409, "once")
    text = olive.get("/draft").text
    assert "decides nothing until" not in html.unescape(olive.get("/").text) and "held.example" in text and 'action="/draft/publish"' in text
    audit = html.unescape(head.get("/audit?action=account.confirm-access").text)
    assert "account.confirm-access.denied" in audit and "must be three different people" in audit, audit[-3000:]


def what_an_account_that_waits_may_do():
    lead = BROWSER["ian"]
    assert ask_for_site(GATE, "www.waits.example"), "something waits for olive, which the first page would lead to"
    assert 'href="/requests"' in BROWSER["olive"].get("/").text
    equal(Browser(GATE.portal_port, secure=False, room="127.0.0.7").fill("/tell", "/tell", about="site", site="", person="", text="A bad game.").status, 303)
    BROWSER["olive"] = olive = sign_in(GATE, "olive", new_password(lead, "olive"))
    menu = re.findall(r'href="(/[a-z]*)"', olive.get("/").text)
    assert "/lists" in menu and not {"/log", "/requests", "/rules", "/draft", "/inspection"} & {*menu}, menu
    assert "One report waits. You do not see it now; meanwhile somebody else does." in olive.get("/").text, "of one as of one"
    assert "What waits for you comes back here" in olive.get("/").text and "Nothing waits for you" not in olive.get("/").text
    for path in ("/", "/account", "/account/password", "/help", "/lists", "/timetable", "/services", "/status", "/governors", "/traffic", "/check", "/checks"):
        equal(olive.get(path).status, 200, path)
    for path in ("/requests", "/reports", "/incidents", "/supervision", "/supervision/propose", "/grants", "/permissions", "/log", "/log/export", "/log/live", "/log/live/events", "/why",
                 "/rules", "/rules/one?id=ben", "/rules/edit", "/draft", "/draft/change?id=1", "/draft/edit?id=1", "/draft/effect", "/history", "/history/one?id=1", "/inspection",
                 "/account/tokens", "/account/second-factor", "/account/second-factor/picture.svg"):
        is_held_back(olive.get(path), path)
    assert "/account/tokens" not in olive.get("/account").text and "/account/second-factor" not in olive.get("/account").text
    key = {"name": "x", "may": "change", "days": "7", "password": "another password of olive"}
    for path, fields in (("/account/tokens", key), ("/account/second-factor/begin", {"password": "another password of olive"}), ("/draft/publish", {"message": "x", "when": "now"}),
                         ("/supervision/propose", {"user": "ben", "reason": "A VPN.", "weeks": "1"}), ("/history/cancel", {"id": "1"}), ("/lists/review", {"id": "1"}),
                         ("/draft/drop", {"id": "1"}), ("/draft/edit/drop", {"id": "1"}), ("/rules/edit", {"id": "ben"}), ("/rules/remove", {"id": "ben"})):
        is_held_back(olive.fill("/account", path, **fields), path)
    audit = html.unescape(BROWSER["dev"].get("/audit?action=console.held_refused&limit=200").text)
    assert all(path in audit for path in ("/account/tokens", "/draft/drop", "/account/second-factor/begin")) and "/log/export" not in audit and "the account decides nothing yet" in audit, audit[-3000:]
    protector = sign_in(GATE, "dev", new_password(lead, "dev"))
    for path in ("/privacy", "/audit", "/audit/export"):
        is_held_back(protector.get(path), path)
    is_held_back(protector.fill("/account", "/privacy/person", person="amy", purpose="x", password="another password of dev"), "everything about one person")
    BROWSER["dev"] = protector
    for login in ("olive", "dev"):
        one = f"/roles/access?id={other_number(lead, login)}"
        done(BROWSER["harriet"].fill(one, "/roles/access", decision="confirm", password="another password of harriet"), "known")
    for path in ("/requests", "/rules", "/draft", "/history", "/inspection"):
        equal(olive.get(path).status, 200, f"{path} is open again")


def who_is_left_out_is_told_why():
    """Ian gave Harriet a password, and nobody said a word of it: so she does not confirm what he gave Olive, until Carla says yes to hers."""
    lead, head = BROWSER["ian"], BROWSER["harriet"]
    BROWSER["olive"] = sign_in(GATE, "olive", new_password(lead, "olive"))
    number = other_number(lead, "olive")
    hold = f"/roles/access?id={number}"
    page = head.get(hold)
    text = html.unescape(page.text)
    assert "nobody has said yet that it is really them" in text and "That ends on 10 Dec 2026" in text and "You can say no." in text, text[-3000:]
    assert "it is your own account" not in text and 'value="confirm"' not in text and "Carla (carla)" in text, text[-3000:]
    word = {"id": number, "newest": page.hidden()["newest"], "decision": "confirm", "reason": "", "password": "another password of harriet"}
    page = head.fill("/account", "/roles/access", **word)
    assert page.status == 403 and "14 days after somebody was told" in page.text, (page.status, page.text[-2000:])
    hers, own = f"/roles/access?id={other_number(lead, 'harriet')}", "another password of harriet"
    text = html.unescape(head.get(hers).text)
    assert "so the account waits no longer" in text and 'value="confirm"' not in text and 'value="refuse"' not in text, text[-3000:]
    done(BROWSER["carla"].fill(hers, "/roles/access", decision="confirm", password="another password of carla"), "known")
    equal(BROWSER["carla"].get(hers).status, 409, "a late yes is a word too")
    done(head.fill(hold, "/roles/access", decision="confirm", password=own), "known")


def it_does_not_end_before_somebody_was_told():
    lead, one = BROWSER["ian"], propose("ben", by="olive")
    BROWSER["harriet"] = head = sign_in(GATE, "harriet", new_password(lead, "harriet"))
    assert "Carla (carla)" in html.unescape(head.get("/").text), "there is one headteacher and one ICT lead, so the chief executive"
    is_held_back(head.fill("/account", "/supervision/decide", id="1", version="1", decision="confirm"), "deciding")
    later = "another password than before"
    equal(head.fill("/account/password", "/account/password", old="another password of harriet", new=later, again=later).status, 303, "changing the own one")
    is_held_back(head.get(one), "which proves nothing")
    equal(head.fill("/account/password", "/account/password", old=later, new="another password of harriet", again="another password of harriet").status, 303)
    GATE.set_clock("2026-11-26 10:50:00")
    renew()
    assert "Your account decides nothing until somebody confirms it" in html.unescape(BROWSER["harriet"].get("/").text), "24 hours are over, and nobody knows of it"
    assert "Is it really them?" in BROWSER["carla"].get("/").text and "ian gave it a new password" in html.unescape(BROWSER["carla"].get("/roles").text)
    assert "Your account decides nothing until 27 Nov 2026" in html.unescape(BROWSER["harriet"].get("/").text)
    GATE.set_clock("2026-11-27 11:00:00")
    renew()
    assert "decides nothing until" not in html.unescape(BROWSER["harriet"].get("/").text)
    assert "Accounts of which nobody has said a word: is it really them?" in BROWSER["carla"].get("/roles").text
    late = html.unescape(BROWSER["carla"].get(f"/roles/access?id={other_number(BROWSER['ian'], 'harriet')}").text)
    assert "so the account waits no longer" in late and 'value="refuse"' in late and 'value="confirm"' in late, late[-3000:]
    step("harriet", one, "/supervision/decide", "refused", decision="refuse", reason="It was for a lesson.")
    who_is_left_out_is_told_why()


def a_second_person_says_no():
    lead, head, own = BROWSER["ian"], BROWSER["harriet"], "another password of harriet"
    number = other_number(lead, "olive")
    hold, mine = f"/roles/access?id={number}", "another password of olive"
    thief = sign_in(GATE, "olive", new_password(lead, "olive"))
    equal(thief.fill("/lists/add", "/lists/add", list="school-allow", target="planted.example", reason="x", review="2027-06-01", when="draft").status, 200)
    assert "Nobody publishes these changes with their own: olive (1)." in html.unescape(head.get("/draft").text), head.get("/draft").text[-3000:]
    page = head.fill(hold, "/roles/access", decision="refuse", reason="She was on a trip.", password=own)
    text = html.unescape(page.text)
    assert page.status == 200 and "The account is closed" in text and "planted.example" in text and "held.example" not in text and "What to do next" in text, text[-3000:]
    assert "planted.example" not in head.get("/draft").text and "held.example" in head.get("/draft").text, "what she drafted herself before stays"
    equal(thief.get("/").status, 303, "signed out")
    equal(Browser(GATE.console_port).fill("/sign-in", "/sign-in", login="olive", password=mine).status, 403, "the password opens nothing")
    one = other(lead, "olive")
    assert "/accounts/password" not in lead.get(one).text and "it is not them" in html.unescape(lead.get(one).text)
    for path, fields in (("/accounts/password", {"proof": "another password of ian"}), ("/roles/access/password", {"password": "another password of ian"})):
        equal(lead.fill("/account", path, id=number, **fields).status, 403, f"{path}: who gave the first one")
    equal(lead.fill("/account", "/accounts/state", id=number, disabled="no", sure="another password of ian").status, 409, "it is not opened as others are")
    assert "/roles/access/password" not in lead.get(hold).text and hold in html.unescape(head.get("/roles").text)
    equal(head.fill(hold, "/roles/access/password", password="not it").status, 422, "without the own password")
    page = head.fill(hold, "/roles/access/password", password=own)
    first = re.search(r"Password</dt>\s*<dd[^>]*>(?:\s*<[^>]+>)*\s*([^<\s]+)", page.text)
    assert page.status == 200 and first, page.text[-2000:]
    BROWSER["olive"] = olive = sign_in(GATE, "olive", html.unescape(first[1]))
    is_held_back(olive.get("/requests"), "it waits again")
    equal(head.fill("/account", "/roles/access/password", id=number, password=own).status, 409, "it is open now")
    done(lead.fill(hold, "/roles/access", decision="confirm", password="another password of ian"), "known")
    equal(olive.get("/requests").status, 200)
    audit = html.unescape(BROWSER["dev"].get("/audit?action=account.").text)
    assert "She was on a trip." in audit and "account.refuse-access" in audit, audit[-3000:]
    assert "planted.example" in BROWSER["dev"].get("/audit?action=draft.drop").text


def a_second_account_is_said_to_be_hers():
    """Whose other account it is, the ICT lead types. That leaves the chief executive to confirm, and her to say no."""
    lead, head, carla, own = BROWSER["ian"], BROWSER["harriet"], BROWSER["carla"], "another password of harriet"
    new = {"name": "Cover", "login": "it.cover", "role": "ict-lead", "password": "another password of ian"}
    page = lead.fill("/accounts/add", "/accounts/add", **new, person="hariet")
    assert page.status == 422 and "No account has this user name" in page.text, page.text[-2000:]
    page = lead.fill("/accounts/add", "/accounts/add", **new, person="harriet")
    assert page.status == 200 and "waits for a second person" in page.text, page.text[-2000:]
    assert "you say yes or no" in head.get("/").text and "you say yes or no" in carla.get("/").text
    one = html.unescape(re.search(r'href="(/roles/one[^"]*)"', head.get("/roles").text)[1])
    text = html.unescape(head.get(one).text)
    assert "Said to be the same person as" in text and "(harriet)" in text and "said to be yours too" in text and 'value="confirm"' not in text, text[-3000:]
    text = html.unescape(carla.get(one).text)
    assert "is this account theirs too" in text and 'value="confirm"' in text, text[-3000:]
    equal(lead.fill("/account", "/roles/decide", id=one.split("=")[1], decision="confirm", password="another password of ian").status, 403, "who asked")
    equal(head.fill(one, "/roles/decide", decision="confirm", password=own).status, 403, "who is said to be in it")
    done(head.fill(one, "/roles/decide", decision="refuse", reason="I know nothing of it.", password=own), "refused")
    assert "I know nothing of it." in html.unescape(BROWSER["dev"].get("/audit?action=account.refuse-role").text)


def what_waits_says_when_it_expires():
    lead, own = BROWSER["ian"], "another password of ian"
    done(lead.fill(other(lead, "tess"), "/accounts/role", id=other_number(lead, "tess"), role="dsl", password=own), "asked")
    page = BROWSER["olive"].fill("/lists/add", "/lists/add", list="school-private", target="pinned.example", reason="An app.", review="2027-06-01", when="now")
    assert page.status == 303, (page.status, page.text[-1500:])
    for path in ("/roles", "/history"):
        text = html.unescape(BROWSER["harriet"].get(path).text)
        assert "Expires on" in text and "11 Dec 2026" in text and "Waits for a second person" in text, (path, text[-3000:])


def what_waited_has_expired():
    wait_until(lambda: "publication.expire" in BROWSER["dev"].get("/audit?action=publication.expire").text, what="the end of what waited")
    assert "account.expire-role" in BROWSER["dev"].get("/audit?action=account.expire-role").text
    for path in ("/roles", "/history"):
        text = html.unescape(BROWSER["harriet"].get(path).text)
        assert "Expired" in text and "Waits for a second person" not in text, (path, text[-3000:])
    assert "pinned.example" in BROWSER["olive"].get("/draft").text, "it is the officer's draft again"


def who_could_say_yes_to_a_role():
    """Somebody now, somebody later, nobody: as the ICT lead reads it, and as the person does whose role it is. It leaves the school without a headteacher."""
    lead, own = BROWSER["ian"], "another password of ian"
    page = lead.fill("/accounts/add", "/accounts/add", name="Wanda Wait", login="wanda", role="officer", password=own)
    first = html.unescape(re.search(r"Password</dt>\s*<dd[^>]*>(?:\s*<[^>]+>)*\s*([^<\s]+)", page.text)[1])
    one = other(lead, "wanda")

    def told(page):
        return " ".join(html.unescape(re.sub(r"<[^>]*>", " ", page.text)).split())

    def comes_in():
        page = Browser(GATE.console_port).fill("/sign-in", "/sign-in", login="wanda", password=first)
        equal(page.status, 403)
        return told(page)

    assert "Who could confirm it: Harriet (harriet)." in told(lead.get(one)), told(lead.get(one))[-2000:]
    assert "You need do nothing. Who can say yes: Harriet (harriet)" in comes_in()
    GATE.command("account", "close", "harriet")
    for text in (told(lead.get(one)), comes_in()):
        assert "nobody at the moment; from 3 Jun 2029" in text and "Carla (carla)" in text, text[-2000:]
    GATE.command("account", "close", "carla")
    text, hers = told(lead.get(one)), comes_in()
    assert "nobody before it expires, unless an account on the page Roles gets its yes first. On the machine: gatehouse account role wanda officer" in text, text[-2000:]
    assert "nobody can before it expires on 16 Jun 2029" in hers and "Tell the ICT lead." in hers and "gatehouse account role" not in hers, hers[-2000:]


def everything_about_one_person():
    told = Browser(GATE.portal_port, secure=False, room="127.0.0.7").fill("/tell", "/tell", about="pupil", person="amy", text="Amy's friend Zoe is sad.")
    equal(told.status, 303)
    protector, own = BROWSER["dev"], "another password of dev"
    equal(protector.fill("/privacy", "/privacy/person", person="amy", password=own).status, 422, "without a purpose")
    page = protector.fill("/privacy", "/privacy/person", person="Amy", purpose="Request of 3 December, identity checked.", password=own)
    equal(page.status, 200)
    assert "everything-about-one-person" not in page.disposition, "it is looked at first"
    said = " ".join(html.unescape(re.sub(r"<[^>]*>", " ", page.text)).split())
    assert "A VPN on three days, seen by a teacher." in said and "Make the file" in said, said[-2000:]
    equal(protector.submit(page, "/privacy/person/file", proof="0" * 64).status, 422, "without the own password")
    equal(protector.submit(page, "/privacy/person/file", person="ben").status, 422, "somebody else than was looked at")
    equal(protector.submit(page, "/privacy/person/file", seen="0" * 64).status, 422, "something that was not looked at")
    more = protector.submit(page, "/privacy/person", others="three days")
    assert "A VPN on [another person], seen by a teacher." in html.unescape(more.text), more.text[-2000:]
    key = re.search(r'value="(use-reason-[^"]*)"', page.text)[1]
    left = json.loads(protector.submit(page, "/privacy/person/file", leave=key, why="A teacher is meant.").text)
    equal(left["supervised_use"][0]["reason"], "")
    assert left["left_out"][0]["why"] == "A teacher is meant." and "the reason" in left["left_out"][0]["what"], left["left_out"]
    assert "1 texts left out" in BROWSER["harriet"].get("/audit?action=subject.export").text
    page = protector.submit(page, "/privacy/person/file")
    equal(page.status, 200)
    assert "everything-about-one-person.json" in page.disposition, page.disposition
    found = json.loads(page.text)
    equal((found["person"], found["account"]["role"], found["access_log_is_whole"], found["left_out"]), ("amy", "pupil", True, []))
    assert any(row["verdict"] == "block" and row["rule"] == "restriction-1" for row in found["access_log"]), found["access_log"][:3]
    assert {"amy"} >= {found["person"]} and "ben" not in page.text and "Zoe" not in page.text, "what others wrote, or others did"
    equal(found["supervised_use"][0]["reason"], "A VPN on three days, seen by a teacher.")
    case = found["supervised_use"][0]
    assert case["ended"].startswith("2026-11-24T") and case["until"] > "2026-12-01", case
    for login in ("olive", "harriet", "tess", "dora"):
        assert login not in page.text, login
    assert found["reports"][0]["left_out"], found["reports"]
    equal(protector.fill("/privacy", "/privacy/person", person="dev", purpose="x", password=own).status, 403, "their own")
    equal(BROWSER["olive"].fill("/account", "/privacy/person", person="amy", purpose="x").status, 403, "somebody else's")
    assert "Request of 3 December" in BROWSER["harriet"].get("/audit?action=subject.").text


def the_clocks_of_clause_15_are_kept():
    harriet = BROWSER["harriet"]
    assert "Overdue" in harriet.get("/").text and "Overdue" in harriet.get("/reviews").text
    today = "2026-11-24"
    equal(BROWSER["olive"].fill("/reviews", "/reviews", kind="policy", on=today, note="x").status, 403, "an officer writes none down")
    equal(harriet.fill("/reviews", "/reviews", kind="policy", on="2036-01-01", note="x").status, 422, "a day to come")
    equal(harriet.fill("/reviews", "/reviews", kind="policy", on=today, note="").status, 422, "without what came of it")
    for kind in ("policy", "filtering"):
        equal(harriet.fill("/reviews", "/reviews", kind=kind, on="2026-11-20", note="Agreed by the governors.").status, 303)
    page = harriet.get("/reviews").text
    assert "Overdue" not in page and "2028" in page and "2027" in page, page[-2500:]
    assert "Overdue" not in harriet.get("/").text
    assert "Agreed by the governors." in BROWSER["dev"].get("/audit?action=review.").text
    assert "2028" in harriet.get("/governors").text


def every_row_of_the_audit_is_read_again():
    dev = BROWSER["dev"]
    assert "The chain of records is whole" in dev.get("/audit").text
    equal(dev.fill("/audit", "/audit/verify").location, "/audit?done=verified")
    assert "Every row was read again" in dev.get("/audit?done=verified").text
    assert "all as they were written" in dev.get("/audit?action=audit.verify").text
    equal(BROWSER["olive"].fill("/account", "/audit/verify").status, 403, "not for the officer")


def the_head_of_the_day_is_kept_in_a_file():
    heads = GATE.state / "heads"
    wait_until(lambda: sorted(heads.glob("heads-*.txt")), what="the file of the month")
    kept = sorted(heads.glob("heads-*.txt"))
    assert kept and re.fullmatch(r"\S+Z \d+ [0-9a-f]{64}", kept[0].read_text().splitlines()[0]), kept
    assert "all as they were written" in GATE.command("audit", "verify", "--heads", str(heads))


def old_records_go_and_it_is_seen():
    BROWSER["dora"].get("/reports")
    assert "2 incidents" not in BROWSER["harriet"].get("/privacy").text
    number = re.search(r'/report\?id=(\d+)', BROWSER["dora"].get("/reports").text)[1]
    done(BROWSER["dora"].fill(f"/report?id={number}", "/report/take-up", id=number), "taken-up")
    page = BROWSER["dora"].fill(f"/report?id={number}", "/report/read", id=number, purpose="Looking after her")
    assert "Looked after by" in page.text and "dora" in page.text, page.text[-2000:]
    done(BROWSER["dora"].fill(f"/report?id={number}", "/report/note", id=number, note="Rang her mother."), "noted")
    done(BROWSER["dora"].fill(f"/report?id={number}", "/report/handle", id=number, outcome="Talked to her."), "handled")
    GATE.set_clock("2029-06-01 10:00:00")
    renew()
    wait_until(lambda: "clock.leap" in GATE.log_path.read_text(), what="a leap of the clock that is noticed")
    assert "no record goes by it for a day" in BROWSER["harriet"].get("/audit?action=clock.").text
    GATE.set_clock("2029-06-02 09:00:00")
    renew()
    assert "were over their time" not in BROWSER["harriet"].get("/privacy").text, "it has not stood for a day"
    GATE.set_clock("2029-06-02 10:30:00")
    renew()
    wait_until(lambda: "were over their time" in BROWSER["harriet"].get("/privacy").text, what="what went, on the page")
    went = re.search(r"1 reports, (\d+) supervised_use, .*were over their time", BROWSER["harriet"].get("/privacy").text)
    assert went and int(went[1]) > 0, BROWSER["harriet"].get("/privacy").text
    assert "records.purged count=" in GATE.log_path.read_text()


def sign_again(login):
    browser = Browser(GATE.console_port)
    page = browser.fill("/sign-in", "/sign-in", login=login, password=f"another password of {login}")
    equal(page.status, 303, f"signing in of {login}")
    return browser


def renew():
    """Moving the clock ends what people had open."""
    for login in BROWSER:
        BROWSER[login] = sign_again(login)


with Gateway(names={SITE: "127.0.2.1", INSTAGRAM: "127.0.2.1", YOUTUBE: "127.0.2.1"}, ports=[HELLO.port], clock="2026-11-24 10:10:00",
             accounts=[(role, login) for login, role in PEOPLE.items()]) as GATE:
    USERS = {}
    GATE.command("account", "add", "--login", "yara", "--subject-role", "pupil", "--group", "year-7", "--json")
    for user in ("amy", "ben"):
        USERS[user] = json.loads(GATE.command("account", "add", "--login", user, "--subject-role", "pupil", "--group", "sixth-form", "--json"))["password"]
    BROWSER = {login: sign_in(GATE, login, GATE.passwords[login]) for login in PEOPLE}
    SUITE.run(supervised_use_from_its_proposal_to_its_end, nobody_decides_about_themselves, permission_with_two_keys, who_got_a_new_password_decides_nothing_for_a_day,
              what_an_account_that_waits_may_do, it_does_not_end_before_somebody_was_told, a_second_person_says_no, a_second_account_is_said_to_be_hers,
              accounts_and_where_they_are_signed_in, everything_about_one_person, the_clocks_of_clause_15_are_kept, every_row_of_the_audit_is_read_again, the_head_of_the_day_is_kept_in_a_file,
              what_waits_says_when_it_expires, old_records_go_and_it_is_seen, what_waited_has_expired, who_could_say_yes_to_a_role)
SUITE.close()
