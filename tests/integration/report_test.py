#!/usr/bin/env python3
"""What people read in numbers, against what was really asked for: traffic, the checks, the governors' report."""
import html
import json
import os
import pathlib
import re
import socket
import ssl
import subprocess
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "support"))
from console import Browser, add_to_list, ask_for_site, sign_in  # noqa: E402
from gateway import Gateway, Suite, wait_until  # noqa: E402
from origin import HttpHandler, Origin, Wire  # noqa: E402

SUITE = Suite()
SITE, INSTAGRAM = "www.school.example", "www.instagram.com"
PUPILS, STAFF = "127.0.1.10", "127.0.1.20"


class Hello(HttpHandler):
    def do_GET(self):
        self.answer(200, b"hello")


HELLO = Origin(Hello)


def equal(left, right, what="values"):
    if left != right:
        raise AssertionError(f"{what} differ: {str(left)[:500]} and {str(right)[:500]}")


def fetch(site, room):
    with Wire(GATE, room=room) as wire:
        return wire.get(f"http://{site}:{HELLO.port}/").answer().status


def rows_of(page, caption):
    """The cells of the table with that caption, row by row."""
    table = re.search(rf"<caption[^>]*>{re.escape(caption)}</caption>.*?</table>", page, re.DOTALL)
    assert table, (caption, page[-3000:])
    return [[html.unescape(re.sub(r"<[^>]+>", "", cell)).strip() for cell in re.findall(r"<td[^>]*>(.*?)</td>", row, re.DOTALL)]
            for row in re.findall(r'<tr class="govuk-table__row">(.*?)</tr>', table[0], re.DOTALL)[1:]]


def traffic_is_what_was_asked_for():
    for _ in range(7):
        equal(fetch(SITE, PUPILS), 200)
    for _ in range(3):
        equal(fetch(INSTAGRAM, PUPILS), 403)
    equal(fetch(SITE, STAFF), 200)

    def counted():
        page = LEAD.get("/traffic").text
        return "nothing was recorded" not in page and ["school.example", "8", "0 (0 %)"] in [row[:3] for row in rows_of(page, "Sites most often asked for")] and page
    page = wait_until(counted, what="all requests in the log")
    equal([row[:3] for row in rows_of(page, "Sites most often blocked")], [["instagram.com", "3", "3 (100 %)"]])
    equal([row[:3] for row in rows_of(page, "Roles")], [["Pupil", "10", "3 (30 %)"], ["Member of staff", "1", "0 (0 %)"]])
    equal([row[:3] for row in rows_of(page, "Groups")], [["Year 9", "10", "3 (30 %)"]])
    equal(rows_of(page, "By hour in figures")[-1][1:], ["11", "3"])
    for login in ("marketing", "beside"):
        equal(PEOPLE[login].get("/traffic").status, 403, login)


def the_last_days_are_those_of_the_calendar():
    """Shortly before midnight, with a change of the clocks within those days, the first was left out and tomorrow was drawn."""
    fetch(SITE, PUPILS)

    def drawn():
        page = LEAD.get("/traffic?days=7").text
        return "By day in figures" in page and page
    days = [row[0] for row in rows_of(wait_until(drawn, what="the request in the log"), "By day in figures")]
    equal((days[0], days[-1], len(days)), ("19 Oct 2026", "25 Oct 2026", 7))


class Tail:
    """Server-sent events of the log, as a browser hears them."""

    def __init__(self, person, query=""):
        context = ssl._create_unverified_context()
        self.socket = context.wrap_socket(socket.create_connection(("127.0.0.1", GATE.console_port), 30))
        cookies = "; ".join(f"{name}={value}" for name, value in person.cookies.items())
        self.socket.sendall(f"GET /log/live/events{query} HTTP/1.1\r\nHost: 127.0.0.1:{GATE.console_port}\r\nCookie: {cookies}\r\n\r\n".encode())
        self.lines = self.socket.makefile("r", encoding="utf-8")
        self.head = []
        while line := self.lines.readline().strip():
            self.head.append(line)

    def event(self):
        """The next: (kind, data); None once it is over."""
        kind = None
        while line := self.lines.readline():
            if line.startswith("event: "):
                kind = line[7:].strip()
            if line.startswith("data: "):
                return kind, line[6:].strip()
        return None


def the_log_is_seen_as_it_is_written():
    tail = Tail(LEAD)
    assert tail.head[0].startswith("HTTP/1.1 200") and "Content-Type: text/event-stream" in tail.head, tail.head
    equal(tail.event(), ("begin", "-"))
    equal(fetch(INSTAGRAM, PUPILS), 403)
    kind, data = tail.event()
    row = json.loads(data)
    equal((kind, row["verdict"], row["site"], row["rule"]), ("row", "block", f"{INSTAGRAM}:{HELLO.port}/", "blocked-social-media"))
    chosen = Tail(LEAD, "?host=" + SITE)
    equal(chosen.event(), ("begin", "-"))
    for site in (INSTAGRAM, SITE):
        fetch(site, PUPILS)
    assert json.loads(chosen.event()[1])["site"].startswith(f"{SITE}:{HELLO.port}/"), "of that site only"
    assert Tail(LEAD, "?person=amy").head[0].startswith("HTTP/1.1 422"), "a person without a purpose"
    assert Tail(PEOPLE["beside"]).head[0].startswith("HTTP/1.1 403")
    short = Browser(GATE.console_port)
    equal(short.fill("/sign-in", "/sign-in", login="max", password="another password of max").status, 303)
    equal(short.fill("/log", "/log/purpose", purpose="A test.", days="1").status, 303)
    ended = Tail(short)
    equal(ended.event(), ("begin", "-"))
    short.fill("/account", "/account/end-sessions")
    equal(ended.event(), ("end", "-"), "once its session is gone")
    equal(ended.event(), None)
    page = LEAD.get("/log/live").text
    assert "/assets/live.js" in page and 'data-live="/log/live/events"' in page and INSTAGRAM in page, page[-2000:]
    equal(LEAD.get("/assets/live.js").status, 200)


def run_checks():
    page = LEAD.fill("/checks", "/checks/run")
    assert page.status == 303, (page.status, page.text[-1500:])
    return {row[0]: row[1:] for row in rows_of(LEAD.get(page.location).text, "What was found")}


def checks_try_what_runs():
    found = run_checks()
    question = 'Is "Pornography" closed for children?'
    equal(found[question][0], "Good")
    for theme in ("Drugs and substance abuse", "Gambling", "Violence", "Extremism", "Piracy", "Self-harm and suicide", "Malware and hacking"):
        equal(found[f'Is "{theme}" closed for children?'][0], "Good", theme)
    equal(found["Do children search with safe search?"][0], "Good")
    equal(found["Can the record of decisions be trusted?"][0], "Good")
    policy = GATE.config / "policy.toml"
    before = policy.read_text()
    policy.write_text(before.replace("[[rule]]", '[[rule]]\nid = "opened"\nwho = ["pupil"]\nwhat = ["category:adult"]\nwhen = ["lunch"]\naction = "allow"\n'
                                     'reason = "A mistake."\n[[rule]]', 1).split("[[expect]]")[0])
    GATE.publish()
    found = run_checks()
    equal(found[question][0], "Gap", "a rule that opens it at lunch")
    assert 'Pupil: "adult" is closed 9' in found[question][1], found[question]
    assert "0 of 0" in found["Does the policy decide as the school has written down that it must?"][1]
    policy.write_text(before)
    GATE.publish()
    equal(run_checks()[question][0], "Good")
    review = run_checks()["Is the filter looked at once a year?"]
    assert review[0] == "Look at it" and "No review of the filter was ever recorded." in review[1] and "These checks were run 0 days ago" in review[1], review
    equal(len(rows_of(LEAD.get("/checks").text, "Runs, newest first")), 5)
    assert "checks.run" in PEOPLE["harriet"].get("/audit").text


def test_page(category, room):
    with Wire(GATE, room=room) as wire:
        return wire.send(f"GET http://{category}.self-check.invalid/ HTTP/1.1\r\nHost: {category}.self-check.invalid\r\nAccept: text/html\r\n\r\n").answer()


def anybody_can_try_the_filter():
    closed = test_page("gambling", PUPILS)
    equal(closed.status, 403)
    assert b"test page of the filter" in closed.body and b"/ask?t=" not in closed.body, closed.body[:3000]
    opened = test_page("education", PUPILS)
    equal(opened.status, 200)
    assert b"This test page is open" in opened.body, opened.body[:3000]
    equal(test_page("gambling", "127.0.254.9").status, 403, "somebody whom nobody knows")
    links = re.findall(r'href="http://([a-z-]+)[.]self-check[.]invalid/"', Browser(GATE.portal_port, secure=False).get("/try").text)
    assert {"adult", "gambling", "self-harm", "vpn"} <= set(links) and "illegal" not in links, links


def nobody_is_told_of_test_pages():
    for category in ("vpn", "tor", "self-harm", "extremism", "adult"):  # attempts and worries, were they real
        equal(test_page(category, PUPILS).status, 403, category)
    equal(fetch("openvpn.net", PUPILS), 403)

    def told():
        page = PEOPLE["olive"].get("/incidents").text
        return "openvpn.net" in page and page
    assert "self-check" not in wait_until(told, what="the real attempt"), "an incident"
    for reader in ("olive", "dora"):
        assert "self-check" not in PEOPLE[reader].get("/reports").text, "an alert"
    equal(ask_for_site(GATE, "http://adult.self-check.invalid/"), None, "there is nothing to ask for")
    assert not add_to_list(PEOPLE["olive"], "adult.self-check.invalid", "school-allow"), "a list says nothing of them"


def the_gateway_is_asked_itself():
    question = "Does the gateway itself do what the rules say?"
    state, finding, _ = run_checks()[question]
    equal(state, "Good", finding)
    asked, places, good = map(int, re.search(r"Asked for (\d+) test pages at (\d+) places, (\d+) of them", finding).groups())
    assert asked == good and asked > 100 and places == 11, finding
    assert "Every question is in the access log." in finding and "Asked for a name first, as it should, in Sixth form study." in finding, finding
    assert "self-check" not in LEAD.get("/traffic").text, "nobody's traffic"


def governors_see_numbers_and_nobody():
    assert ask_for_site(GATE, "www.wanted.example")
    assert add_to_list(PEOPLE["olive"], "closed.example")
    page = html.unescape(PEOPLE["ada"].get("/governors").text)
    equal(rows_of(page, "Use of the web, by role")[0][:3], ["Pupil", "10", "3"])
    equal([row for row in rows_of(page, "Topics: what was closed, and what people asked to open") if row[0] == "Micro-blogging" or row[1] == "3"][0][1], "3")
    topics = rows_of(page, "Topics: what was closed, and what people asked to open")
    equal({row[-1] for row in topics}, {"-"}, "hours to an answer that nobody gave")
    assert "Asked to open" in page and "Numbers only" in page and "olive" not in page.split("<main")[1].split("What was found")[0], page[-500:]
    audit = PEOPLE["ada"].get("/audit").text
    assert re.search(r"Its digest.*?([0-9a-f]{64})", page, re.DOTALL), "the head of the record"
    assert rows_of(audit, "Newest first"), audit[-500:]
    empty = PEOPLE["ada"].get("/governors?from=2025-01-01&to=2025-02-01").text
    assert "Nothing was recorded" in empty, empty[-2000:]
    for query in ("from=x&to=y", "from=2026-12-31&to=2020-01-01", "from=1900-01-01"):
        equal(PEOPLE["ada"].get(f"/governors?{query}").status, 200, query)


def governors_get_it_on_paper():
    page = PEOPLE["ada"].get("/governors/pdf")
    assert page.status == 200 and page.raw.startswith(b"%PDF-"), (page.status, page.text[:300])
    done = subprocess.run(["pdftotext", "-layout", "-", "-"], input=page.raw, capture_output=True, check=True)
    text = re.sub(r"\s+", " ", done.stdout.decode())
    for words in ("Report for the governors", "Use of the web, by role", "Pupil 10 3", "Topics: what was closed", "Decisions", "The record of decisions", "Page 1", "Made on"):
        assert words in text, (words, text[:3000])
    assert "Download it" not in text and "olive" not in text.split("What was found")[0], "paper has no links, and nobody's name"
    info = subprocess.run(["pdfinfo", "-"], input=page.raw, capture_output=True, check=True).stdout.decode()
    assert re.search(r"Tagged:\s+yes", info) and re.search(r"Page size:\s+595 x 842", info), info
    equal(PEOPLE["max"].get("/governors/pdf").status, 403)


def account_of(login):
    return "/accounts/one?id=" + re.search(r'/accounts/one\?id=(\d+)"[^>]*>' + login, LEAD.get("/accounts").text)[1]


ROLES = {"olive": "officer", "dora": "dsl", "carla": "chief-executive", "harriet": "headteacher", "ada": "auditor", "ian": "ict-lead", "max": "marketing", "marketing": "marketing", "beside": "supervisor"}
def status_says_what_to_do():
    lead, image = PEOPLE["ian"], GATE.state / "lists.image"
    well = lead.get("/status")
    assert "compiled 0 hours ago" in well.text and "Nothing waits for you" in lead.get("/").text
    made = image.stat().st_mtime
    os.utime(image, (made - 3 * 86400, made - 3 * 86400))
    try:
        text = lead.get("/status").text
        assert text.count("compiled 72 hours ago") == 1 and "run `gatehouse lists update` once a day" in text, "once, with what to do"
        home = lead.get("/").text
        tasks = re.search(r"govuk-task-list.*?</ul>", home, re.S)[0]
        assert "1 to look at" in tasks and tasks.count("<a ") == 1 and 'href="/status"' in tasks, "and the start page leads there"
        others = PEOPLE["max"].get("/status").text
        assert "need" in others and "The ICT lead sees here" in others and "gatehouse lists update" not in others and str(GATE.state) not in others, others[-3000:]
    finally:
        os.utime(image, (made, made))
    done = lead.fill(account_of("carla"), "/accounts/state", disabled="yes", sure="another password of ian")
    assert done.status == 303, done.status
    assert "there is no chief executive" in lead.get("/status").text and "1 to look at" in lead.get("/").text
    lists = lead.get("/status").text
    assert "A sealed list" in lists and "Last publications" in lists and "Size of the access log" in lists


with Gateway(names={SITE: "127.0.2.1", INSTAGRAM: "127.0.2.1"}, ports=[HELLO.port], accounts=[(role, login) for login, role in ROLES.items()]) as GATE:
    PEOPLE = {login: sign_in(GATE, login, GATE.passwords[login]) for login in ROLES}
    LEAD = PEOPLE["ian"]
    SUITE.run(traffic_is_what_was_asked_for, anybody_can_try_the_filter, the_gateway_is_asked_itself, checks_try_what_runs, governors_see_numbers_and_nobody, governors_get_it_on_paper, status_says_what_to_do, the_log_is_seen_as_it_is_written, nobody_is_told_of_test_pages)
with Gateway(ca=False, clock="2026-10-25 23:30:00", names={SITE: "127.0.2.1"}, ports=[HELLO.port], accounts=[("ict-lead", "ian")]) as GATE:
    LEAD = sign_in(GATE, "ian", GATE.passwords["ian"])
    SUITE.run(the_last_days_are_those_of_the_calendar)
SUITE.close()
