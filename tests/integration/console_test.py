#!/usr/bin/env python3
"""Signing in to the console with a code beside the password: demanded of a role, set up, asked for, guessed at, lost with the phone."""
import contextlib
import html
import http.client
import json
import pathlib
import re
import socket
import sqlite3
import ssl
import statistics
import sys
import time

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "support"))
from console import Browser, code_of, sign_in  # noqa: E402
from gateway import Gateway, Suite  # noqa: E402

SUITE = Suite()
CODE, SETUP = "/sign-in/code", "/account/second-factor"
PASSWORD = {}


def half_way(login, room="127.0.0.1"):
    """A browser whose password was right and whose code is still to come."""
    browser = Browser(GATE.console_port, room=room)
    page = browser.fill("/sign-in", "/sign-in", login=login, password=PASSWORD[login])
    assert page.status == 303 and page.location == CODE, (page.status, page.location)
    return browser


def set_up(browser, login):
    """The key, the code that turned it on and the codes on paper."""
    page = browser.fill(SETUP, f"{SETUP}/begin", password="not it")
    assert page.status == 422 and "is not right" in html.unescape(page.text), page.status
    assert browser.fill(SETUP, f"{SETUP}/begin", password=PASSWORD[login]).status == 303
    page = browser.get(SETUP)
    key = re.search(r"key into it: ([A-Z2-7 ]+)", page.text)[1].replace(" ", "")
    picture = browser.get(f"{SETUP}/picture.svg")
    assert picture.status == 200 and picture.text.startswith("<svg"), picture.status
    assert browser.fill(SETUP, f"{SETUP}/confirm", code="123 456").status in (200, 422)
    code = code_of(key)
    page = browser.fill(SETUP, f"{SETUP}/confirm", code=code)
    paper = re.findall(r"\b[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}\b", page.text)
    assert page.status == 200 and len(paper) == 10, (page.status, page.text[-1500:])
    return key, code, paper


def demanded_of_its_role():
    for path in ("/", "/requests", "/lists/add", "/log", "/account"):
        page = OFFICER.get(path)
        assert page.status == 303 and page.location == SETUP, (path, page.status, page.location)
    assert OFFICER.fill(SETUP, "/lists/add", list="school-block", target="x.example", reason="x", review="2030-01-01", when="now").location == SETUP
    assert HEAD.get("/requests").status == 200, "other roles may do without"


def set_up_and_asked_for():
    global KEY, PAPER
    KEY, code, PAPER = set_up(OFFICER, "olive")
    assert OFFICER.get("/").status == 200
    assert OFFICER.get(f"{SETUP}/picture.svg").status == 404, "the key is not shown again"
    assert KEY not in OFFICER.get(SETUP).text
    browser = half_way("olive")
    for path in ("/", "/lists/add", "/account", "/audit", SETUP):
        assert browser.get(path).status == 303, path
    page = browser.fill(CODE, "/lists/add", list="school-block", target="x.example", reason="x", review="2030-01-01", when="now")
    assert page.status == 303 and "x.example" not in OFFICER.get("/lists").text
    other = half_way("olive")
    page = other.fill(CODE, "/sign-out")
    assert page.status == 303 and other.get("/sign-in").status == 200, "somebody else may sign in there"
    assert browser.fill(CODE, CODE, code=code).status == 422, "that one turned it on"
    page = browser.fill(CODE, CODE, code=code_of(KEY, 1))
    assert page.status == 303 and browser.get("/").status == 200, page.status
    assert half_way("olive").fill(CODE, CODE, code=PAPER[0]).status == 303


ASKED_FOR = "/lists?list=school-allow&find=a%20b"


def goes_on_to_the_page_that_was_asked_for():
    browser = Browser(GATE.console_port)
    way = browser.get("/lists?list=school-allow&find=a+b").location
    assert way == "/sign-in?next=%2Flists%3Flist%3Dschool-allow%26find%3Da%2520b", way
    page = browser.fill(way, "/sign-in", login="olive", password=PASSWORD["olive"])
    assert page.status == 303 and page.location == way.replace("/sign-in", CODE), page.location
    assert browser.get(way).location == page.location, "also whoever goes back to the sign-in page"
    wrong = browser.fill(page.location, CODE, code="wrong")
    assert wrong.status == 422 and wrong.hidden()["next"] == ASKED_FOR, (wrong.status, wrong.hidden())
    page = browser.fill(page.location, CODE, code=PAPER[2])
    assert page.status == 303 and page.location == ASKED_FOR, page.location
    for number, elsewhere in enumerate(("//evil.example", "https://evil.example/", "/\\evil.example", "/\t/evil.example", "/lists;url=https://evil.example"), 3):
        page = half_way("olive").fill(CODE, CODE, code=PAPER[number], next=elsewhere)
        assert page.status == 303 and page.location == "/", (elsewhere, page.location)


def guessed_at():
    thief = half_way("olive", room="127.0.0.66")
    assert "too many" not in thief.fill(CODE, CODE, code="000000").text
    assert any("too many" in thief.fill(CODE, CODE, code=f"{number:06}").text for number in range(1, 50)), "the delays double from a second on"
    assert half_way("olive").fill(CODE, CODE, code=PAPER[1]).status == 303, "and does not lock the officer out elsewhere"
    audit = HEAD.get("/audit").text
    assert "sign-in.code-refused" in audit and "account.second-factor-on" in audit


def taken_off_by_the_ict_lead():
    """On the page of the account, with the lead's own password; the person is signed out, and it is on record."""
    lead = sign_in(GATE, "ian", GATE.passwords["ian"])
    number = {login: re.search(rf'/accounts/one\?id=(\d+)"[^>]*>{login}<', lead.get("/accounts").text)[1] for login in ("olive", "harriet", "ian")}
    page = f"/accounts/one?id={number['olive']}"
    assert "A phone that is lost" in lead.get(page).text
    for other in ("harriet", "ian"):
        assert "A phone that is lost" not in lead.get(f"/accounts/one?id={number[other]}").text, other
    wrong = lead.fill(page, "/accounts/code", id=number["olive"], known="wrong")
    assert wrong.status == 422 and OFFICER.get("/").status == 200, wrong.status
    assert HEAD.fill("/account", "/accounts/code", id=number["olive"], known=PASSWORD["harriet"]).status == 403, "nobody else"
    done = lead.fill(page, "/accounts/code", id=number["olive"], known=PASSWORD["ian"])
    assert done.status == 303 and "The code is off" in lead.get(done.location).text, done.status
    assert OFFICER.get("/").location.startswith("/sign-in"), "signed out"
    assert "account.second-factor-clear" in HEAD.get("/audit?action=account.second").text
    assert lead.fill("/account", "/accounts/code", id=number["ian"], known=PASSWORD["ian"]).status == 403, "not for oneself"
    browser = Browser(GATE.console_port)
    assert browser.fill("/sign-in", "/sign-in", login="olive", password=PASSWORD["olive"]).location == "/"
    assert browser.get("/").status == 200, "what is open to an account that waits needs no code"
    refused = browser.fill("/account", f"{SETUP}/begin", password=PASSWORD["olive"])
    assert refused.status == 403 and "Not while your account waits" in refused.text, "nobody sets one up who may be somebody else"
    confirm(number["olive"])
    assert browser.get("/").location == SETUP, "it is demanded again"
    set_up(browser, "olive")


def confirm(number):
    """The headteacher has asked her."""
    done = HEAD.fill(f"/roles/access?id={number}", "/roles/access", decision="confirm", password=PASSWORD["harriet"])
    assert done.status == 303 and "done=known" in done.location, (done.status, done.text[-1500:])


def an_answer_waits_for_no_acknowledgement():
    """A long page is written in pieces: with Nagle's algorithm the last would wait until the browser has acknowledged the one before, 40 ms later."""
    style = re.search(r'href="(/assets/[^"]+[.]css[^"]*)"', HEAD.get("/help").text)[1]
    def median_of(acknowledges_at_once):
        connection, times = http.client.HTTPSConnection("127.0.0.1", GATE.console_port, context=ssl._create_unverified_context(), timeout=30), []
        for _ in range(15):
            begun = time.perf_counter()
            connection.request("GET", style)
            if acknowledges_at_once:
                connection.sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_QUICKACK, 1)
            assert len(connection.getresponse().read()) > 20000
            times.append(time.perf_counter() - begun)
        return statistics.median(times)
    usual, at_once = median_of(False), median_of(True)
    assert usual < 3 * at_once + 0.01, f"{usual} s, where the browser acknowledges at once {at_once} s"


def phone_and_paper_gone():
    GATE.stop()
    GATE.start()  # kept over a restart
    half_way("olive")
    accounts = {account["login"]: account for account in json.loads(GATE.command("account", "list", "--json"))["accounts"]}
    assert accounts["olive"]["second_factor"] and not accounts["harriet"]["second_factor"]
    assert json.loads(GATE.command("account", "clear-code", "olive", "--json"))["ok"]
    assert "nothing was changed" in GATE.command("account", "clear-code", "nobody", "--json", check=False)
    browser = Browser(GATE.console_port)
    page = browser.fill("/sign-in", "/sign-in", login="olive", password=PASSWORD["olive"])
    assert page.status == 303 and page.location == "/", page.location
    assert browser.get("/").status == 200 and browser.get(SETUP).status == 403, "her account waits"
    confirm(re.search(r"/roles/access\?id=(\d+)", HEAD.get("/roles").text)[1])
    assert browser.get("/").location == SETUP, "it is demanded still"


def pages_stand_without_being_noted():
    """That somebody was told of an account that waits cannot be written down: they see it all the same, and its 24 hours have not begun."""
    with contextlib.closing(sqlite3.connect(GATE.state / "gatehouse.db", isolation_level=None)) as store:
        store.execute("CREATE TRIGGER untold BEFORE UPDATE OF told_at ON given_access BEGIN SELECT RAISE(ABORT, 'not now'); END")
        number = None
        for path in ("/", "/roles", "/roles/access?id={}"):
            page = HEAD.get(path.format(number))
            assert page.status == 200, (path, page.status, page.text[-1500:])
            number = number or (re.search(r"/roles/access\?id=(\d+)", page.text) or [None, None])[1]
        assert "holds.not_noted" in GATE.log_path.read_text()
        assert store.execute("SELECT count(*) FROM given_access WHERE told_at IS NOT NULL").fetchone() == (0,)
        store.execute("DROP TRIGGER untold")
        HEAD.get("/roles")
        assert store.execute("SELECT count(*) FROM given_access WHERE told_at IS NOT NULL").fetchone() == (1,)


def on_the_machine():
    """A new password; a word that it is really them only where nobody of the console could give it, and of what was given on the machine a day later."""
    def run(*words):
        return json.loads(GATE.command("account", *words, "--json", check=False))
    first = run("new-password", "olive")
    assert first["ok"] and "ok" in first, first
    pages_stand_without_being_noted()
    refused = GATE.command("account", "confirm", "olive", "--json", check=False)
    assert "confirmed by harriet" in refused, refused
    number = re.search(r"/roles/access\?id=(\d+)", HEAD.get("/roles").text)[1]
    page = HEAD.fill(f"/roles/access?id={number}", "/roles/access", decision="refuse", reason="She did not ask.", password=PASSWORD["harriet"])
    assert page.status == 200 and "The account is closed" in page.text, page.text[-1500:]
    assert Browser(GATE.console_port).fill("/sign-in", "/sign-in", login="olive", password=first["password"]).status == 403
    second = run("new-password", "olive")
    assert Browser(GATE.console_port).fill("/sign-in", "/sign-in", login="olive", password=second["password"]).status == 303, "the last resort"
    confirm(number)
    head = sign_in(GATE, "harriet", run("new-password", "harriet")["password"])
    text = html.unescape(head.get("/").text)
    assert "on the machine: gatehouse account confirm harriet" in text, text[-2500:]
    assert head.get("/requests").status == 403
    for clock in (None, "2026-11-25 10:00:00"):
        if clock:
            GATE.set_clock(clock)
        at_once = GATE.command("account", "confirm", "harriet", "--json", check=False)
        assert "24 hours later at the earliest" in at_once, at_once
    GATE.set_clock("2026-11-25 11:30:00")
    head = Browser(GATE.console_port)
    assert head.fill("/sign-in", "/sign-in", login="harriet", password=PASSWORD["harriet"]).status == 303
    assert head.get("/requests").status == 403, "it does not end by itself"
    assert run("confirm", "harriet")["ok"] and head.get("/requests").status == 200
    assert "does not wait for that" in GATE.command("account", "confirm", "harriet", "--json", check=False)
    assert "account.confirm-access" in head.get("/audit?action=account.confirm-access").text


def not_asked_of_the_account_for_emergencies():
    """Whoever opened its first envelope had to tell their own phone, and the next envelope was used up at a question for a code of that phone."""
    made = GATE.command("account", "add", "--login", "glass", "--role", "officer", "--break-glass", "--json")
    for password in (json.loads(made)["password"], None):
        password = password or json.loads(GATE.command("account", "new-password", "glass", "--json"))["password"]
        glass = Browser(GATE.console_port)
        page = glass.fill("/sign-in", "/sign-in", login="glass", password=password)
        assert page.status == 303 and page.location == "/", (page.status, page.location)
        assert glass.get("/lists").status == 200, "it works at once"
        page = glass.get(SETUP)
        assert "has no code" in page.text and "/begin" not in page.text, page.text[-1500:]
        assert glass.fill("/", f"{SETUP}/begin").status == 403


with Gateway(ca=False, settings={"console": 'second_factor = ["officer"]'}, accounts=[("officer", "olive"), ("headteacher", "harriet"), ("ict-lead", "ian")]) as GATE:
    OFFICER, HEAD = (sign_in(GATE, login, GATE.passwords[login]) for login in ("olive", "harriet"))
    PASSWORD = {login: f"another password of {login}" for login in GATE.passwords}
    SUITE.run(demanded_of_its_role, set_up_and_asked_for, goes_on_to_the_page_that_was_asked_for, guessed_at, taken_off_by_the_ict_lead, an_answer_waits_for_no_acknowledgement, phone_and_paper_gone,
              not_asked_of_the_account_for_emergencies)
with Gateway(ca=False, clock="2026-11-24 10:10:00", accounts=[("officer", "olive"), ("headteacher", "harriet"), ("ict-lead", "ian")]) as GATE:
    HEAD = sign_in(GATE, "harriet", GATE.passwords["harriet"])
    SUITE.run(on_the_machine)
SUITE.close()
