#!/usr/bin/env python3
"""What the officer's form proposes for a request is the narrowest that a class needs: their group or their room, the kind of period in which they asked,
a week. Wider is a choice. What is proposed is then what opens."""
import pathlib
import re
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "support"))
from console import Browser, ask_for_site, sign_in  # noqa: E402
from gateway import Gateway, Suite  # noqa: E402
from origin import HttpHandler, Origin, Wire  # noqa: E402

SUITE = Suite()
YEAR_9, LIBRARY, SUITE_ROOM, STAFF_ROOM = "127.0.1.10", "127.0.1.12", "127.0.0.1", "127.0.1.20"
SNAPCHAT = "www.snapchat.com"


class Page(HttpHandler):
    def do_GET(self):
        self.answer(200, b"hello")


SITE = Origin(Page)


def status(room):
    with Wire(GATE, room=room) as wire:
        return wire.get(f"http://{SNAPCHAT}:{SITE.port}/").answer().status


def again(login):
    browser = Browser(GATE.console_port)
    assert browser.fill("/sign-in", "/sign-in", login=login, password=f"another password of {login}").status == 303
    return browser


def page_of(browser, site):
    return re.search(rf'href="(/request\?id=\d+)"[^>]*>{re.escape(site)}<', browser.get("/requests").text)[1]


def proposed(browser, where):
    """Scope, times and length as they stand in the form before anybody chooses."""
    form = browser.get(where).text
    scope = re.search(r'name="scope" type="radio" value="([^"]+)" checked', form)
    chosen = [re.search(rf'<select[^>]*name="{name}".*?<option value="([^"]*)" selected', form, re.DOTALL) for name in ("when", "until")]
    return [match and match[1] for match in (scope, *chosen)]


def the_narrowest_is_proposed():
    for clock, times in (("10:10", "lessons"), ("10:45", "breaks"), ("12:50", "breaks"), ("18:00", "outside")):
        GATE.set_clock(f"2026-11-24 {clock}:00")
        officer = again("olive")
        for room, site, scope in ((YEAR_9, "nine", "group"), (LIBRARY, "library", "network")):
            name = f"{site}-{clock.replace(':', '')}.example"
            assert ask_for_site(GATE, name, room=room)
            assert proposed(officer, page_of(officer, name)) == [scope, times, "week"], (clock, room, proposed(officer, page_of(officer, name)))
    GATE.set_clock("2026-11-28 10:10:00")
    assert ask_for_site(GATE, "saturday.example", room=YEAR_9)
    officer = again("olive")
    assert proposed(officer, page_of(officer, "saturday.example"))[1] == "outside", "no lesson on a Saturday"


def a_room_opens_and_no_other():
    GATE.set_clock("2026-12-01 10:10:00")
    officer, head = again("olive"), again("harriet")
    assert [status(room) for room in (LIBRARY, SUITE_ROOM, YEAR_9)] == [403, 403, 403]
    assert ask_for_site(GATE, SNAPCHAT, room=LIBRARY)
    where = page_of(officer, SNAPCHAT)
    scope, times, until = proposed(officer, where)
    younger = {"advice": "open", "text": "A poster.", "scope": "other-group", "group": "year-7", "when": times, "until": until}
    page = officer.fill(where, "/request/recommend", target=SNAPCHAT, **younger)
    assert page.status == 422 and "Snapchat takes nobody below 13" in page.text, page.text[-1500:]
    sent = officer.fill(where, "/request/recommend", advice="open", text="A poster.", scope=scope, target=SNAPCHAT, when=times, until=until)
    assert sent.status == 303, sent.text[-1500:]
    assert "Everyone at Library" in head.get(where).text, "the headteacher reads for whom, by its name"
    chosen = {"lessons": "In lessons only", "breaks": "At break and lunch only", "outside": "Outside the school day only"}[times]
    assert chosen in head.get(where).text, "and when, in the words that were chosen"
    approved = head.fill(where, "/request/decide", decision="approve", reason="Yes.")
    assert approved.status == 303 and "done=approved" in approved.location, approved.text[-1500:]
    assert [status(room) for room in (LIBRARY, SUITE_ROOM, YEAR_9)] == [200, 403, 403]
    assert "network:library" in officer.get(re.search(r"/grant\?id=\d+", officer.get("/grants").text)[0]).text or "Library" in officer.get("/grants").text
    GATE.set_clock("2026-12-01 10:45:00")
    assert status(LIBRARY) == 403, "in lessons only"


def one_lesson_begins_and_ends_with_it():
    GATE.set_clock("2026-12-03 10:10:00")  # a Thursday, lesson 2
    officer, head = again("olive"), again("harriet")
    assert ask_for_site(GATE, "lesson.example", room=YEAR_9)
    where = page_of(officer, "lesson.example")

    def send(when, day, until="lesson"):
        return officer.fill(where, "/request/recommend", advice="open", text="So.", scope="role", target="lesson.example", when=when, day=day, until=until)
    for when, day, said in (("any", "", "Choose which lesson"), ("period:lesson-1", "", "That lesson is over"), ("period:lesson-3", "2026-12-05", "There is no such lesson on that day"),
                            ("period:lesson-3", "2026-12-25", "There is no such lesson on that day")):
        page = send(when, day)
        assert page.status == 422 and said in page.text, (when, day, page.text[-2500:])
    sent = send("period:lesson-3", "2026-12-04")
    assert sent.status == 303, sent.text[-2500:]
    approved = head.fill(where, "/request/decide", decision="approve", reason="Yes.")
    assert approved.status == 303, approved.text[-1500:]
    grants = [officer.get(address).text for address in re.findall(r"/grant\?id=\d+", officer.get("/grants").text)]
    grant = next(text for text in grants if "lesson.example" in text)
    assert "4 Dec 2026, 11:00" in grant and "4 Dec 2026, 11:50" in grant, grant.split("<main")[-1][:3000]


def one_yes_is_not_for_everybody_who_asked():
    """Two rooms ask for one site, which opens for one of them: the other reads no yes, and whoever decides knew it before."""
    GATE.set_clock("2026-12-08 10:10:00")
    officer, head = again("olive"), again("harriet")
    rooms = {room: Browser(GATE.portal_port, secure=False, room=room) for room in (LIBRARY, YEAR_9)}
    pages = {room: browser.fill("/ask", "/ask", site="shared.example", why="A poster.", name="A pupil").location for room, browser in rooms.items()}
    assert "One decision is made for all of you" in rooms[YEAR_9].get(pages[YEAR_9]).text
    where = page_of(officer, "shared.example")
    terms = {"advice": "open", "text": "For the library.", "target": "shared.example", "when": "any", "until": "week"}
    page = officer.fill(where, "/request/recommend", scope="network", **terms)
    assert page.status == 422 and "For so many of them this opens nothing: 1." in page.text and re.search(r'name="left_out" type="checkbox" value="1"', page.text), page.text[-3000:]
    assert officer.fill(where, "/request/recommend", scope="network", left_out="2", **terms).status == 422, "another number was read"
    sent = officer.fill(where, "/request/recommend", scope="network", left_out="1", **terms)
    assert sent.status == 303, sent.text[-2500:]
    assert "For so many of them this opens nothing: 1." in head.get(where).text, "the headteacher reads it before the decision"
    assert head.fill(where, "/request/decide", decision="approve", reason="Have fun there.").status == 303
    told = rooms[LIBRARY].get(pages[LIBRARY]).text
    assert "The headteacher said yes." in told and "Have fun there." in told and "Open until" in told and "not for you" not in told, told[-2500:]
    told = rooms[YEAR_9].get(pages[YEAR_9]).text
    assert "This site was opened for others, not for you." in told and not any(words in told for words in ("said yes", "Have fun there.", "Open until")), told[-2500:]
    form = rooms[YEAR_9].get(re.search(r'href="(/ask\?site=[^"]+)"', told)[1]).text
    assert 'value="shared.example"' in form, form[-2500:]


def nobody_is_let_in_below_the_age_of_a_service():
    """Neither for a role or everybody with younger ones among them, nor as a site that comes with another, nor by what was proposed while it was allowed."""
    GATE.set_clock("2026-12-10 10:10:00")
    officer, head = again("olive"), again("harriet")
    assert ask_for_site(GATE, SNAPCHAT, room=YEAR_9)
    where = page_of(officer, SNAPCHAT)

    def send(**more):
        return officer.fill(where, "/request/recommend", **{"advice": "open", "text": "A poster.", "target": SNAPCHAT, "when": "any", "until": "week", **more})
    for more in ({"scope": "role"}, {"scope": "everyone"}, {"scope": "role", "target": "poster.example", "also": SNAPCHAT}):
        page = send(**more)
        assert page.status == 422 and "Snapchat takes nobody below 13" in page.text, (more, page.status, page.text[-2500:])
    assert send(scope="group").status == 303
    written = officer.fill("/permission/new", "/permission/new", group="group:year-9", what="service:snapchat", reason="Films.")
    assert written.status == 303, written.text[-1500:]
    policy = GATE.config / "policy.toml"
    before = policy.read_text()
    later = before.replace('title = "Snapchat"\ncategory = "media-sharing"\nminimum_age = 13', 'title = "Snapchat"\ncategory = "media-sharing"\nminimum_age = 16')
    assert later != before
    policy.write_text(later)
    GATE.publish()
    page = head.fill(where, "/request/decide", decision="approve", reason="Yes.")
    assert page.status == 422 and "Snapchat takes nobody below 16" in page.text, (page.status, page.text[-2500:])
    page = officer.fill(written.location.split("&")[0], "/permission/key", days="7", measures="Safe search is on.")
    assert page.status == 422 and "Snapchat takes nobody below 16" in page.text, (page.status, page.text[-2500:])
    policy.write_text(before)
    GATE.publish()
    assert head.fill(where, "/request/decide", decision="approve", reason="Yes.").status == 303


def a_place_that_is_none_is_refused():
    officer = again("olive")
    assert ask_for_site(GATE, "plain.example", room=YEAR_9)
    where = page_of(officer, "plain.example")
    page = officer.fill(where, "/request/recommend", advice="open", text="So.", scope="planet", target="plain.example", when="any", until="week")
    assert page.status == 422 and "Choose for whom" in page.text


with Gateway(names={SNAPCHAT: "127.0.2.1"}, clock="2026-11-24 10:10:00", ports=[SITE.port], accounts=[("officer", "olive"), ("headteacher", "harriet")]) as GATE:
    for person in ("olive", "harriet"):
        sign_in(GATE, person, GATE.passwords[person])
    SUITE.run(the_narrowest_is_proposed, a_room_opens_and_no_other, one_lesson_begins_and_ends_with_it, one_yes_is_not_for_everybody_who_asked, nobody_is_let_in_below_the_age_of_a_service, a_place_that_is_none_is_refused)
SUITE.close()
