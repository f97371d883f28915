#!/usr/bin/env python3
"""Who takes the next step of a request: a typed name never leaves it without anybody, nobody sees a form for their own, what a role does not permit is on
record, forms say at the field what is wrong, and asks for one site are one request."""
import html
import pathlib
import re
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "support"))
from console import Browser, sign_in  # noqa: E402
from gateway import Gateway, Suite  # noqa: E402

SUITE = Suite()
DECIDE, RECOMMEND, CLOSE, MERGE = "/request/decide", "/request/recommend", "/request/close", "/request/merge"


PUPILS, STAFF = "127.0.0.1", "127.0.1.20"


def ask(site, name="A pupil", room=PUPILS):
    page = Browser(GATE.portal_port, secure=False, room=room).fill("/ask", "/ask", site=site, why=f"For a lesson about {site}.", name=name)
    assert page.status == 303, (page.status, page.text[-1500:])


def queue(login, show=""):
    """Site -> page of the request, as its queue shows it to this person."""
    rows = re.findall(r'href="(/request\?id=\d+)"[^>]*>([^<]+)<', BROWSER[login].get(f"/requests{show}").text)
    return {site.strip(): where for where, site in rows}


def waiting(login, task):
    text = html.unescape(BROWSER[login].get("/").text)
    found = re.search(task + r".*?(\d+) waiting", text, re.S)
    return int(found[1]) if found else 0


def recommended(site, by="oscar"):
    where = queue(by)[site]
    done = BROWSER[by].fill(where, RECOMMEND, advice="open", text="It is harmless.", scope="everyone", target=site, when="any", until="term")
    assert done.status == 303, (done.status, html.unescape(done.text)[-2500:])
    return where, done.location


def number(where):
    return where.split("=")[1]


def a_typed_name_leaves_no_request_without_a_decider():
    ask("typed.example", name="  HARRIET ", room=STAFF)
    where, location = recommended("typed.example")
    assert "with the chief executive" in BROWSER["oscar"].get(location).text
    assert waiting("harriet", "Decide on requests") == 0 and "typed.example" not in queue("harriet")
    page = BROWSER["harriet"].get(where)
    assert page.status == 200 and DECIDE not in page.text and "The chief executive decides on this request" in page.text
    refused = BROWSER["harriet"].fill(where, DECIDE, id=number(where), version="2", decision="approve", reason="Yes.")
    assert refused.status == 403, refused.status
    assert waiting("carla", "Decide on requests") == 1 and list(queue("carla")) == ["typed.example"]
    done = BROWSER["carla"].fill(where, DECIDE, decision="approve", reason="Yes.")
    assert done.status == 303 and "done=approved" in done.location, (done.status, done.location)


def nor_does_a_pupil_who_types_it():
    ask("by-a-pupil.example", name="Harriet")
    where, location = recommended("by-a-pupil.example")
    assert "with the headteacher" in BROWSER["oscar"].get(location).text
    assert BROWSER["harriet"].fill(where, DECIDE, decision="refuse", reason="No.").status == 303


def accounts_that_are_linked_later_are_one_person():
    ask("linked.example")
    where, _ = recommended("linked.example")
    assert "one human being" in GATE.command("account", "link", "harriet", "oscar")
    assert BROWSER["harriet"].fill(where, DECIDE, id=number(where), version="2", decision="approve", reason="Yes.").status == 403
    GATE.command("account", "unlink", "harriet")
    assert BROWSER["harriet"].fill(where, DECIDE, decision="refuse", reason="No.").status == 303
    for action in ("account.link", "account.unlink"):
        assert action in BROWSER["harriet"].get(f"/audit?action={action}").text


def the_chief_executive_sees_what_they_decide_and_nothing_else():
    ask("pupils.example", name="Amy")
    where, location = recommended("pupils.example")
    assert "with the headteacher" in BROWSER["oscar"].get(location).text
    assert waiting("carla", "Decide on requests") == 0 and not queue("carla")
    for path in (where, f"{CLOSE}?id={number(where)}"):
        assert BROWSER["carla"].get(path).status == 403, path
    assert "pupils.example" not in queue("carla", "?show=submitted") and list(queue("carla", "?show=approved")) == ["typed.example"]
    assert waiting("harriet", "Decide on requests") == 1 and DECIDE in BROWSER["harriet"].get(where).text


def an_officer_answers_no_request_of_their_own():
    ask("mine.example", name="Olive", room=STAFF)
    where = queue("olive")["mine.example"]
    page = BROWSER["olive"].get(where)
    assert page.status == 200 and not any(form in page.text for form in (RECOMMEND, CLOSE, MERGE)) and "somebody else must take this step" in page.text
    ask("another.example")
    other = number(queue("olive")["another.example"])
    for path in (CLOSE, MERGE):
        assert BROWSER["olive"].get(f"{path}?id={number(where)}").status == 403, path
    own = {"id": number(where), "version": "1"}
    for path, fields in ((CLOSE, {"reason": "Not blocked."}), (MERGE, {"into": other}), (RECOMMEND, {"advice": "keep", "text": "No.", "scope": "everyone", "target": "mine.example", "until": "day"})):
        refused = BROWSER["olive"].fill(where, path, **own, **fields)
        assert refused.status == 403, (path, refused.status)
    assert BROWSER["olive"].fill("/", MERGE, id=other, version="1", into=number(where)).status == 403, "nor by merging another with it"
    assert BROWSER["oscar"].fill(f"{CLOSE}?id={number(where)}", CLOSE, reason="It is not blocked.").status == 303


def what_a_role_does_not_permit_is_on_record():
    def rows():
        return html.unescape(BROWSER["harriet"].get("/audit?action=console.").text).count("not permitted as officer")
    before = rows()
    where = queue("harriet")["pupils.example"]
    refused = BROWSER["olive"].fill(where, DECIDE, id=number(where), version="2", decision="approve", reason="Yes.")
    assert refused.status == 403 and rows() == before + 1, (refused.status, before, rows())
    assert BROWSER["olive"].get("/accounts").status == 403 and rows() == before + 1, "looking for a page is nothing yet"


def at_field(page, name):
    """What the page says of the field, at the field."""
    found = re.search(rf'id="{name}-error" class="govuk-error-message">(.*?)</p>', page.text, re.S)
    return html.unescape(re.sub(r"<[^>]+>", "", found[1])) if found else ""


def forms_say_at_the_field_what_is_wrong():
    where = queue("olive")["another.example"]
    page = BROWSER["olive"].fill(where, RECOMMEND, advice="open", text="", scope="other-group", group="no-such", target="no host", when="period:none", day="2020-01-01", until="")
    assert page.status == 422, page.status
    for field, words in (("when", "Choose when it opens"), ("day", "Choose today or a day of the next 12 months"), ("text", "Write why"), ("group", "Choose the group"), ("target", "Write the name of a site"), ("until", "Choose how long")):
        assert words in at_field(page, field), (field, at_field(page, field))
    page = BROWSER["olive"].fill(where, RECOMMEND, text="So.", target="another.example", until="day")
    for field, words in (("advice", "Choose what you recommend"), ("scope", "Choose for whom")):
        assert page.status == 422 and words in at_field(page, field), (field, at_field(page, field))
    close = f"{CLOSE}?id={number(where)}"
    for reason, words in (("", "Write an answer"), ("x" * 2001, "too long")):
        page = BROWSER["olive"].fill(close, CLOSE, reason=reason)
        assert page.status == 422 and words in at_field(page, "reason") and reason in page.text, (page.status, at_field(page, "reason"))
    page = BROWSER["olive"].fill(f"{MERGE}?id={number(where)}", MERGE, into="")
    assert page.status == 422 and "Choose the request" in at_field(page, "into"), (page.status, at_field(page, "into"))
    ask("third.example")
    page = BROWSER["olive"].fill(f"{MERGE}?id={number(where)}&find=third", MERGE)
    offered = re.findall(r"<label[^>]*>\s*(\S+) \(", page.text)
    assert page.status == 422 and offered == ["third.example"], ("what was searched for stays", page.status, offered)
    assert page.hidden()["find"] == "third"
    page = BROWSER["harriet"].fill(queue("harriet")["pupils.example"], DECIDE, reason="")
    for field, words in (("decision", "Choose what you decide"), ("reason", "Write your reason")):
        assert page.status == 422 and words in at_field(page, field), (field, at_field(page, field))


def asks_for_one_site_are_one_request():
    for site in ("same.example", "www.same.example", "https://same.example/page/1", "other.same.example"):
        ask(site)
    mine = {site: where for site, where in queue("olive").items() if "same.example" in site}
    assert set(mine) == {"same.example", "other.same.example"}, mine
    page = html.unescape(BROWSER["olive"].get(mine["same.example"]).text)
    assert "www.same.example" in page and "same.example/page/1" in page and "For a lesson about www.same.example." in page, "what each asked for"
    assert re.search(r'name="target"[^>]*value="same\.example"', page), "proposed is what covers them all"


PEOPLE = {"olive": "officer", "oscar": "officer", "harriet": "headteacher", "carla": "chief-executive"}
with Gateway(ca=False, accounts=[(role, login) for login, role in PEOPLE.items()]) as GATE:
    BROWSER = {login: sign_in(GATE, login, GATE.passwords[login]) for login in PEOPLE}
    SUITE.run(a_typed_name_leaves_no_request_without_a_decider, nor_does_a_pupil_who_types_it, accounts_that_are_linked_later_are_one_person, the_chief_executive_sees_what_they_decide_and_nothing_else,
              an_officer_answers_no_request_of_their_own, what_a_role_does_not_permit_is_on_record, forms_say_at_the_field_what_is_wrong,
              asks_for_one_site_are_one_request)
SUITE.close()
