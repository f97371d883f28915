#!/usr/bin/env python3
"""Test sites of the filter asked for over HTTPS, and typed where nothing may name one: no name server is asked for them, and the same page comes as over
plain HTTP where the gateway looks inside.
"""
import html
import pathlib
import re
import socket
import subprocess
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "support"))
from console import Browser, ask_for_site, sign_in  # noqa: E402
from gateway import COMMAND, Gateway, Suite  # noqa: E402
from origin import Wire  # noqa: E402

SUITE = Suite()
SCHOOL_ROOM, OWN_DEVICES = "127.0.0.1", "127.0.1.20"  # pupils; the staff room, where devices do not have the school's certificate
LOOK_INSIDE = '\n[[inspection]]\nid = "look"\nwho = ["pupil"]\nwhat = ["everything"]\naction = "inspect"\nreason = "For the test."\n'
OPEN, CLOSED = "education.self-check.invalid", "gambling.self-check.invalid"
SENTENCE = "This is a test page of the filter. It goes by the rules about its kind of site, so it cannot be named here"


def equal(left, right, what="values"):
    if left != right:
        raise AssertionError(f"{what} differ: {str(left)[:500]} and {str(right)[:500]}")


def look_inside(config):
    path = config / "policy.toml"
    path.write_text(path.read_text() + LOOK_INSIDE)


def nobody_was_asked():
    """The name server of the configuration is a socket of ours that hears what is asked."""
    NAMES.setblocking(False)
    try:
        while True:
            question = NAMES.recv(4096)
            assert b"self-check" not in question, question
    except BlockingIOError:
        pass


def page_inside(name, room):
    with Wire(GATE, room=room) as wire:
        equal(wire.connect(f"{name}:443").status, 200, "the tunnel")
        wire.begin_tls(name, GATE.ca_certificate())
        return wire.send(f"GET /any HTTP/1.1\r\nHost: {name}\r\n\r\n").answer()


def the_page_comes_inside_tls_where_the_gateway_looks_inside():
    opened = page_inside(OPEN, SCHOOL_ROOM)
    equal(opened.status, 200)
    assert b"This test page is open" in opened.body and b"so it cannot be shown that way" not in opened.body, opened.body[:3000]
    with Wire(GATE, room=SCHOOL_ROOM) as wire:
        plain = wire.get(f"http://{OPEN}/any").answer()
    without_number = [re.sub(rb"[0-9a-f-]{12,}|[0-9A-Z]{6,}", b"", page) for page in (plain.body, opened.body)]
    equal(*without_number, "the page over HTTP and over HTTPS")
    closed = page_inside(CLOSED, SCHOOL_ROOM)
    equal(closed.status, 403)
    assert b"test page of the filter" in closed.body
    nobody_was_asked()


def it_is_said_where_it_does_not():
    with Wire(GATE, room=OWN_DEVICES) as wire:
        answer = wire.connect(f"{OPEN}:443")
    equal(answer.status, 421)
    text = html.unescape(answer.body.decode())
    assert "This test page is open" in text and "write its address with http:// in front" in text and "spelling" not in text, text[:3000]
    with Wire(GATE, room=OWN_DEVICES) as wire:
        equal(wire.connect("no-such-kind.self-check.invalid:443").status, 421, "a kind that the policy does not have")
    with Wire(GATE, room=OWN_DEVICES) as wire:
        equal(wire.connect(f"{OPEN}:22").status, 403, "a port that nobody may use")
    row = GATE.wait_for_row(lambda row: row.get("destination", {}).get("domain") == OPEN and "test-page-needs-http" in str(row))
    equal(row["http"]["response"]["status_code"], 421)
    nobody_was_asked()


def another_name_inside_is_a_lie_as_anywhere():
    for outer, inner in ((OPEN, "www.example.org"), ("127.0.0.2", OPEN)):
        with Wire(GATE, room=SCHOOL_ROOM) as wire:
            if wire.connect(f"{outer}:443").status != 200:
                continue
            try:
                wire.begin_tls(inner)
                answer = wire.send(f"GET / HTTP/1.1\r\nHost: {inner}\r\n\r\n").answer().status
                assert answer in (403, 421), (outer, inner, answer)
            except (OSError, EOFError):
                pass
    nobody_was_asked()


def forms_refuse_them_with_a_sentence():
    page = OFFICER.fill("/lists/add", "/lists/add", list="school-allow", target=CLOSED, reason="test", review="2027-06-01", when="now")
    equal(page.status, 422)
    assert SENTENCE in html.unescape(page.text), re.findall("govuk-error-message.{0,300}", page.text)
    page = OFFICER.fill("/lists/add", "/lists/add", list="school-block", target=f"one.example\nhttp://x.{CLOSED}/a\n0.0.0.0 {CLOSED}", reason="test", review="2027-06-01", when="now")
    equal(page.status, 422)
    equal(html.unescape(page.text).count("is a test page of the filter, which goes by the rules about its kind of site."), 2)
    assert "2 of 3 lines cannot be taken" in page.text, re.findall("govuk-error-message.{0,300}", page.text)
    page = Browser(GATE.portal_port, secure=False).fill("/ask", "/ask", site=f"https://{CLOSED}/", why="for a lesson", name="A pupil")
    equal(page.status, 422)
    assert SENTENCE in html.unescape(page.text), re.findall("govuk-error-message.{0,300}", page.text)
    reference = ask_for_site(GATE, "www.instagram.com/x")
    where = next(f"/request?id={number}" for number in range(1, 9) if reference in OFFICER.get(f"/request?id={number}").text)
    for field in ("target", "also"):
        typed = {"target": "www.instagram.com", "also": "", field: CLOSED}
        page = OFFICER.fill(where, "/request/recommend", advice="open", scope="everyone", when="any", until="term", text="For a lesson.",
                            **{name: value for name, value in typed.items() if value})
        equal(page.status, 422, field)
        assert SENTENCE in html.unescape(page.text), (field, page.text[-4000:])


def a_rule_that_names_one_is_a_problem_with_its_line():
    policy = GATE.config / "policy.toml"
    before = policy.read_text()
    for what, instead in ((f"host:{CLOSED}", "category:gambling"), (f"url:https://{CLOSED}/x", "category:gambling"), ("host:self-check.invalid", "")):
        rule = f'\n[[rule]]\nid = "test-site"\nwho = ["pupil"]\nwhat = ["{what}"]\nverdict = "allow"\nreason = "No."\nowner = "olive"\nreview = 2027-01-01\n'
        policy.write_text(before + rule)
        said = subprocess.run([COMMAND, "check", "--config", GATE.config], capture_output=True, text=True, env=GATE.environment, timeout=60).stderr
        line = before.count("\n") + rule[:rule.index("what")].count("\n") + 1
        assert f"policy.toml:{line}:" in said and "is a test site of the filter, which no rule may name" in said and instead in said, said
        policy.write_text(before)
    GATE.command("check")


with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as NAMES:
    NAMES.bind(("127.0.0.1", 0))
    RESOLVER = {"resolver": f'servers = ["127.0.0.1:{NAMES.getsockname()[1]}"]'}
    with Gateway(clock="2026-11-24 10:10:00", edit=look_inside, settings=RESOLVER, accounts=[("officer", "olive")]) as GATE:
        OFFICER = sign_in(GATE, "olive", GATE.passwords["olive"])
        SUITE.run(the_page_comes_inside_tls_where_the_gateway_looks_inside, it_is_said_where_it_does_not, another_name_inside_is_a_lie_as_anywhere,
                  forms_refuse_them_with_a_sentence, a_rule_that_names_one_is_a_problem_with_its_line)
SUITE.close()
