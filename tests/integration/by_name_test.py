#!/usr/bin/env python3
"""Where the gateway goes by the name of a site alone, a part of it is neither granted nor said to be open: the console says what the proxy does."""
import html
import pathlib
import re
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "support"))
from console import add_to_list, ask_for_site, sign_in  # noqa: E402
from gateway import Gateway, Suite  # noqa: E402
from origin import Wire  # noqa: E402

SUITE = Suite()
CLOCK, LATER = "2026-11-24 10:10:00", "2026-11-24T10:20"  # in one lesson
SCHOOL_ROOM, OWN_DEVICES = "127.0.0.1", "127.0.1.20"  # pupils; the staff room, where devices do not have the school's certificate
SITE, PART = "www.instagram.com", "www.instagram.com/schoolaccount"
VISITORS, VIDEOS = "127.0.1.30", "www.tiktok.com/school"
LOOK_INSIDE = '\n[[inspection]]\nid = "look"\nwho = ["pupil"]\nwhat = ["everything"]\naction = "inspect"\nreason = "For the test."\n'


def text_of(page):
    return re.sub(r"\s+", " ", html.unescape(re.sub(r"<[^>]+>", " ", page.text)))


def live(host, room):
    """True if the tunnel opens."""
    with Wire(GATE, room=room) as wire:
        return wire.connect(f"{host}:443").status != 403


def said_of(url, at=LATER, **who):
    page = OFFICER.get("/check?" + "&".join(f"{name}={value}" for name, value in {"url": url, "at": at, **who}.items()))
    text = text_of(page)
    found = re.search(r" Now (Open|Blocked) Rule ([^ ,]+)", text)
    return (found[1], found[2], text) if found else (page.status, "", text)


def explained(url, network):
    told = GATE.explain("--network", network, "--at", LATER, url)
    assert "verdict" in told, told
    return {"allow": "Open", "block": "Blocked"}[told["verdict"]], told["rule"]


def ask_and_open(site, room):
    """The page of a new request for the site."""
    reference = ask_for_site(GATE, site, room=room)
    assert reference, "the portal takes it"
    for number in range(1, 99):
        if reference in OFFICER.get(f"/request?id={number}").text:
            return f"/request?id={number}"
    raise AssertionError(f"no page shows {reference}")


def recommend(where, target, scope="role", advice="open"):
    return OFFICER.fill(where, "/request/recommend", advice=advice, text="For the magazine.", scope=scope, target=target, when="any", until="term")


def approve(where):
    return HEAD.fill(where, "/request/decide", decision="approve", reason="Yes.")


def target_in(where):
    return html.unescape(re.search(r'name="target"[^>]* value="([^"]*)"', OFFICER.get(where).text)[1])


def a_part_that_would_stay_closed_is_not_granted():
    for room in (OWN_DEVICES, SCHOOL_ROOM):  # in the second it is looked into what is open, and this is closed by its name
        where = ask_and_open(f"https://{PART}?x=1", room)
        assert target_in(where) == SITE, "the form proposes what would open"
        assert f"They asked for {PART}." in text_of(OFFICER.get(where))
        refused = recommend(where, PART)
        assert refused.status == 422 and "This part alone would stay closed" in text_of(refused), (refused.status, text_of(refused)[:1500])
        assert f"Write {SITE} to open the whole site" in text_of(refused)
        assert refused.text.count("This part alone would stay closed") == 2, "above the form and at its field"
        closed = recommend(where, PART, advice="keep")
        assert closed.status == 303, "what stays closed may be as narrow as it likes"
        assert HEAD.fill(where, "/request/decide", decision="refuse", reason="No.").status == 303


def what_the_form_proposes_opens():
    where = ask_and_open(f"https://{PART}", OWN_DEVICES)
    assert recommend(where, target_in(where)).status == 303
    assert not live(SITE, OWN_DEVICES)
    done = approve(where)
    assert done.status == 303, text_of(done)[:1500]
    assert "opens as the officer proposed" in text_of(HEAD.get(done.location))
    verdict, rule, text = said_of(f"https://{PART}", network="staff-room")
    assert (verdict, rule) == explained(f"https://{PART}", "staff-room") and verdict == "Open" and rule.startswith("override-"), (verdict, rule)
    assert "goes by the name of this site alone" in text
    for now in ("", re.search(r'name="at"[^>]* value="([^"]*)"', OFFICER.get("/check").text)[1]):
        assert said_of(SITE, at=now, network="staff-room")[0] == "Open", "also in the minute of the approval"
    assert live(SITE, OWN_DEVICES)
    GATE.command("check")  # a grant that opens what the policy's own expectations close is no fault of the policy
    grant = re.search(r"/grant\?id=\d+", OFFICER.get("/grants").text)[0]
    assert OFFICER.fill(grant, "/grant/end", reason="The test goes on.").status == 303
    assert not live(SITE, OWN_DEVICES)


def a_part_of_an_entry_that_does_nothing_is_said_so():
    officer_adds = {"reason": "Tried out.", "review": "2027-06-01"}
    drafted = OFFICER.fill("/lists/add", "/lists/add", list="school-allow", target=VIDEOS, when="draft", **officer_adds)
    assert drafted.location == "/draft?done=added", drafted.status
    warned = f"{VIDEOS}: on encrypted pages (https) the gateway goes by the name of this site alone, so this entry does nothing there. To cover the whole site, write www.tiktok.com."
    assert warned in text_of(OFFICER.get("/draft")), text_of(OFFICER.get("/draft"))[:2000]
    assert OFFICER.fill("/draft", "/draft/publish", message="A test.").status == 303
    assert "Not on https" in text_of(OFFICER.get("/lists?list=school-allow"))
    verdict, rule, _ = said_of(f"https://{VIDEOS}", network="guest-wifi")
    assert (verdict, rule) == explained(f"https://{VIDEOS}", "guest-wifi") and verdict == "Blocked", (verdict, rule)
    assert said_of(f"http://{VIDEOS}", network="guest-wifi")[0] == "Open", "without https the path is seen"
    assert not live("www.tiktok.com", VISITORS)


def a_blocked_part_is_open_where_it_is_not_seen():
    assert add_to_list(OFFICER, "fresh.example/games")
    page = text_of(OFFICER.get("/lists?list=school-block"))
    assert "Not on https at: " in page and "Staff room" in page and "ICT suite" not in page, page[:1500]
    for network, wanted in (("staff-room", "Open"), ("ict-suite", "Blocked")):
        verdict, rule, text = said_of("fresh.example/games/1", network=network)
        assert (verdict, rule) == explained("fresh.example/games/1", network) and verdict == wanted, (network, verdict, rule)
        assert ("goes by the name of this site alone" in text) == (network == "staff-room")
    assert live("fresh.example", OWN_DEVICES)


def a_part_is_granted_where_it_is_seen():
    policy = GATE.config / "policy.toml"
    before = policy.read_text()
    where = ask_and_open("https://fresh.example/games/chess", SCHOOL_ROOM)
    assert target_in(where) == "fresh.example/games/chess"
    assert recommend(where, target_in(where)).status == 303
    policy.write_text(before.replace(LOOK_INSIDE, ""))
    GATE.publish()
    refused = approve(where)
    assert refused.status == 422 and refused.text.count("Nothing would open") == 2, (refused.status, text_of(refused)[:1500])
    policy.write_text(before)
    GATE.publish()
    assert approve(where).status == 303
    verdict, rule, _ = said_of("fresh.example/games/chess", network="ict-suite")
    assert verdict == "Open" and rule.startswith("override-") and explained("fresh.example/games/chess", "ict-suite") == (verdict, rule)


def a_part_of_a_plain_site_is_granted():
    where = ask_and_open(f"http://{PART}/2", OWN_DEVICES)
    assert target_in(where) == f"{PART}/2"
    assert recommend(where, target_in(where)).status == 303 and approve(where).status == 303
    assert "Open, but not on https" in text_of(OFFICER.get("/grants"))


def the_answer_is_for_whom_the_form_shows():
    verdict, rule, text = said_of("www.example.org")
    assert (verdict, rule) == ("Open", "default-pupil") and "This is the answer for: Pupil" in text, (verdict, rule)
    assert re.search(r'<option value="pupil" selected', OFFICER.get("/check?url=www.example.org").text)
    verdict, rule, text = said_of("www.example.org", network="staff-room")
    assert rule == "default-staff" and "This is the answer for: Member of staff, Staff room" in text, (verdict, rule)
    assert re.search(r'<option value="" selected>\s*Whoever is usually there', OFFICER.get("/check?url=www.example.org&network=staff-room").text)
    assert "Library, library-kiosk" in said_of("www.example.org", device="library-kiosk")[2]
    for field, value, words in (("role", "wizard", "Choose who"), ("network", "moon", "Choose where"), ("device", "toaster", "Choose the device"),
                                ("group", "year-99", "Choose the group"), ("url", "not+a+site", "This is not the address of a site")):
        page = OFFICER.get("/check?" + "&".join({"url": "url=www.example.org", field: f"{field}={value}"}.values()))
        assert page.status == 422 and words in page.text, (field, page.status)


def look_inside(config):
    path = config / "policy.toml"
    path.write_text(path.read_text() + LOOK_INSIDE)


with Gateway(clock=CLOCK, edit=look_inside, accounts=[("officer", "olive"), ("headteacher", "harriet")]) as GATE:
    OFFICER, HEAD = (sign_in(GATE, login, GATE.passwords[login]) for login in ("olive", "harriet"))
    SUITE.run(a_part_that_would_stay_closed_is_not_granted, what_the_form_proposes_opens, a_part_of_an_entry_that_does_nothing_is_said_so,
              a_blocked_part_is_open_where_it_is_not_seen, a_part_is_granted_where_it_is_seen, a_part_of_a_plain_site_is_granted,
              the_answer_is_for_whom_the_form_shows)
SUITE.close()
