#!/usr/bin/env python3
"""Supervised use whose time is over: what nobody decided expires, what has run out is over, both on record; their pages have no form for a step that nobody
can take any more."""
import html
import pathlib
import re
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "support"))
from console import Browser, sign_in  # noqa: E402
from gateway import Gateway, Suite, wait_until  # noqa: E402

SUITE = Suite()


def again(login):
    """Moving the clock ends what people had open."""
    browser = Browser(GATE.console_port)
    assert browser.fill("/sign-in", "/sign-in", login=login, password=f"another password of {login}").status == 303
    return browser


def plain(page):
    return " ".join(html.unescape(re.sub(r"<[^>]*>", " ", page.text)).split())


def propose(browser, user):
    page = browser.fill("/supervision/propose", "/supervision/propose", user=user, reason="A VPN on three days.", against="", weeks="1")
    assert page.status == 303, (page.status, plain(page)[-1500:])
    return page.location.split("&")[0]


def what_is_over_has_no_form_and_is_on_record():
    officer, head = again("olive"), again("harriet")
    undecided, confirmed = propose(officer, "zed.year9"), propose(officer, "amy.year9")
    assert "/supervision/decide" in head.get(undecided).text
    assert head.fill(confirmed, "/supervision/decide", decision="confirm").status == 303
    assert "/supervision/propose-end" in head.get(confirmed).text
    GATE.set_clock("2026-12-08 10:10:00")
    officer, head = again("olive"), again("harriet")
    page = head.get(undecided)
    assert "/supervision/decide" not in page.text and "Nobody decided in time" in plain(page), plain(page)[-1500:]
    page = head.get(confirmed)
    assert "/supervision/propose-end" not in page.text and "Over" in plain(page), plain(page)[-1500:]
    for action in ("restriction.expire", "restriction.over"):
        wait_until(lambda: "restriction:" in plain(head.get(f"/audit?action={action}")), what=f"a row of {action}")
    assert "Nobody decided in time" in plain(head.get("/supervision")) and "Waits for a decision" not in plain(head.get("/supervision"))
    propose(officer, "zed.year9")


with Gateway(ca=False, clock="2026-11-24 10:10:00", accounts=[("officer", "olive"), ("headteacher", "harriet")]) as GATE:
    for person in ("olive", "harriet"):
        sign_in(GATE, person, GATE.passwords[person])
    SUITE.run(what_is_over_has_no_form_and_is_on_record)
SUITE.close()
