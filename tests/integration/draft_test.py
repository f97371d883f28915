#!/usr/bin/env python3
"""Changes of the school's lists on their way to the live policy: what the draft says it would change is what the gateway then does, a draft that
breaks the policy's expectations is not published, one for later goes live by itself, and what was published is taken back.
"""
import concurrent.futures
import contextlib
import html
import http.client
import json
import pathlib
import re
import ssl
import sys
import threading

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "support"))
from console import Browser, sign_in  # noqa: E402
from gateway import Gateway, Suite, wait_until  # noqa: E402
from origin import HttpHandler, Origin, Wire  # noqa: E402

SUITE = Suite()
PUPILS, STAFF = "127.0.1.10", "127.0.1.30"


class Page(HttpHandler):
    def do_GET(self):
        self.send_response(200)
        self.send_header("Content-Length", "2")
        self.end_headers()
        self.wfile.write(b"ok")


SITE = Origin(Page)
HOSTS = [f"site{number}.school.example" for number in range(4)]


def statuses(plan):
    """What the gateway answers to each (room, host, path)."""
    seen = []
    for room, host, path in plan:
        with Wire(GATE, room=room) as wire:
            seen.append(wire.send(f"GET http://{host}:{SITE.port}{path} HTTP/1.1\r\nHost: {host}:{SITE.port}\r\nConnection: close\r\n\r\n").answer().status)
    return seen


PLAN = [(room, host, path) for room in (PUPILS, "127.0.0.1") for host in HOSTS for path in ("/", "/games/1", "/learn") for _ in range(3)]


def add(targets, which="school-block", when="draft"):
    return OFFICER.fill("/lists/add", "/lists/add", list=which, target="\n".join(targets), reason="Tried out.", review="2027-06-01", when=when)


def publish(message="For the test.", due=""):
    return OFFICER.fill("/draft", "/draft/publish", message=message, due=due)


def effect(whose="", person=None):
    """Requests that would be closed and opened, as the page says."""
    text = re.sub(r"<[^>]+>", " ", (person or OFFICER).get(f"/draft/effect?days=1{whose and '&whose=' + whose}").text)
    return [int(re.search(rf"Would be {what}\s+(\d+) request", text)[1]) for what in ("closed", "opened")]


def replay_is_what_happens():
    before = statuses(PLAN)
    assert set(before) == {200}, before
    wait_until(lambda: len([row for row in GATE.access_rows() if row["url"].get("domain") in HOSTS]) == len(PLAN), what="all rows")
    wait_until(lambda: re.search(rf"Requests looked at\s+{len(PLAN)}\b", re.sub(r"<[^>]+>", " ", OFFICER.get("/draft/effect?days=1").text)), what="rows in the day file")
    assert effect() == [0, 0]
    page = add([HOSTS[0], f"http://{HOSTS[1]}/games"])
    assert page.status == 303 and page.location == "/draft?done=added", (page.status, page.location)
    closed, opened = effect()
    assert closed > 0 and opened == 0, (closed, opened)
    assert statuses(PLAN[:3]) == [200] * 3, "the draft is not live"
    wait_until(lambda: effect()[0] == closed + 3, what="the three that were asked just now")
    assert publish().location == "/history?done=published"
    after = statuses(PLAN)
    assert after.count(403) == closed, (after.count(403), closed)
    assert [status == 403 for status in after] == [host == HOSTS[0] or (host == HOSTS[1] and path.startswith("/games")) for _, host, path in PLAN]


def taken_back():
    number = re.search(r"/history/one\?id=(\d+)", OFFICER.get("/history").text)[1]
    page = OFFICER.fill(f"/history/one?id={number}", "/history/undo", id=number)
    assert page.location == "/history?done=undone", (page.status, page.text[:2000])
    assert set(statuses(PLAN)) == {200}
    again = OFFICER.fill(f"/history/one?id={number}", "/history/undo", id=number)
    assert again.status == 409 and "nothing to take back" in again.text.lower(), again.status


def drop_all():
    for change in set(re.findall(r"/draft/change\?id=(\d+)", OFFICER.get("/draft").text)):
        assert OFFICER.fill(f"/draft/change?id={change}", "/draft/drop", id=change).status == 303
    assert "draft is empty" in OFFICER.get("/draft").text


def expectations_hold():
    """The policy expects medium.com to be open for pupils: no list of the school may close it as long as it says so."""
    assert add(["medium.com"]).status == 303
    assert "cannot be published" in OFFICER.get("/draft/effect?days=1").text
    page = publish()
    assert page.status == 409 and "Not published" in page.text, (page.status, page.text[:1500])
    assert "medium.com" in OFFICER.get("/draft").text
    assert not re.search(r"lists/entry[^>]*>medium\.com", OFFICER.get("/lists").text)
    assert GATE.command("reload"), "what is published next is not held up"
    drop_all()
    at_once = add(["medium.com"], when="now")
    assert at_once.status == 409 and "Not published" in at_once.text
    drop_all()


def later():
    """Two that are due together: the one that the policy does not hold with keeps nobody else back."""
    assert add(["medium.com"]).status == 303
    assert publish("What may not be.", due="2026-11-24T10:14").location == "/history?done=later"
    assert add([HOSTS[2]]).status == 303
    assert publish(due="2026-11-24T10:14").location == "/history?done=later"
    assert statuses([(PUPILS, HOSTS[2], "/")]) == [200]
    GATE.set_clock("2026-11-24 10:13:58")
    wait_until(lambda: statuses([(PUPILS, HOSTS[2], "/")]) == [403], what="the hour that it is due")
    history = OFFICER.get("/history").text
    assert "Live" in history and "Not published" in history, history
    assert "medium.com" in OFFICER.get("/draft").text
    drop_all()


def sites_that_nobody_looks_into_take_two_people():
    """What goes on that list waits for a second person and keeps nothing else of the draft back; of two who decide at once one does."""
    private = "/lists?list=school-private"
    assert add(["pinned.example"], "school-private").status == 303 and add(["chess.example"]).status == 303
    page = publish()
    assert page.status == 303 and page.location.startswith("/history/one?done=rest&id="), (page.status, page.location)
    text = OFFICER.get(page.location).text
    assert "Waits for a second person" in text and "somebody else confirms it" in text and "/history/decide" not in text, text[-3000:]
    assert "chess.example" in OFFICER.get("/lists").text and "pinned.example" not in OFFICER.get(private).text and "draft is empty" in OFFICER.get("/draft").text
    one = "/history/one?id=" + page.location.split("=")[-1]
    number, said = one.split("=")[1], {"decision": "confirm", "password": "another password of olive"}
    again = Browser(GATE.console_port)
    assert again.fill("/sign-in", "/sign-in", login="olive", password=said["password"]).status == 303
    for own in (OFFICER, again):
        assert own.fill("/account", "/history/decide", id=number, **said).status == 403, "the own act, also from a second session"
    head, other = HEADS
    assert "Sites that nobody looks into" in head.get("/").text
    form = head.get(one)
    assert head.submit(form, "/history/decide", decision="confirm", password="not it").status == 422
    assert head.submit(form, "/history/decide", decision="refuse", password="another password of harriet").status == 422, "without a reason"
    with concurrent.futures.ThreadPoolExecutor() as pool:
        yes = pool.submit(head.submit, form, "/history/decide", decision="confirm", password="another password of harriet")
        no = pool.submit(other.fill, one, "/history/decide", decision="refuse", reason="It is a chat.", password="another password of hugo")
        outcomes = [yes.result(), no.result()]
    assert sorted(outcome.status for outcome in outcomes) == [303, 409], [(outcome.status, outcome.location) for outcome in outcomes]
    assert ("pinned.example" in OFFICER.get(private).text) == (outcomes[0].status == 303)
    audit = head.get("/audit?action=publication.").text
    assert audit.count("publication.confirm.denied") == 2 and audit.count("publication.ask") == 1, audit[-3000:]
    assert ("publication.turn-down" in audit) == (outcomes[1].status == 303)
    drop_all()
    page = add(["bank.example"], "school-private", "now")
    assert page.status == 303 and page.location.startswith("/history/one?done=asked&id="), (page.status, page.location)
    one = "/history/one?id=" + page.location.split("=")[-1]
    page = other.fill(one, "/history/decide", decision="confirm", password="another password of hugo")
    assert page.status == 303 and page.location == "/history?done=published", (page.status, page.location)
    assert "bank.example" in OFFICER.get(private).text and "hugo" in OFFICER.get(one).text


def two_officers():
    """One publishes what is theirs; what the other has begun stays in the draft, and the expectations go by what is published."""
    assert add([HOSTS[2] + "/mine"]).status == 303
    assert OTHER.fill("/lists/add", "/lists/add", list="school-block", target="medium.com", reason="Half done.", review="2027-06-01", when="draft").status == 303
    draft = OFFICER.get("/draft").text
    plain = re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", draft))
    assert "olive 24 Nov 2026, 10:1" in plain and "paul 24 Nov 2026, 10:1" in plain, "who made each, and when"
    assert "Mine only (1)" in plain and "All of them (2)" in plain and "Also changes of paul" in plain, plain[-1500:]
    assert re.search(r'value="own" checked', draft) and not re.search(r'value="all" checked', draft)
    assert not re.search(r'name="whose"[^>]*checked', READER.get("/draft").text), "who publishes nothing chooses nothing"
    assert "cannot be published" in OFFICER.get("/draft/effect?days=1").text
    unsaid = publish("Whose?")
    assert unsaid.status == 422 and "Choose whose changes are published" in unsaid.text
    mine = OFFICER.fill("/draft", "/draft/publish", message="Mine.", due="", whose="own")
    assert mine.location == "/history?done=published", (mine.status, mine.text[-1500:])
    assert statuses([(PUPILS, HOSTS[2], "/mine")]) == [403]
    left = OFFICER.get("/draft").text
    assert "medium.com" in left and HOSTS[2] not in left
    assert 'value="own"' not in left and not re.search(r'value="all" checked', left), "all of it is somebody else's: nothing is chosen beforehand"
    seen = re.search(r'name="seen" value="(\d+)"', left)[1]
    number = re.search(r"/draft/change\?id=(\d+)", left)[1]
    assert OTHER.fill(f"/draft/change?id={number}", "/draft/drop", id=number).status == 303
    for target in ("later.example", "later2.example"):
        assert OTHER.fill("/lists/add", "/lists/add", list="school-block", target=target, reason="More.", review="2027-06-01", when="draft").status == 303
    stale = OFFICER.fill("/draft", "/draft/publish", message="All.", due="", whose="all", seen=seen)
    assert stale.status == 422 and "another one by now" in stale.text, "what nobody looked at is not published"
    assert "later.example" in OFFICER.get("/draft").text
    taken = OFFICER.fill("/draft", "/draft/publish", message="All.", due="", whose="all")
    assert taken.location == "/history?done=published" and "draft is empty" in OTHER.get("/draft").text


CHANGED = "The draft has changed since you looked at what would change."


def publish_link(page):
    """Where the page about what would change leads to publish it."""
    return html.unescape(re.search(r'href="(/draft\?[^"]+)"[^>]*>\s*Publish these changes', page.text)[1])


def new_key(browser, login):
    page = browser.fill("/account/tokens", "/account/tokens", name="A test", may="read", days="7", password=f"another password of {login}")
    return re.search(r"gatehouse_[0-9a-f]{32}", page.text)[0]


def ask_as_program(path, key):
    connection = http.client.HTTPSConnection("127.0.0.1", GATE.console_port, context=ssl._create_unverified_context(), timeout=60)
    with contextlib.closing(connection):
        connection.request("GET", path, headers={"Authorization": f"Bearer {key}"})
        return json.loads(connection.getresponse().read())


def what_would_change_goes_by_the_choice():
    """Of two officers each sees what their own changes would do, and what all of them would: what is published then does just that, also for programs."""
    def told_by_key(key, whose):
        page = ask_as_program(f"/api/v1/draft/effect?days=1{whose and '&whose=' + whose}", key)
        rows = [row for part in page["parts"] if part["kind"] == "summary" for row in part["rows"]]
        return [int(next(row["text"] for row in rows if row["key"] == f"Would be {what}").split()[0]) for what in ("closed", "opened")]

    quiet = "quiet.school.example"
    plan = [(PUPILS, HOSTS[0], "/own"), (PUPILS, HOSTS[0], "/own"), (PUPILS, HOSTS[1], "/theirs"), (PUPILS, quiet, "/")]
    before = statuses(plan)
    assert set(before) == {200}, before
    wait_until(lambda: sum(row["url"].get("domain") == quiet for row in GATE.access_rows()) >= 1, what="the last row")
    assert add([HOSTS[0] + "/own"]).status == 303
    assert OTHER.fill("/lists/add", "/lists/add", list="school-block", target=HOSTS[1] + "/theirs\n" + quiet, reason="Theirs.", review="2027-06-01", when="draft").status == 303
    wait_until(lambda: effect("own") == [2, 0], what="the rows in the day file")
    assert effect("own", OTHER) == [2, 0] and effect("all") == effect("all", OTHER) == [4, 0] and effect() == [4, 0], (effect("own", OTHER), effect("all"))
    assert effect("own", READER) == [0, 0], "who has nothing in it"
    key = new_key(OFFICER, "olive")
    assert (told_by_key(key, "own"), told_by_key(key, "all"), told_by_key(key, "")) == ([2, 0], [4, 0], [4, 0])
    page = re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", OFFICER.get("/draft/effect?days=1&whose=own").text))
    assert "With your own changes alone: 1 of the 3 in the draft. Changes of paul are left out." in page and "Publish these changes" in page, page[-1500:]
    assert "/draft/effect?whose=own" in OFFICER.get("/draft").text and "/draft/effect?whose=all" in OFFICER.get("/draft").text
    publishing = publish_link(OFFICER.get("/draft/effect?days=1&whose=all"))
    looked_at = OFFICER.get(publishing).text
    assert re.search(r'value="all" checked', looked_at) and CHANGED not in looked_at, "what was looked at is chosen beforehand"
    for unseen in ("/draft?whose=all", publishing + "1"):
        assert not re.search(r'value="all" checked', OFFICER.get(unseen).text), "changes of others are chosen by who looked at them"
    publishing_own = publish_link(OFFICER.get("/draft/effect?days=1&whose=own"))
    assert OTHER.fill("/lists/add", "/lists/add", list="school-block", target="medium.com", reason="Half done.", review="2027-06-01", when="draft").status == 303
    changed = OFFICER.get(publishing).text
    assert CHANGED in changed and 'href="/draft/effect?whose=all">Look again' in changed, changed[:3000]
    assert re.search(r'value="own" checked', changed) and not re.search(r'value="all" checked', changed), "nobody looked at that"
    assert 'href="/draft/effect?whose=own">Look again' in OFFICER.get(publishing_own).text
    assert CHANGED not in OFFICER.get("/draft").text
    own, everything = OFFICER.get("/draft/effect?days=1&whose=own").text, OFFICER.get("/draft/effect?days=1&whose=all").text
    assert "cannot be published" not in own and "cannot be published" in everything, "the expectations go by the choice"
    assert OFFICER.fill("/draft", "/draft/publish", message="Mine.", due="", whose="own").location == "/history?done=published"
    assert statuses(plan) == [403, 403, 200, 200], "as many as were told, and those"
    drop_all()


def what_would_change_is_of_one_draft():
    """While somebody goes on changing the draft, nothing is offered that may be of two drafts."""
    begun, ends = threading.Event(), threading.Event()

    def go_on():
        number = 0
        while not ends.is_set():
            number += 1
            assert OTHER.fill("/lists/add", "/lists/add", list="school-block", target=f"n{number}.busy.example", reason="More.", review="2027-06-01", when="draft").status == 303
            begun.set()

    def says_so():
        text = OFFICER.get("/draft/effect?days=1&whose=all").text
        says = "Somebody changes the draft just now" in text
        assert says != ("Publish these changes" in text), text[-3000:]
        return says

    with concurrent.futures.ThreadPoolExecutor() as pool:
        busy = pool.submit(go_on)
        try:
            assert begun.wait(60) or busy.result(), "nothing is in the draft"
            wait_until(says_so, what="a page that was made while the draft changed")
        finally:
            ends.set()
        busy.result()
    assert not says_so(), "nobody changes it any more"
    assert OTHER.fill("/draft", "/draft/publish", message="All.", due="", whose="all").status == 303


def bad_lines():
    page = add([HOSTS[3], "not a site", HOSTS[2]])
    assert page.status == 422 and "Line 2" in page.text and "Line 3" in page.text, page.text[:3000]
    assert "draft is empty" in OFFICER.get("/draft").text, "all or nothing"
    past = OFFICER.fill("/lists/add", "/lists/add", list="school-block", target=HOSTS[3], reason="x", review="2027-06-01", when="draft")
    assert past.status == 303 and publish(due="2020-01-01T00:00").status == 422
    assert publish(message="").status == 422


def killed_on_the_way():
    """Proposed and acknowledged, then killed: it is live after the next start, or was never there."""
    number = len(re.findall(r"/history/one\?id=", OFFICER.get("/history").text))
    assert publish("Before the end.").status == 303
    GATE.process.kill()
    GATE.process.wait()
    GATE.start()
    assert statuses([(PUPILS, HOSTS[3], "/")]) == [403]
    assert len(re.findall(r"/history/one\?id=", OFFICER.get("/history").text)) == number + 1


def what_is_changed_on_the_machine_alone_is_kept():
    """Files and commands take no second person: what is looked into, the certificate and the days of records leave a row with each change."""
    def rows(action):
        return sum(f"machine.{action}" in line for line in HEADS[0].get(f"/audit/export?action=machine.{action}").text.splitlines())

    assert [rows(action) for action in ("inspection", "ca", "retention")] == [1, 1, 1], "how it was found"
    with (GATE.config / "policy.toml").open("a") as policy:
        policy.write('\n[[inspection]]\nid = "left-alone"\nwho = ["pupil"]\nwhat = ["host:chat.example"]\naction = "do-not-inspect"\nreason = "For the test."\n')
    GATE.publish()
    assert rows("inspection") == 2 and "left-alone" in HEADS[0].get("/audit?action=machine.inspection").text
    GATE.publish()
    assert rows("inspection") == 2, "nothing has changed"
    GATE.stop()
    settings = GATE.config / "gatehouse.toml"
    settings.write_text(settings.read_text().replace("days = 90", "days = 1"))
    (GATE.state / "ca").rename(GATE.folder / "ca-before")
    GATE.command("ca", "create")
    GATE.start()
    assert [rows(action) for action in ("inspection", "ca", "retention")] == [2, 2, 2]
    assert "days: log 1," in HEADS[0].get("/audit?action=machine.retention").text


def of_what_nobody_looked_into_only_the_name_is_known():
    with Wire(GATE, room=PUPILS) as wire:
        assert wire.connect(f"quiet.school.example:{SITE.port}").status == 200, "in what is closed there is nothing to see"
    said = r"Of \d+ of them the gateway knows the name of the site alone"
    wait_until(lambda: re.search(said, OFFICER.get("/draft/effect?days=1").text), what="the connection in the day file")


with Gateway(names=dict.fromkeys([*HOSTS, "quiet.school.example"], "127.0.2.1"), clock="2026-11-24 10:10:00", ports=[SITE.port],
             accounts=[("officer", "olive"), ("officer", "paul"), ("ict-lead", "ian"), ("headteacher", "harriet"), ("headteacher", "hugo")]) as GATE:
    OFFICER = sign_in(GATE, "olive", GATE.passwords["olive"])
    OTHER, READER = (sign_in(GATE, login, GATE.passwords[login]) for login in ("paul", "ian"))
    HEADS = [sign_in(GATE, login, GATE.passwords[login]) for login in ("harriet", "hugo")]
    SUITE.run(replay_is_what_happens, taken_back, expectations_hold, later, two_officers, what_would_change_goes_by_the_choice, what_would_change_is_of_one_draft, sites_that_nobody_looks_into_take_two_people, bad_lines, killed_on_the_way,
              what_is_changed_on_the_machine_alone_is_kept, of_what_nobody_looked_into_only_the_name_is_known)
SUITE.close()
