#!/usr/bin/env python3
"""Who may see what of the records about people: no name without a purpose, never the reader's own rows, nothing sealed; files say when they are cut; the audit
is searched and downloaded."""
import base64
import csv
import html
import io
import json
import pathlib
import re
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "support"))
from console import Browser, sign_in  # noqa: E402
from gateway import Gateway, Suite, wait_until  # noqa: E402
from origin import HttpHandler, Origin, Wire  # noqa: E402

SUITE = Suite()
USER = 17  # a column of the file
SITE, SEALED, VPN = "www.school.example", "sealed-test.gatehouse.example", "www.nordvpn.com"
ENGINE = "duckduckgo.com"
STUDY, TABLET = "127.0.1.14", "127.0.1.12"  # the first asks people to sign in, the second is amy's
PEOPLE = {"dev": "dpo", "olive": "officer", "ian": "ict-lead", "dora": "dsl", "mia": "marketing", "ada": "auditor"}


class Hello(HttpHandler):
    def do_GET(self):
        self.answer(200, b"hello")


HELLO = Origin(Hello)


def plain(page):
    return html.unescape(re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", page.text)))


def table(page):
    return list(csv.reader(io.StringIO(page.text)))


def fetch(site, user, path="/"):
    who = base64.b64encode(f"{user}:{USERS[user]}".encode()).decode()
    with Wire(GATE, room=STUDY) as wire:
        return wire.send(f"GET http://{site}:{HELLO.port}{path} HTTP/1.1\r\nHost: {site}:{HELLO.port}\r\nProxy-Authorization: Basic {who}\r\nConnection: close\r\n\r\n").answer().status


def people_have_a_code_until_a_purpose_is_stated():
    page = plain(OLIVE.get(f"/log?host={SITE}"))
    codes = re.findall(r"Person ([0-9A-F]{6})", page)
    assert len(codes) == 4 and len(set(codes)) == 3 and codes.count(codes[-1]) == 2, "two visits of one, one of each other: " + page[-1500:]
    assert "amy" not in page and "ben" not in page and "signed in" not in page, page[-1500:]
    assert codes[-1] in plain(IAN.get(f"/log?host={SITE}")), "the same for every reader"
    typed = plain(OLIVE.get(f"/log?host={SITE}&person=Amy&purpose=a+complaint"))
    assert "No row fits" not in typed and SITE in typed, "a capital is no other person: " + typed[-1500:]
    named = plain(OLIVE.get(f"/log?host={SITE}&purpose=a+complaint"))
    assert "amy" in named and "ben" in named and not re.search(r"Person [0-9A-F]{6}", named), named[-1500:]
    why = re.search(r'href="(/why\?[^"]*)"', OLIVE.get(f"/log?host={SITE}").text)[1]
    page = plain(OLIVE.get(html.unescape(why)))
    assert re.search(r"Person [0-9A-F]{6}", page) and STUDY not in page and "ben" not in page and "amy" not in page, page[-2500:]


def a_file_hides_what_the_page_hides():
    rows = table(OLIVE.get(f"/log/export?host={SITE}"))
    head = rows[0]
    assert len(rows) == 5, rows
    for row in rows[1:]:
        assert row[head.index("client")] == "" and re.fullmatch(r"Person [0-9A-F]{6}", row[head.index("person")]), row
    named = table(OLIVE.get(f"/log/export?host={SITE}&purpose=a+complaint"))
    assert {row[head.index("person")] for row in named[1:]} == {"amy", "ben", "ian.web"} and named[1][head.index("client")] == STUDY, named


def the_command_line_hides_it_too():
    rows = lambda *words: json.loads(GATE.command("log", "--host", SITE, "--json", *words))["rows"]
    for row in rows():
        assert re.fullmatch(r"[0-9A-F]{6}", row["user"]) and row["client"] == "" and STUDY not in json.dumps(row), row
    read = lambda: [(row[4], row[5]) for row in reversed(table(DEV.get("/audit/export?action=log.read"))[1:])]
    assert not read(), "where nobody is named nothing is on record"
    named = rows("--purpose", "A complaint.")
    assert {row["user"] for row in named} == {"amy", "ben", "ian.web", "olive.web"} and named[0]["client"] == STUDY, named
    assert rows("--person", "amy", "--purpose", "A fault of hers.") and rows("--client", f"::ffff:{STUDY}", "--purpose", "A fault there.")
    assert read() == [("log:rows", "A complaint."), ("amy", "A fault of hers."), (f"address:{STUDY}", "A fault there.")], read()
    for words in (("--person", "amy"), ("--device", "amys-tablet"), ("--client", STUDY)):
        told = GATE.command("log", *words, "--json", check=False)
        assert "needs a purpose" in told, (words, told)


def nobody_meets_their_own_rows():
    for browser, other, name in ((IAN, OLIVE, "ian"), (OLIVE, IAN, "olive")):
        login = name + ".web"  # another account of the same person
        for path in (f"/log?person={login}&purpose=x", f"/log/export?person={login}&purpose=x", f"/log/live?person={login}&purpose=x", f"/log/live/events?person={login.title()}&purpose=x"):
            page = browser.get(path)
            assert page.status == 403 and "Ask somebody else who may read it" in page.text, (path, page.status)
        mine = browser.get("/log?purpose=a+fault")
        assert "Rows of your own are left out" in mine.text and f", {login}," not in plain(mine), plain(mine)[-2000:]
        assert login not in [row[USER] for row in table(browser.get("/log/export?purpose=a+fault"))]
        theirs = other.get(f"/log?person={login}&purpose=a+fault")
        assert theirs.status == 200 and SITE in plain(theirs), plain(theirs)[-1500:]
        why = html.unescape(re.search(r'href="(/why\?[^"]*)"', theirs.text)[1])
        assert other.get(why).status == 200
        for address in (why, why.partition("&purpose")[0]):
            page = browser.get(address)
            assert page.status == 403 and "your own rows" in page.text, (address, page.status)
        audit = plain(DEV.get(f"/audit?action=access-log.read.denied&by={name}"))
        assert f"person:{login}" in audit, audit[-1500:]


def own_rows_make_room_for_those_of_others():
    for user, times in (("amy", 45), ("ian.web", 30)):
        for _ in range(times):
            fetch(SITE, user, "/crowd")
    wait_until(lambda: OLIVE.get("/log/export?purpose=x").text.count("/crowd\"") == 150, what="all rows in the day file")
    page = IAN.get("/log?purpose=x")
    shown = len(re.findall(r'href="/why[?]', page.text))
    assert shown == 50, f"a page has as many rows for him as for others, not {shown}"
    assert "ian.web" not in plain(page)


def what_is_sealed_today_is_named_no_more():
    search = f"?host={SITE}&purpose=x"
    assert SITE in DORA.get("/log/export" + search).text
    with open(GATE.config / "lists" / "illegal.txt", "a") as lists:
        lists.write(SITE + "\n")
    GATE.command("lists", "compile")
    GATE.publish()
    rows = table(DORA.get("/log/export" + search))
    assert len(rows) > 1000 and all(row[3] == "sealed" for row in rows[1:]) and not any(SITE in cell for row in rows for cell in row), rows[:3]
    shown = html.unescape(DORA.get("/log" + search).text.split("<tbody")[1].split("</tbody")[0])
    assert "sealed" in shown and SITE not in shown, shown[:3000]
    assert SITE not in GATE.command("log", "--host", SITE, "--json"), "the command line neither"


def sealed_content_is_shown_nowhere():
    mia = MIA
    assert mia.fill("/log", "/log/purpose", purpose="Who reads our news page.", days="1").status == 303
    for browser, end in ((OLIVE, ""), (OLIVE, "&purpose=x"), (mia, "")):
        page = browser.get("/log?rule=sealed&columns=site&columns=list&columns=category&columns=why&columns=who" + end)
        assert "sealed" in plain(page) and "/illegal" not in page.text and SEALED not in page.text, plain(page)[-1500:]
        file = browser.get("/log/export?rule=sealed" + end)
        assert "illegal" not in file.text and SEALED not in file.text and table(file)[1][3] == "sealed", file.text
        why = browser.get(html.unescape(re.search(r'href="(/why\?[^"]*)"', page.text)[1]))
        assert why.status == 200 and "It is never shown" in why.text and "illegal" not in why.text and SEALED not in why.text, plain(why)[-2500:]
        live = browser.get("/log/live?rule=sealed" + end)
        assert SEALED not in live.text and "sealed" in plain(live), plain(live)[-1500:]
    for page in (OLIVE.get("/traffic").text, OLIVE.get("/governors").text, GATE.command("log", "--rule", "sealed", "--json"), filed("amy").text):
        assert "gatehouse.example/" not in page and SEALED not in page and "illegal/path" not in page, page[-2500:]
    assert any(SEALED in json.dumps(row) for row in GATE.access_rows()), "the file keeps it"


def incidents_name_people_for_a_purpose():
    for browser in (OLIVE, IAN, DORA, ADA):
        page = plain(browser.get("/incidents"))
        assert re.search(r"Person [0-9A-F]{6}", page) and "amy" not in page, page[-1500:]
        page = plain(browser.get("/incidents?purpose=The+weekly+review"))
        assert "amy" in page and not re.search(r"Person [0-9A-F]{6}", page), page[-1500:]
    audit = plain(DEV.get("/audit?action=incidents.read&about=weekly+review"))
    assert all(login in audit for login in ("olive", "ian", "dora", "ada")), audit[-1500:]
    assert OLIVE.get("/incidents?device=x").status == 422


def collected(person, **fields):
    return DEV.fill("/privacy", "/privacy/person", **{"person": person, "purpose": "Request of 3 December.", "password": "another password of dev", **fields})


def filed(person):
    return DEV.submit(collected(person), "/privacy/person/file")


def everything_about_a_person_takes_the_own_password():
    for password, said in (("", "Write your own password"), ("not it", "is not right")):
        page = collected("amy", password=password)
        assert page.status == 422 and said in page.text and '"access_log"' not in page.text, plain(page)[-1500:]
    assert json.loads(filed("amy").text)["person"] == "amy"


def other_user_names_of_a_person_are_told():
    page = collected("ian.web")
    assert "This person has other user names too: ian." in plain(page), plain(page)[-2500:]
    assert json.loads(DEV.submit(page, "/privacy/person/file").text)["other_user_names"] == ["ian"]
    page = collected("amy")
    assert "other user names" not in plain(page) and json.loads(DEV.submit(page, "/privacy/person/file").text)["other_user_names"] == []


def names_of_others_go_out_of_searches():
    """A whole name or a user name is taken out; a first name in small letters is shown, and left out by a person."""
    GATE.set_clock("2026-11-24 10:12:00")  # the file goes up to the second in which it is asked for, without it
    page = collected("amy")
    said = plain(page)
    assert "is ben silly" in said and "[another person] homework" in said and "volcano facts" in said, said[-2500:]
    table_of = {caption: re.search(rf"<caption[^>]*>\s*{caption}.*?</table>", page.text, re.S)[0] for caption in ("What somebody wrote", "Other searches")}
    assert "volcano facts" in table_of["Other searches"] and "volcano facts" not in table_of["What somebody wrote"]
    assert "is ben silly" in table_of["What somebody wrote"], "ben is a user name: a name of somebody else"
    found = json.loads(DEV.submit(page, "/privacy/person/file").text)
    searches = {row["search"] for row in found["access_log"]} - {""}
    assert searches == {"is [another person] silly", "[another person] homework", "volcano facts", "[another person] news"}, searches
    assert not any("ben" in row["site"] for row in found["access_log"]), [row["site"] for row in found["access_log"]]
    assert "kim.leaver" not in json.dumps(found), "somebody whose account was forgotten"
    changed, of = map(int, re.search(r"Addresses that were changed: (\d+) of (\d+)", said).groups())
    assert changed == 2 and of > 4, "the pages of ben and of kim.leaver: " + said[-2500:]
    assert "nobody looks at them one by one" in said
    told = found["addresses_of_pages"]
    assert (told["changed"], told["different"]) == (changed, of) and "nobody looked" in told["how"], told
    assert len({row["site"] for row in found["access_log"]}) == of - 1, "the two that were changed are one now: /pages/[another person]/"
    key = re.findall(r'value="(search-[^"]*)"', page.text)[0]
    less = json.loads(DEV.submit(page, "/privacy/person/file", leave=key).text)
    assert len({row["search"] for row in less["access_log"]} - {""}) == 3 and "searched for" in less["left_out"][0]["what"], less["left_out"]
    assert DEV.submit(page, "/privacy/person/file", others="volcano").status == 422, "what goes out was not looked at"
    again = DEV.submit(page, "/privacy/person", others="volcano")
    assert "[another person] facts" in plain(again)


def a_device_of_one_person_is_named_with_them_only():
    with Wire(GATE, room=TABLET) as wire:
        for host in (SITE, VPN):
            wire.send(f"GET http://{host}:{HELLO.port}/tablet HTTP/1.1\r\nHost: {host}:{HELLO.port}\r\n\r\n").answer()
    wait_until(lambda: "/tablet" in OLIVE.get("/log/export?purpose=x").text and "amys-tablet" in plain(OLIVE.get("/incidents?purpose=x")), what="the rows of the tablet")
    for path in ("/log", "/log/export", "/incidents", "/log/live"):
        assert "amys-tablet" not in OLIVE.get(path).text, path
    for path in ("/log", "/log/export"):
        assert "amys-tablet" in OLIVE.get(path + "?purpose=x").text, path


def names_of_others_go_out_of_addresses_that_were_asked_for():
    pupil = Browser(GATE.portal_port, secure=False, room=TABLET)
    asked = pupil.fill("/ask", "/ask", site="www.facebook.com/ben", why="For a picture.")
    assert asked.status == 303, (asked.status, plain(asked)[-1500:])
    GATE.set_clock("2026-11-24 10:13:00")
    page = collected("amy")
    assert "the address" in plain(page), plain(page)[-2500:]
    found = json.loads(DEV.submit(page, "/privacy/person/file").text)
    sites = [row["site"] for row in found["requests"]]
    assert len(sites) == 1 and sites[0].endswith("facebook.com/[another person]"), sites


def a_file_that_is_cut_says_so():
    assert "The table has the newest" not in OLIVE.get("/log").text, "everything is on the page"
    file = OLIVE.get("/log/export")
    assert 'filename="access-log.csv"' in file.disposition and file.cut is None, file.disposition
    with Wire(GATE, room="127.0.1.10") as wire:
        for _ in range(5000):
            assert wire.send(f"GET http://{SITE}:{HELLO.port}/ HTTP/1.1\r\nHost: {SITE}:{HELLO.port}\r\n\r\n").answer().status == 200
    wait_until(lambda: OLIVE.get("/log/export").cut == "5000", what="more rows than a file takes")
    file = OLIVE.get("/log/export")
    assert 'filename="access-log-newest-5000.csv"' in file.disposition and len(table(file)) == 5001, (file.disposition, len(table(file)))
    assert "The table has the newest 5,000 rows at most" in plain(OLIVE.get("/log"))


def a_file_that_lacks_days_says_so():
    damaged = GATE.state / "log" / "access-2026-11-20.db"
    damaged.write_bytes(b"not a database " * 1000)
    try:
        assert "Some days are damaged and were left out: 1" in plain(OLIVE.get("/log"))
        file = OLIVE.get("/log/export?to=2026-11-20T23:59")
        assert file.damaged_days == "1" and "lacks-damaged-days" in file.disposition, file.disposition
    finally:
        damaged.unlink()


def the_audit_is_searched_and_downloaded():
    for browser in (OLIVE, IAN):
        for number in range(30):
            assert browser.get(f"/log?host={SITE}&purpose==sum({number})").status == 200
    page = DEV.get("/audit?by=olive&about=sum(&from=2026-11-24&to=2026-11-24")
    said = plain(page)
    assert "sum(29)" in said and "ian" not in re.findall(r"<td[^>]*>([^<]*)", page.text), said[-1500:]
    assert "sum(29)" not in plain(DEV.get("/audit?about=sum(&to=2026-11-23"))
    assert DEV.get("/audit?from=soon").status == 422
    first = DEV.get("/audit?about=sum(&to=2026-11-24")
    older = html.unescape(re.search(r'href="(/audit\?[^"]*before=[^"]*)"', first.text)[1])
    assert "about=sum" in older and "to=2026-11-24" in older, older
    second = plain(DEV.get(older))
    assert "sum(0)" in second and "sum(29)" not in second, second[-1500:]
    file = DEV.get("/audit/export?about=sum(")
    rows = table(file)
    assert len(rows) == 61 and rows[0][:4] == ["number", "time", "who", "what"] and {row[2] for row in rows[1:]} == {"olive", "ian"}, rows[:3]
    assert "audit.export" in plain(ADA.get("/audit?action=audit.export&by=dev")) and "about: sum(" in plain(ADA.get("/audit?action=audit.export"))
    assert OLIVE.get("/audit/export").status == 403


def the_audit_keeps_from_its_reader_what_is_about_them():
    assert OLIVE.get("/log?person=ian.web&purpose=Ian+may+sell+exam+papers").status == 200
    page = OLIVE.fill("/supervision/propose", "/supervision/propose", user="ian", reason="Played at a casino.", against="", weeks="1")
    assert page.status == 303, (page.status, plain(page)[-1500:])
    teller = Browser(GATE.portal_port, secure=False, room=STUDY)
    assert teller.fill("/tell", "/tell", about="staff", site="", person="ian", text="He shouts.").status == 303
    for path in ("/audit", "/audit/export", "/audit?about=exam+papers", "/audit?about=casino", "/audit?action=restriction.", "/audit/export?about=casino"):
        text = IAN.get(path).text
        assert not any(words in text for words in ("may sell", "casino.", "about staff", "user:ian")), (path, text[-3000:])
    assert "About you: kept back" in IAN.get("/audit").text and "About you: kept back" in IAN.get("/audit/export").text
    rows, others = (table(browser.get("/audit/export?to=2026-11-24"))[1:] for browser in (IAN, DEV))
    digests = {row[0]: row[-1] for row in others}
    assert sum(row[5] == "About you: kept back" for row in rows) >= 3 and all(digests[row[0]] == row[-1] for row in rows), "the chain has every row"
    assert "exam papers" in DEV.get("/audit").text and "Played at a casino." in DEV.get("/audit?about=casino").text
    report = next(row for row in others if row[3] == "report.submit")
    assert report[4].startswith("report:") and report[5].startswith("about staff") and report[6] == "", ("it is their work to see who read what", report)
    page = ADA.get("/audit?action=report.").text
    assert "A report that is not yours to read: kept back" in page and "about staff" not in page, page[-3000:]


def give_amy_a_tablet(config):
    with open(config / "policy.toml", "a") as policy:
        policy.write(f'\n[[device]]\nid = "amys-tablet"\naddress = "{TABLET}"\nuser = "amy"\nrole = "pupil"\nkind = "school"\n')


with Gateway(names={SITE: "127.0.2.1", SEALED: "127.0.2.1", VPN: "127.0.2.1", ENGINE: "127.0.2.1", f"safe.{ENGINE}": "127.0.2.1"}, ports=[HELLO.port], edit=give_amy_a_tablet, clock="2026-11-24 10:10:00",
             accounts=[(role, login) for login, role in PEOPLE.items()]) as GATE:
    USERS = {}
    for user in ("amy", "ben"):
        USERS[user] = json.loads(GATE.command("account", "add", "--login", user, "--subject-role", "pupil", "--group", "sixth-form", "--json"))["password"]
    for person in ("ian", "olive"):
        USERS[f"{person}.web"] = json.loads(GATE.command("account", "add", "--login", f"{person}.web", "--person", person, "--subject-role", "staff", "--json"))["password"]
    GATE.command("account", "add", "--login", "kim.leaver", "--subject-role", "pupil", "--group", "sixth-form")
    DEV, OLIVE, IAN, DORA, MIA, ADA = (sign_in(GATE, login, GATE.passwords[login]) for login in PEOPLE)
    leaver = re.search(r'/accounts/one\?id=(\d+)"[^>]*>kim.leaver<', IAN.get("/accounts").text)[1]
    assert IAN.fill(f"/accounts/one?id={leaver}", "/accounts/state", id=leaver, disabled="yes", sure="another password of ian").status == 303
    GATE.command("account", "forget", "kim.leaver", "--reason", "The person left.")
    for user, site, path in (("amy", SITE, "/"), ("amy", SITE, "/again"), ("ben", SITE, "/"), ("ian.web", SITE, "/"), ("olive.web", SITE, "/"), ("amy", SEALED, "/some/illegal/path"), ("amy", VPN, "/"),
                             ("amy", ENGINE, "/?q=is+ben+silly"), ("amy", ENGINE, "/?q=Ben%20homework"), ("amy", ENGINE, "/?q=volcano+facts"), ("amy", ENGINE, "/pages/ben/"),
                             ("amy", ENGINE, "/?q=kim.leaver+news"), ("amy", ENGINE, "/pages/kim.leaver/")):
        fetch(site, user, path)
    wait_until(lambda: VPN in plain(DORA.get("/log")) and "amy" in plain(DORA.get("/incidents?purpose=x")), what="the rows in the day file")
    SUITE.run(people_have_a_code_until_a_purpose_is_stated, a_file_hides_what_the_page_hides, the_command_line_hides_it_too, nobody_meets_their_own_rows, sealed_content_is_shown_nowhere,
              incidents_name_people_for_a_purpose, everything_about_a_person_takes_the_own_password, other_user_names_of_a_person_are_told, names_of_others_go_out_of_searches, a_device_of_one_person_is_named_with_them_only,
              names_of_others_go_out_of_addresses_that_were_asked_for, a_file_that_lacks_days_says_so, a_file_that_is_cut_says_so,
              own_rows_make_room_for_those_of_others, what_is_sealed_today_is_named_no_more, the_audit_is_searched_and_downloaded,
              the_audit_keeps_from_its_reader_what_is_about_them)
SUITE.close()
