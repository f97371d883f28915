#!/usr/bin/env python3
"""The school's lists as the online safety officer keeps them: searched and read in pages, by people and by programs; who answers for an entry, what it
came from, and a review that keeps it.
"""
import html
import json
import pathlib
import re
import socket
import ssl
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "support"))
from console import Browser, ask_for_site, sign_in  # noqa: E402
from gateway import Gateway, Suite, wait_until  # noqa: E402

SUITE = Suite()
MANY = [f"game{number:04}.example" for number in range(2000)]


def words_of(page):
    return re.sub(r"\s+", " ", html.unescape(re.sub(r"<[^>]+>", " ", page.text)))


def sites_of(page):
    return re.findall(r'<a class="govuk-link gh-tap" href="/lists/entry\?id=\d+">([^<]+)<', page.text)


def link_of(page, title):
    """The address of one of the links to other pages."""
    found = re.search(rf'href="([^"]+)" rel="(?:prev|next)"><span[^>]*>{title}<', page.text)
    return html.unescape(found[1]) if found else None


def add(targets, **more):
    fields = {"list": "school-block", "target": "\n".join(targets), "reason": "Tried out.", "review": "2027-06-01", "when": "now", **more}
    return OFFICER.fill("/lists/add", "/lists/add", **fields)


def long_lists_come_in_pages():
    for first in range(0, len(MANY), 500):
        page = add(MANY[first:first + 500], reason=f"Games, part {first // 500}.")
        assert page.status == 303 and "done=added" in page.location, (page.status, page.text[-2000:])
    page = OFFICER.get("/lists")
    assert sites_of(page) == MANY[:50], sites_of(page)
    assert "2,000 entries" in words_of(page) and "1 to 50 of 2,000" in words_of(page)
    assert len(page.raw) < 100_000, len(page.raw)
    assert link_of(page, "Previous page") is None
    seen, address = sites_of(page), link_of(page, "Next page")
    while address:
        page = OFFICER.get(address)
        seen += sites_of(page)
        address = link_of(page, "Next page")
    assert seen == MANY, "each once, in order"
    assert "1,951 to 2,000 of 2,000" in words_of(page)
    assert sites_of(OFFICER.get("/lists?page=99999")) == MANY[-50:] and sites_of(OFFICER.get("/lists?page=-1")) == MANY[:50]


def they_are_searched():
    page = OFFICER.get("/lists?find=GAME01&who=olive")
    assert sites_of(page) == MANY[100:150], sites_of(page)
    onward = link_of(page, "Next page")
    assert onward and "find=GAME01" in onward and "who=olive" in onward, onward
    assert sites_of(OFFICER.get(onward)) == MANY[150:200]
    assert "500 entries" in words_of(OFFICER.get("/lists?find=part+3")), "in the reason"
    assert "No entry is like that" in OFFICER.get("/lists?who=nobody").text
    assert "No entry is like that" in OFFICER.get("/lists?find=%25").text, "a sign is a sign"
    assert "No entry is like that" in OFFICER.get("/lists?list=school-allow&find=game").text
    assert "2,000 entries" in words_of(OFFICER.get("/lists?list=all&find=game"))
    hostile = OFFICER.get("/lists?find=%3Cscript%3E%22'")
    assert hostile.status == 200 and "<script" not in hostile.text
    for reader in ("ian", "hanna", "audrey"):
        page = PEOPLE[reader].get("/lists?find=game0001")
        assert sites_of(page) == ["game0001.example"] and "/lists/add" not in page.text, reader


def programs_search_too():
    made = OFFICER.fill("/account/tokens", "/account/tokens", name="A test", may="read", days="7", password="another password of olive")
    key = re.search(r"gatehouse_[0-9a-f]{32}", made.text)[0]
    answer = PROGRAM.get_with_key("/api/v1/lists?find=game19&page=2", key)
    data = json.loads(answer.text)
    table = next(part for part in data["parts"] if part["kind"] == "table")
    assert [row[0]["text"] for row in table["rows"]] == MANY[1950:], table["rows"][:2]
    links = next(part for part in data["parts"] if part["kind"] == "pages")
    assert links["newer"] == "/lists?find=game19&page=1" and links["older"] == "", links


def entry_of(site):
    return re.search(r'href="(/lists/entry\?id=(\d+))">' + re.escape(site) + "<", OFFICER.get(f"/lists?list=all&find={site}").text)[1]


def somebody_answers_for_each():
    page = OFFICER.get(entry_of(MANY[0]))
    assert "Answers for it Olive (olive)" in words_of(page), words_of(page)[:1500]
    reference = ask_for_site(GATE, "http://museum.example/")
    done = add(["museum.example"], list="school-allow", owner="Ms Ash", reference=reference.lower())
    assert done.status == 303, done.text[-1500:]
    where = entry_of("museum.example")
    page = OFFICER.get(where)
    assert "Answers for it Ms Ash" in words_of(page)
    way = re.search(r'href="(/request\?id=\d+)"[^>]*>' + reference.lower() + "<", page.text)
    assert way and reference in OFFICER.get(way[1]).text, "the request it came from"
    drafted = add(["later.example"], when="draft", owner="Mr Oak", reference="Minutes of 3 May")
    assert drafted.location == "/draft?done=added"
    change = re.search(r"/draft/change\?id=(\d+)", OFFICER.get("/draft").text)
    page = words_of(OFFICER.get(change[0]))
    assert "Answers for it Mr Oak" in page and "Comes from Minutes of 3 May" in page, page[:1500]
    assert OFFICER.fill(change[0], "/draft/drop", id=change[1]).status == 303


def what_was_pasted_with_signs_of_control_is_told_from_what_is_too_long():
    def tell(**fields):
        return Browser(GATE.portal_port, secure=False).fill("/tell", "/tell", **{"about": "site", "site": "", "person": "", **fields})
    unread, long = "There are signs in it that we cannot read", "Use fewer words"
    for field in ("text", "person", "site"):
        page = tell(**{"text": "Games in lessons.", field: "out of a document\f"})
        assert page.status == 422 and f'id="{field}-error"' in page.text and unread in page.text and long not in page.text, (field, page.text[-3000:])
    page = tell(text="x" * 5000)
    assert page.status == 422 and long in page.text and unread not in page.text, page.text[-3000:]
    asked = Browser(GATE.portal_port, secure=False).fill("/ask", "/ask", site="wanted.example", why="Homework\v", name="")
    assert asked.status == 422 and 'id="why-error"' in asked.text and unread in asked.text, asked.text[-3000:]


def a_report_gives_its_reference():
    told = Browser(GATE.portal_port, secure=False).fill("/tell", "/tell", about="site", site="http://shooter.example/", text="Games in lessons.")
    assert told.status == 303, told.text[-1500:]
    report = re.search(r'href="(/report\?id=\d+)">([^<]+)<', OFFICER.get("/reports").text)
    way = html.unescape(re.search(r'href="(/lists/add[^"]*)"', OFFICER.get(report[1]).text)[1])
    assert f"reference={report[2]}" in way, way
    form = OFFICER.get(way).text
    assert f'value="{report[2]}"' in form and 'value="olive"' in form
    assert add(["shooter.example"], reference=report[2]).status == 303
    page = OFFICER.get(entry_of("shooter.example")).text
    assert re.search(rf'href="{re.escape(report[1])}"[^>]*>{report[2]}<', page), "the way back"


def a_review_keeps_it():
    GATE.set_clock("2027-06-05 10:10:00")
    officer = Browser(GATE.console_port)
    assert officer.fill("/sign-in", "/sign-in", login="olive", password="another password of olive").status == 303
    home = re.search(r'href="([^"]*)"[^>]*>\s*School lists', officer.get("/").text[officer.get("/").text.find("task"):])
    assert home and html.unescape(home[1]) == "/lists?list=all&only=overdue", home and home[1]
    page = officer.get("/lists?list=all&only=overdue")
    assert "12,002 entries" in words_of(page), words_of(page)[:800]
    page = officer.get("/lists?list=all&only=overdue&find=game0000")
    where = re.search(r'href="(/lists/entry\?id=\d+)">game0000.example<', page.text)[1]
    number = where.partition("=")[2]
    assert "overdue" in officer.get(where).text

    def review(**fields):
        return officer.fill(where, "/lists/review", **{"id": number, "why": "Still played in lessons.", "review": "2028-06-01", "owner": "Ms Ash", "reference": "", **fields})
    for field, value, said in (("why", "", "Write why it stays"), ("review", "2027-06-05", "Choose a day after today"), ("review", "soon", "Choose a day after today"), ("owner", " ", "Write who answers for it")):
        page = review(**{field: value})
        assert page.status == 422 and said in page.text and f'href="#{field}"' in page.text, (field, page.status)
    done = review()
    assert done.status == 303 and done.location == f"{where}&done=reviewed", (done.status, done.text[-800:])
    page = words_of(officer.get(where))
    assert "Answers for it Ms Ash" in page and "1 Jun 2028" in page and "by olive: Still played in lessons." in page, page[:1500]
    assert "12,001 entries" in words_of(officer.get("/lists?list=all&only=overdue"))
    assert "draft is empty" in officer.get("/draft").text, "nothing else changed"
    auditor = Browser(GATE.console_port)
    assert auditor.fill("/sign-in", "/sign-in", login="audrey", password="another password of audrey").status == 303
    audit = words_of(auditor.get("/audit?action=list.review"))
    assert "review by 2028-06-01, was 2027-06-01; owner Ms Ash, was olive: Still played in lessons." in audit, audit[:1500]
    assert auditor.fill(where, "/lists/review", id=number, why="x", review="2028-06-01", owner="x").status == 403


def add_file(content, name="sites.txt", **more):
    fields = {"list": "school-block", "target": "", "reason": "From the council.", "review": "2027-06-01", "when": "draft", **more}
    return OFFICER.upload("/lists/add", "/lists/add", {"file": (name, content)}, **fields)


def drafted():
    text = words_of(OFFICER.get("/draft"))
    return 0 if "draft is empty" in text else int(re.search(r"1 to \d+ of ([\d,]+)", text)[1].replace(",", "")) if "Next page" in text else len(re.findall(r"Goes on ", text))


def drop_all():
    while changes := re.findall(r"/draft/change\?id=(\d+)", OFFICER.get("/draft").text):
        for change in changes:
            assert OFFICER.fill(f"/draft/change?id={change}", "/draft/drop", id=change).status == 303


def a_file_comes_in():
    hosts = "# From the council\r\n0.0.0.0 ads-one.example ads-two.example\r\n127.0.0.1 localhost\r\n||ads-three.example^\r\n*.ads-four.example\r\nads-five.example/only # a part\r\n"
    page = add_file("\ufeff".encode() + hosts.encode(), target="ads-six.example")
    assert page.status == 303 and page.location == "/draft?done=added", (page.status, page.text[-1500:])
    draft = words_of(OFFICER.get("/draft"))
    for site in ("ads-one.example", "ads-two.example", "ads-three.example", "ads-four.example", "ads-five.example/only", "ads-six.example"):
        assert f" {site} Goes on" in draft, site
    drop_all()
    long = add_file("\n".join(f"bulk{number:05}.example" for number in range(10000)).encode())
    assert long.status == 303, (long.status, long.text[-1500:])
    page = OFFICER.get("/draft")
    assert "1 to 50 of 10,000" in words_of(page) and len(page.raw) < 100_000
    assert "10,000" in words_of(OFFICER.get(link_of(page, "Next page")))
    assert OFFICER.fill("/draft", "/draft/publish", message="The council's list.", due="").location == "/history?done=published"
    assert sites_of(OFFICER.get("/lists?find=bulk09999")) == ["bulk09999.example"]
    newest = re.search(r"/history/one\?id=\d+", OFFICER.get("/history").text)[0]
    assert len(OFFICER.get(newest).raw) < 100_000
    more = add_file("\n".join(f"more{number:05}.example" for number in range(10001)).encode())
    assert more.status == 422 and "Add 10,000 sites at most" in more.text


def what_cannot_be_taken_is_named():
    wrong = [f"no site {number}" for number in range(25)]
    content = "\n".join(["fine-one.example", *wrong, "@@||taken-out.example^", "fine-two.example", "fine-one.example"]).encode()
    page = add_file(content)
    said = words_of(page)
    assert page.status == 422 and "27 of 29 lines cannot be taken" in said, said[:1500]
    assert "Line 2, no site 0, is not the name of a site" in said and "Line 21, no site 19" in said and "no site 20, is" not in said and "And 7 more lines." in said
    assert drafted() == 0, "all or nothing"
    area = html.unescape(re.search(r"<textarea[^>]*name=\"target\"[^>]*>\s*(.*?)</textarea>", page.text, re.DOTALL)[1])
    assert area.encode() == content, "the file stands in the form again"
    assert 'name="rest"' in page.text
    taken = OFFICER.fill("/lists/add", "/lists/add", list="school-block", target=area, reason="From the council.", review="2027-06-01", when="draft", rest="yes")
    assert taken.status == 303 and drafted() == 2, (taken.status, drafted())
    drop_all()
    rule = add_file(b"@@||taken-out.example^\n||x.example^$third-party")
    assert "is a rule and not the name of a site" in words_of(rule)
    for content, said in ((b"\xff\xfea\x00b\x00", "is not plain text"), (b"", "Write the name of a site"), (b"# nothing\n", "Write the name of a site")):
        page = add_file(content)
        assert page.status == 422 and said in page.text, (content, page.status)
    assert add_file(b"<script>alert(1)</script>", name='"><script>x').status in (400, 422) and drafted() == 0


def forms_with_files_have_the_same_guard():
    fields = {"list": "school-block", "target": "sneaked.example", "reason": "x", "review": "2027-06-01", "when": "now"}
    no_token = OFFICER.ask("POST", "/lists/add", fields, {})
    assert no_token.status == 403 and "This form is too old" in no_token.text, no_token.status
    wrong = OFFICER.ask("POST", "/lists/add", {**fields, "csrf": "0" * 64}, {})
    assert wrong.status == 403
    as_file = OFFICER.ask("POST", "/lists/add", fields, {"csrf": ("csrf", OFFICER.get("/lists/add").hidden()["csrf"].encode())})
    assert as_file.status == 403, "a file is no token"
    assert PEOPLE["ian"].upload("/lists", "/lists/add", {"file": ("x", b"sneaked.example")}, csrf=PEOPLE["ian"].get("/account").hidden()["csrf"], **fields).status == 403
    assert "console.form_refused" in PEOPLE["audrey"].get("/audit?action=console.form_refused").text
    assert sites_of(OFFICER.get("/lists?list=all&find=sneaked")) == []
    assert Browser(GATE.portal_port, secure=False).ask("POST", "/tell", {"text": "x" * 70000}, {}).status == 413, "no files for the portal"
    huge = add_file(b"x" * 1_100_000)
    assert huge.status == 413 and "send it in parts" in huge.text, huge.status
    assert OFFICER.fill("/lists/add", "/lists/add", **{**fields, "reason": "x" * 70000}).status == 413, "without a file as before"


def files_of_all_at_once_have_an_end():
    context = ssl._create_unverified_context()
    crowd = []
    for _ in range(16):
        wire = context.wrap_socket(socket.create_connection(("127.0.0.1", GATE.console_port)))
        wire.sendall(b"POST /lists/add HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: multipart/form-data; boundary=x\r\nContent-Length: 900000\r\n\r\n--x")
        crowd.append(wire)
    wait_until(lambda: add_file(b"#" * 100_000).status == 503, what="the last place taken")
    page = add_file(b"#" * 100_000)
    assert page.status == 503 and "send yours again" in page.text, page.status
    assert add_file(b"# nothing\n").status == 422, "short ones go on"
    for wire in crowd:
        wire.close()
    wait_until(lambda: add_file(b"#" * 100_000).status == 422, what="places given back")


class Program(Browser):
    def get_with_key(self, path, key):
        import http.client
        import ssl
        from console import Page
        connection = http.client.HTTPSConnection("127.0.0.1", self.port, context=ssl._create_unverified_context(), timeout=30)
        try:
            connection.request("GET", path, headers={"Authorization": f"Bearer {key}"})
            return Page(connection.getresponse())
        finally:
            connection.close()


PEOPLE_ROLES = {"olive": "officer", "ian": "ict-lead", "hanna": "headteacher", "audrey": "auditor"}
with Gateway(clock="2026-11-24 10:10:00", accounts=[(role, login) for login, role in PEOPLE_ROLES.items()]) as GATE:
    PEOPLE = {login: sign_in(GATE, login, GATE.passwords[login]) for login in PEOPLE_ROLES}
    OFFICER, PROGRAM = PEOPLE["olive"], Program(GATE.console_port)
    SUITE.run(long_lists_come_in_pages, they_are_searched, programs_search_too, somebody_answers_for_each, what_was_pasted_with_signs_of_control_is_told_from_what_is_too_long, a_report_gives_its_reference, a_file_comes_in, what_cannot_be_taken_is_named, forms_with_files_have_the_same_guard, files_of_all_at_once_have_an_end, a_review_keeps_it)
SUITE.close()
