#!/usr/bin/env python3
"""What a CONNECT may and may not do, and when an open tunnel ends: names that disagree, ports, addresses, loops, sign-in, the bell.
Incidents are read from the store itself.
"""
import base64
import collections
import contextlib
import pathlib
import re
import socketserver
import sqlite3
import ssl
import subprocess
import sys
import tempfile
import time
import urllib.parse

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "support"))
from gateway import COMMAND, Gateway, Suite, wait_until  # noqa: E402
from origin import HttpHandler, Origin, Wire, make_certificate  # noqa: E402

SUITE = Suite()
FOLDER = tempfile.TemporaryDirectory(prefix="gatehouse-tunnels-")
LESSON, BREAK = "2026-11-24 10:10:00", "2026-11-24 10:50:00"
WEB = "127.0.2.44"  # port 443 of an address of our own: port 443 is where the gateway expects TLS


class Echo(socketserver.BaseRequestHandler):
    def handle(self):
        while data := self.request.recv(65536):
            self.request.sendall(data)


class Banner(socketserver.BaseRequestHandler):
    """A server that speaks first."""

    def handle(self):
        self.request.sendall(b"220 ready\r\n")
        self.request.recv(100)


class Radio(HttpHandler):
    """An answer without an end."""

    def do_GET(self):
        self.send_response(200)
        self.send_header("Content-Type", "audio/mpeg")
        self.send_header("Transfer-Encoding", "chunked")
        self.end_headers()
        while True:
            self.wfile.write(b"4\r\nnote\r\n")
            time.sleep(0.05)


NAMES = ["www.school.example", "www.instagram.com", "other.school.example", "www.tiktok.com"]
CERTIFICATE, TLS = make_certificate(FOLDER.name, *NAMES)
SECURE, PLAIN, FIRST, RADIO = Origin(Echo, WEB, 443, TLS), Origin(Echo), Origin(Banner), Origin(Radio, WEB)


@contextlib.contextmanager
def gateway(clock=LESSON, **more):
    names = {name: WEB for name in NAMES} | {"inside.school.example": "10.1.2.3", "metadata.school.example": "169.254.169.254",
                                            "mapped.school.example": "::ffff:10.0.0.1", "plain.school.example": PLAIN.address,
                                            "self.school.example": "127.0.0.1"}
    with Gateway(names=names, clock=clock, **more) as gate:
        yield gate


def equal(left, right, what="values"):
    if left != right:
        raise AssertionError(f"{what} differ: {str(left)[:300]} and {str(right)[:300]}")


def open_tunnel(gate, host, room="127.0.1.20", name=None, trust=CERTIFICATE):
    wire = Wire(gate, room)
    equal(wire.connect(f"{host}:443").status, 200, "the answer to CONNECT and 200")
    wire.begin_tls(name or host, trust)
    return wire


def talks(wire):
    return wire.send(b"ping").take(4) == b"ping"


def incidents(gate):
    with contextlib.closing(sqlite3.connect(f"file:{gate.state / 'gatehouse.db'}?mode=ro", uri=True)) as store:
        store.row_factory = sqlite3.Row
        return [dict(row) for row in store.execute("SELECT * FROM incidents ORDER BY id")]


def wait_for_incident(gate, address, host):
    return wait_until(lambda: next((row for row in incidents(gate) if (row["address"], row["host"]) == (address, host)), None), 10, "the incident")


def row_of(gate, address, host):
    return gate.wait_for_row(lambda row: row["source"]["ip"] == address and row.get("url", {}).get("domain") == host)


def refused(gate, authority, status, room="127.0.1.20", cause=None):
    with Wire(gate, room) as wire:
        answer = wire.connect(authority)
        equal(answer.status, status, authority)
        decision = answer.field("gatehouse-decision")
        assert decision, f"no decision for {authority}"
        assert wire.is_closed()
    if cause:
        row = gate.wait_for_row(lambda row: row["event"]["id"] == decision)
        equal(row["event"].get("reason"), cause, authority)


def an_allowed_tunnel_carries_bytes_untouched():
    with open_tunnel(GATE, "www.school.example") as wire:
        for size in (1, 1000, 100_000):
            equal(wire.send(b"x" * size).take(size), b"x" * size)
        equal(wire.socket.getpeercert()["subject"], ((("commonName", "Test origin"),),), "nobody stands between")


def the_name_in_the_hello_must_be_the_name_asked_for():
    with Wire(GATE) as wire:
        equal(wire.connect("www.school.example:443").status, 200)
        try:
            wire.begin_tls("other.school.example")
            raise AssertionError("the handshake went through")
        except (ssl.SSLError, OSError):
            pass
    row = GATE.wait_for_row(lambda row: row.get("tls", {}).get("client", {}).get("server_name") == "other.school.example")
    equal((row["event"]["action"], row["rule"]["id"], row["url"]["domain"]), ("block", "blocked-disguised-tunnels", "www.school.example"))
    incident = wait_for_incident(GATE, "127.0.1.20", "www.school.example")
    assert "opened to www.school.example:443" in incident["evidence"], incident["evidence"]


def a_blocked_name_does_not_hide_behind_an_allowed_one():
    with Wire(GATE, "127.0.1.21") as wire:
        equal(wire.connect("www.school.example:443").status, 200)
        try:
            wire.begin_tls("www.instagram.com", CERTIFICATE)
            raise AssertionError("the handshake went through to the origin")
        except (ssl.SSLError, OSError):
            pass
    row = GATE.wait_for_row(lambda row: row["source"]["ip"] == "127.0.1.21" and row["event"]["action"] == "block")
    assert row["rule"]["id"] in ("staff-social-media-on-school-devices", "blocked-disguised-tunnels"), row["rule"]


def port_443_carries_only_tls():
    for words in (b"GET / HTTP/1.1\r\nHost: www.school.example\r\n\r\n", b"SSH-2.0-OpenSSH_9.2\r\n", b"\0" * 200):
        with Wire(GATE, "127.0.1.23") as wire:
            equal(wire.connect("www.school.example:443").status, 200)
            assert wire.send(words).is_closed(), f"{words[:20]} was carried"
    row = row_of(GATE, "127.0.1.23", "www.school.example")
    equal((row["event"]["action"], row["rule"]["id"]), ("block", "blocked-disguised-tunnels"))
    wait_for_incident(GATE, "127.0.1.23", "www.school.example")


def other_ports_are_refused():
    for port in (1, 22, 25, 80, 1194, 8443, 65535):
        refused(GATE, f"www.school.example:{port}", 403)


def an_address_instead_of_a_name_is_closed_for_pupils():
    for literal in (f"{WEB}:443", "192.0.2.7:443", "[::1]:443"):
        refused(GATE, literal, 403, room="127.0.1.15")
    with Wire(GATE, "127.0.1.20") as wire:  # staff may ask for an address, but a name inside must be the one asked for
        equal(wire.connect(f"{WEB}:443").status, 200)
        try:
            wire.begin_tls("www.school.example")
            raise AssertionError("the handshake went through")
        except (ssl.SSLError, OSError):
            pass


def private_addresses_are_refused_after_resolution():
    for name in ("inside", "metadata", "mapped"):
        refused(GATE, f"{name}.school.example:443", 403, cause="private-address")
    for literal in ("10.0.0.1", "192.168.1.1", "169.254.169.254", "[fe80::1]", "[::ffff:10.0.0.1]", "0.0.0.0"):
        with Wire(GATE) as wire:
            equal(wire.connect(f"{literal}:443").status, 403, literal)
    with Wire(GATE) as wire:
        equal(wire.get("http://inside.school.example/").answer().status, 403)


def allow_own_port(config):
    path = config / "gatehouse.toml"
    text = path.read_text()
    own = text.split('proxy = ["127.0.0.1:')[1].split('"')[0]
    path.write_text(text.replace("_ports = [", f"_ports = [{own}, "))


def the_gateway_does_not_reach_itself():
    with gateway(edit=allow_own_port) as gate:
        with Wire(gate) as wire:
            equal(wire.get(f"http://self.school.example:{gate.proxy_port}/").answer().status, 508)
        for host in ("127.0.0.1", "self.school.example"):
            with Wire(gate) as wire:
                equal(wire.connect(f"{host}:{gate.proxy_port}").status, 508, host)
        with Wire(gate) as wire:
            equal(wire.get("http://www.school.example/", "Via: 1.1 gatehouse").answer().status, 508)


def the_portal_opens_through_the_gateway():
    for room in ("127.0.0.1", "127.0.1.15", "127.0.1.20", "127.0.1.99"):
        with Wire(GATE, room) as wire:
            answer = wire.get(f"http://127.0.0.1:{GATE.portal_port}/proxy.pac").answer()
            equal(answer.status, 200, room)
            assert b"FindProxyForURL" in answer.body


def the_portal_opens_through_the_gateway_by_the_name_of_its_links():
    """Also where people sign in first, since whoever cannot may need help most; and whatever name servers say of the name."""
    def name_it(config):
        file = config / "gatehouse.toml"
        file.write_text(re.sub(r'(?m)^portal = "http://127.0.0.1:', 'portal = "http://filter.school.invalid:', file.read_text()))
    with gateway(edit=name_it) as gate:
        for room in ("127.0.1.10", "127.0.1.14", "127.0.1.30", "127.0.1.99"):
            with Wire(gate, room) as wire:
                answer = wire.get(f"http://filter.school.invalid:{gate.portal_port}/tell").answer()
                equal(answer.status, 200, room)
                assert b"Tell someone" in answer.body
        with Wire(gate, "127.0.1.14") as wire:
            equal(wire.get("http://www.school.example/").answer().status, 407, "everything else")


def ask_portal(wire, url, *fields):
    """Sends the portal's form for a site; the reference of the request."""
    page = wire.get(url).answer()
    form = dict(re.findall(r'type="hidden" name="([^"]+)" value="([^"]*)"', page.body.decode()))
    body = urllib.parse.urlencode({**form, "site": "www.asked-for.example", "why": "for a lesson"})
    cookies = "; ".join(value.split(";")[0] for name, value in page.fields if name == "set-cookie")
    lines = [f"POST {url} HTTP/1.1", f"Host: 127.0.0.1:{GATE.portal_port}", f"Origin: http://127.0.0.1:{GATE.portal_port}", f"Cookie: {cookies}",
             "Content-Type: application/x-www-form-urlencoded", f"Content-Length: {len(body)}", *fields]
    answer = wire.send("\r\n".join(lines) + "\r\n\r\n" + body).answer()
    equal(answer.status, 303, "the answer to the form")
    return re.match(r"/status/([^?]+)\?", answer.field("location"))[1]


def the_portal_knows_who_asks_through_the_gateway():
    """Not the gateway, at whose address somebody else may sit; and nobody says for themselves who they are."""
    room, forged = "127.0.1.10", "Gatehouse-Visitor: 127.0.1.20"
    with Wire(GATE, room) as wire, Wire(GATE, room) as forger:
        asked = [ask_portal(wire, f"http://127.0.0.1:{GATE.portal_port}/ask"), ask_portal(forger, f"http://127.0.0.1:{GATE.portal_port}/ask", forged)]
    with contextlib.closing(sqlite3.connect(f"file:{GATE.state / 'gatehouse.db'}?mode=ro", uri=True)) as store:
        rows = dict(store.execute("SELECT reference, address || ' ' || network FROM unblock_requests"))
    equal([rows[reference] for reference in asked], [f"{room} year-9-room"] * 2)


def nobody_keeps_others_from_the_portal():
    """Who sends forms and does not end them is refused at some time; others are not."""
    with gateway(workers=1) as gate, contextlib.ExitStack() as all_of_them:
        url = f"http://127.0.0.1:{gate.portal_port}/tell"
        for _ in range(60):
            wire = all_of_them.enter_context(Wire(gate, "127.0.1.10"))
            wire.get(url, "Content-Type: application/x-www-form-urlencoded", "Content-Length: 5000", method="POST")
        gate.wait_for_row(lambda row: row["source"]["ip"] == "127.0.1.10" and row["event"].get("reason") == "gateway-busy")
        with Wire(gate, "127.0.1.20") as wire:
            equal(wire.get(url).answer().status, 200, "the portal for somebody else")


def a_blocked_tunnel_shows_the_page_where_the_ca_is_trusted():
    with open_tunnel(GATE, "www.instagram.com", "127.0.1.10", trust=GATE.ca_certificate()) as wire:
        answer = wire.send("GET /p/1 HTTP/1.1\r\nHost: www.instagram.com\r\n\r\n").answer()
        equal((answer.status, answer.field("cache-control")), (403, "no-store"))
        assert answer.field("gatehouse-decision") and b"<html" in answer.body
    refused(GATE, "www.instagram.com:443", 403, room="127.0.1.30")


def what_is_closed_inside_a_page_gets_a_small_answer():
    """Line 242: a picture, a script or a style is answered in few words that no cache keeps, of a type that nothing runs or shows."""
    for part in ("image", "script", "style", "font"):
        with Wire(GATE, "127.0.1.10") as wire:
            answer = wire.get("http://www.instagram.com/part", f"Sec-Fetch-Dest: {part}").answer()
        equal((answer.status, answer.field("cache-control"), answer.field("x-content-type-options")), (403, "no-store", "nosniff"), part)
        equal(answer.field("content-type"), "text/plain; charset=utf-8", part)
        equal(answer.body.decode(), "Blocked by the school's web filter.\n", part)
    with Wire(GATE, "127.0.1.10") as wire:
        answer = wire.get("http://www.instagram.com/part", "Sec-Fetch-Dest: image", "Accept-Language: pl").answer()
    equal((answer.body.decode(), answer.field("content-language")), ("Zablokowane przez szkolny filtr internetu.\n", "pl"))


def a_tunnel_ends_when_the_bell_rings():
    with gateway(clock="2026-11-24 10:55:00") as gate:
        with open_tunnel(gate, "www.instagram.com") as social, open_tunnel(gate, "www.school.example") as learning, \
                open_tunnel(gate, "www.instagram.com", "127.0.1.22") as marketing:
            assert talks(social) and talks(learning) and talks(marketing)
            gate.set_clock("2026-11-24 10:59:58")
            assert social.is_closed(), "the tunnel outlived the break"
            assert talks(learning) and talks(marketing), "a tunnel that stays allowed was cut"
            row = row_of(gate, "127.0.1.20", "www.instagram.com")
            equal((row["gatehouse"]["refusal"], row["@timestamp"][:16]), ("ended-by-policy", "2026-11-24T11:00"))
        refused(gate, "www.instagram.com:443", 403)
        equal(gate.status()["tunnels_ended_by_policy"], 1)


def is_cut(wire):
    """Within twenty seconds of the radio."""
    try:
        for _ in range(400):
            wire.take_until(b"note")
        return False
    except (EOFError, ConnectionError):
        return True


def an_answer_that_is_on_its_way_ends_when_the_bell_rings():
    with gateway(clock="2026-11-24 10:55:00", ports=[RADIO.port]) as gate, Wire(gate) as social, Wire(gate) as learning:
        for wire, host in ((social, "www.instagram.com"), (learning, "www.school.example")):
            wire.get(f"http://{host}:{RADIO.port}/live").take_until(b"note")
        gate.set_clock("2026-11-24 10:59:58")
        assert is_cut(social), "the answer outlived the break"
        learning.take_until(b"note")
        row = row_of(gate, "127.0.1.20", "www.instagram.com")
        equal((row["gatehouse"]["refusal"], row["@timestamp"][:16]), ("ended-by-policy", "2026-11-24T11:00"))


def a_kept_connection_is_not_a_way_round_the_bell():
    """The clock moves on: the next request on a kept connection is judged by the new period."""
    with gateway(clock="2026-11-24 10:55:00") as gate, Wire(gate) as wire:
        equal(wire.get("http://www.tiktok.com/").answer().status, 502)  # allowed; nothing listens there
        gate.set_clock("2026-11-24 11:05:00")
        equal(wire.get("http://www.tiktok.com/").answer().status, 403)


def basic(login, password):
    return "Proxy-Authorization: Basic " + base64.b64encode(f"{login}:{password}".encode()).decode()


def a_place_that_asks_gets_a_name():
    with gateway(clock=BREAK) as gate:
        for login, role, groups in (("ada", "pupil", ["--group", "year-9"]), ("mr-bell", "staff", [])):
            subprocess.run([COMMAND, "account", "add", "--login", login, "--subject-role", role, *groups, "--password-stdin", "--config", gate.config],
                           input=f"correct horse {login} 7\n", text=True, check=True, capture_output=True, env=gate.environment)
        room = "127.0.1.14"
        with Wire(gate, room) as wire:
            for _ in range(2):
                answer = wire.get("http://www.school.example/").answer()
                equal((answer.status, (answer.field("proxy-authenticate") or "")[:5]), (407, "Basic"))
            equal(wire.get("http://www.school.example/", basic("ada", "wrong")).answer().status, 407)
            equal(wire.get("http://www.school.example/", basic("ada", "correct horse ada 7")).answer().status, 502)
            equal(wire.get("http://www.instagram.com/", basic("ada", "correct horse ada 7")).answer().status, 403)
            equal(wire.get("http://www.school.example/").answer().status, 407, "a name is not carried over")
        with Wire(gate, room) as wire:
            equal(wire.connect("www.school.example:443").status, 407)
        with Wire(gate, room) as wire:
            equal(wire.connect("www.school.example:443", basic("mr-bell", "correct horse mr-bell 7")).status, 200)
            assert talks(wire.begin_tls("www.school.example", CERTIFICATE))
        row = gate.wait_for_row(lambda row: row.get("user", {}).get("name") == "mr-bell")
        equal((row["user"]["roles"], row["gatehouse"]["confidence"]), ("staff", "password"))
        log = "".join(path.read_text(errors="replace") for path in (gate.state / "log").glob("access.*")) + gate.log_path.read_text()
        assert "correct horse" not in log and "Y29ycmVjd" not in log, "a password is in the log"


def statuses_at_once(gate, room, credentials, count=30):
    """Of so many requests, each on a connection of its own, that all wait for their answer."""
    with contextlib.ExitStack() as all_of_them:
        wires = [all_of_them.enter_context(Wire(gate, room)) for _ in range(count)]
        for wire in wires:
            wire.get("http://www.school.example/", credentials)
        return collections.Counter(wire.answer().status for wire in wires)


def all_requests_of_a_page_may_bring_the_name_at_once():
    """A browser sends what was typed with everything that waited for it; that is one try, right or wrong."""
    with gateway(clock=BREAK, workers=2) as gate:
        subprocess.run([COMMAND, "account", "add", "--login", "ada", "--subject-role", "pupil", "--password-stdin", "--config", gate.config],
                       input="correct horse ada 7\n", text=True, check=True, capture_output=True, env=gate.environment)
        equal(statuses_at_once(gate, "127.0.1.14", basic("ada", "mistyped")), {407: 30})
        equal(statuses_at_once(gate, "127.0.1.14", basic("ada", "correct horse ada 7")), {502: 30})


def a_server_that_speaks_first_is_heard_on_other_ports():
    with gateway(ports=[FIRST.port]) as gate, Wire(gate) as wire:
        equal(wire.connect(f"plain.school.example:{FIRST.port}").status, 200)
        equal(wire.take(11), b"220 ready\r\n")


def a_tunnel_that_the_client_leaves_is_forgotten():
    with gateway() as gate:
        with open_tunnel(gate, "www.school.example") as wire:
            assert talks(wire)
            equal(gate.status()["tunnels_open"], 1)
        wait_until(lambda: gate.status()["tunnels_open"] == 0, what="the end of the tunnel")


def every_incident_names_place_and_decision():
    rows = incidents(GATE)
    assert rows, "no incidents were kept"
    for row in rows:
        assert row["address"] and row["role"] and row["network"] and row["decision"], row
        assert row["grade"] in range(0, 6) and row["count"] >= 1, row
    equal(GATE.status()["incidents_dropped"], 0)


with gateway() as GATE:
    SUITE.run(an_allowed_tunnel_carries_bytes_untouched, the_name_in_the_hello_must_be_the_name_asked_for,
              a_blocked_name_does_not_hide_behind_an_allowed_one, port_443_carries_only_tls, other_ports_are_refused,
              an_address_instead_of_a_name_is_closed_for_pupils, private_addresses_are_refused_after_resolution,
              the_gateway_does_not_reach_itself, the_portal_opens_through_the_gateway, the_portal_knows_who_asks_through_the_gateway,
              a_blocked_tunnel_shows_the_page_where_the_ca_is_trusted, what_is_closed_inside_a_page_gets_a_small_answer,
              every_incident_names_place_and_decision)
SUITE.run(the_portal_opens_through_the_gateway_by_the_name_of_its_links, nobody_keeps_others_from_the_portal,
          a_tunnel_ends_when_the_bell_rings, an_answer_that_is_on_its_way_ends_when_the_bell_rings,
          a_kept_connection_is_not_a_way_round_the_bell, a_place_that_asks_gets_a_name,
          all_requests_of_a_page_may_bring_the_name_at_once, a_server_that_speaks_first_is_heard_on_other_ports,
          a_tunnel_that_the_client_leaves_is_forgotten)
FOLDER.cleanup()
SUITE.close()
