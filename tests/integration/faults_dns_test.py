#!/usr/bin/env python3
"""Name servers and origins that fail, catalogue 2.9: each with its own cause, in bounded time, and all well again afterwards.

usage: faults_dns_test.py [--list] [text that the names of the cases must hold]
"""
import contextlib
import os
import pathlib
import socket
import struct
import subprocess
import sys
import threading
import time

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "support"))
from gateway import COMMAND, wait_until  # noqa: E402
from hostile import ORIGIN, HostileSuite, Recorder, covers, list_and_leave, reply, small_gateway, small_school  # noqa: E402
from names import A, CNAME, NXDOMAIN, REFUSED, SERVFAIL, NameServer, addresses, encode_name, record, response  # noqa: E402
from origin import Wire  # noqa: E402

RESOLVE, CONNECT = 1.5, 3.0  # seconds that the gateway gives to an answer and to a connection
SLACK = 3.0  # for a slow machine


def get(url, *fields, method="GET"):
    """The answer, the cause that its log row names, and how long it took."""
    started = time.monotonic()
    with Wire(GATE) as wire:
        answer = wire.get(url, "Connection: close", *fields, method=method).answer(method)
    took = time.monotonic() - started
    decision = answer.field("gatehouse-decision")
    row = GATE.wait_for_row(lambda row: row["event"]["id"] == decision) if decision else {"event": {}}
    return answer, row["event"].get("reason"), took


def at(name, path="/"):
    return f"http://{name}:{RECORDER.port}{path}"


def fails(name, statuses, causes, within=RESOLVE + SLACK):
    answer, cause, took = get(at(name))
    assert answer.status in statuses and cause in causes, f"{name}: {answer.status} {cause}"
    assert took < within, f"{name} took {took:.2f} s"
    assert b"<html" in answer.body, "no page"
    return cause


@covers(214, "no such name, failure, silence and an empty answer have causes of their own")
def four_failures():
    NAMES.zone["refused.example"] = lambda question, _: response(question, code=REFUSED)
    NAMES.zone["failing.example"] = lambda question, _: response(question, code=SERVFAIL)
    NAMES.zone["silent.example"] = lambda question, _: None
    NAMES.zone["empty.example"] = lambda question, _: response(question)
    causes = {fails("missing.example", (502,), ("no-such-name",)), fails("failing.example", (502,), ("dns-failure",)),
              fails("silent.example", (504,), ("dns-timeout",)), fails("empty.example", (502,), ("no-address",))}
    fails("refused.example", (502,), ("dns-failure",))
    assert len(causes) == 4, causes


@covers("the page about a name that does not exist speaks the reader's language; that about a broken request if it could be read so far")
def page_in_the_readers_language():
    def page(*fields):
        answer = get(at("missing.example"), *fields)[0]
        assert (answer.status, len(answer.body) < 20_000) == (502, True), answer.status
        return answer.field("content-language"), answer.body.decode()
    language, body = page("Accept-Language: pl")
    assert language == "pl" and '<html lang="pl">' in body and "<h1>Nie możemy znaleźć tej witryny</h1>" in body, body
    assert "missing.example" in body and "no-such-name" in body and "We cannot" not in body, body
    language, body = page("Accept-Language: ur-PK,ur;q=0.9,en;q=0.8")
    assert language == "ur" and '<html lang="ur" dir="rtl">' in body, body
    for fields in ((), ("Accept-Language: de",)):
        language, body = page(*fields)
        assert language == "en" and '<html lang="en">' in body and "<h1>We cannot find this site</h1>" in body, body
    for wanted, fields in (("pl", "Accept-Language: pl\r\nHost: two.example"), ("en", "no field\r\nAccept-Language: pl"), ("en", "Accept Language: pl")):
        with Wire(GATE) as wire:
            answer = wire.send(f"GET http://missing.example/ HTTP/1.1\r\n{fields}\r\n\r\n").answer()
        assert (answer.status, answer.field("content-language")) == (400, wanted), (fields, answer.status)
        assert f'<html lang="{wanted}">'.encode() in answer.body, answer.body


@covers(214, "a silent name server beside a silent one takes no longer")
def two_silent_servers():
    silent = NameServer()
    silent.dead = True
    servers = f'servers = ["{silent}", "127.0.0.1:9", "{silent}", "{silent}"]'
    with small_gateway(RECORDER.port, settings={"deadlines": f'resolve = "{RESOLVE * 1000:.0f}ms"', "resolver": servers}) as gate, Wire(gate) as wire:
        started = time.monotonic()
        assert wire.get(at("anything.example")).answer().status in (502, 504)
        assert time.monotonic() - started < RESOLVE + SLACK, f"took {time.monotonic() - started:.2f} s"


@covers(214, "names are asked as they are written, whatever the system's search list says")
def no_search_list():
    fails("one-label-only", (502,), ("no-such-name",))
    asked = {name for name, _ in NAMES.asked if name.startswith("one-label-only")}
    assert asked == {"one-label-only"}, asked


@covers(215, "name server dead, then back")
def server_comes_back():
    NAMES.zone["later.example"] = ORIGIN
    NAMES.dead = True
    try:
        fails("later.example", (504,), ("dns-timeout",))
    finally:
        NAMES.dead = False
    back = time.monotonic()
    wait_until(lambda: get(at("later.example"))[0].status == 200, 10, "service after the name server came back")
    assert time.monotonic() - back < 5 + SLACK


@covers(215, "a missing name is not asked for again at once, and not forgotten for long")
def negative_answers():
    for _ in range(5):
        fails("absent.example", (502,), ("no-such-name",))
    assert NAMES.count("absent.example") <= 4, NAMES.count("absent.example")
    NAMES.zone["absent.example"] = ORIGIN
    wait_until(lambda: get(at("absent.example"))[0].status == 200, 5 + SLACK, "the name that exists now")


@covers(216, "time to live of zero and of 2 to the 31")
def odd_times_to_live():
    for number, ttl in enumerate((0, 1 << 31, 0xffffffff)):
        name = f"ttl-{number}.example"
        NAMES.zone[name] = lambda question, _, ttl=ttl: response(question, addresses(question.name, ORIGIN, ttl=ttl))
        for _ in range(2):
            assert get(at(name))[0].status == 200, name


@covers(136, "into a listed private network lead its addresses, the school's own names and those of the hosts file, no name of outsiders")
def rebound_names():
    NAMES.zone["intranet.school.example"] = NAMES.zone["127-0-2-1.rebind.example"] = NAMES.zone["notschool.example"] = ORIGIN
    NAMES.zone["both.rebind.example"] = ["127.0.2.250", ORIGIN, "10.1.2.3"]
    closed = ("127-0-2-1.rebind.example", "notschool.example", "both.rebind.example")
    settings = {"reach": 'private = ["127.0.2.0/24"]\nprivate_names = ["school.example"]', "resolver": f'servers = ["{NAMES}"]',
                "deadlines": 'connect = "500ms"'}
    with small_gateway(RECORDER.port, settings=settings) as gate:
        def status(host, method="GET"):
            with Wire(gate) as wire:
                answer = wire.connect(f"{host}:{RECORDER.port}") if method == "CONNECT" else wire.get(at(host), "Connection: close").answer()
                return answer.status
        for host in (ORIGIN, "intranet.school.example", "origin.example"):
            assert status(host) == 200, host
        for host in closed:
            for method in ("GET", "CONNECT"):
                assert status(host, method) == 403, (host, method)
            gate.wait_for_row(lambda row, host=host: host in str(row["url"]) and row["event"].get("reason") == "private-by-name")
        assert "settings.lint" not in gate.log_path.read_text()
    unsaid = {"reach": 'private = ["127.0.2.0/24"]', "resolver": f'servers = ["{NAMES}"]'}
    with small_gateway(RECORDER.port, settings=unsaid, edit=without_names) as gate:
        for host, wanted in ((ORIGIN, 200), ("origin.example", 200), ("intranet.school.example", 403)):
            with Wire(gate) as wire:
                assert wire.get(at(host)).answer().status == wanted, host
        assert "private_names" in gate.log_path.read_text(), "nobody is told what to do"
        assert "private_names" in subprocess.run([COMMAND, "check", "--config", gate.config], capture_output=True, text=True, timeout=60).stderr


def without_names(config):
    """An earlier version's file."""
    small_school(config)
    file = config / "gatehouse.toml"
    file.write_text("".join(line for line in file.read_text().splitlines(True) if not line.startswith("private_names")))


@covers(216, "a thousand addresses")
def many_addresses():
    def thousand(question, over_tcp):
        if not over_tcp:
            return response(question, truncated=True)
        return response(question, addresses(question.name, ORIGIN, *(f"127.9.{number // 250}.{number % 250 + 1}" for number in range(999))))
    NAMES.zone["many.example"] = thousand
    assert get(at("many.example"))[0].status == 200
    NAMES.zone["truncated.example"] = lambda question, over_tcp: response(question, truncated=True)
    fails("truncated.example", (502, 504), ("no-address", "dns-failure", "dns-timeout"))


@covers(216, "names with thousands of addresses, each of which would be looked up to be sorted, cost little")
def thousands_of_addresses():
    crowd = [b"\xc0\x0c" + struct.pack(">HHIH4B", A, 1, 60, 4, 11, 22, number // 250, number % 250 + 1) for number in range(3500)]

    def thousands(question, over_tcp):
        if question.kind != A:
            return response(question)
        records = [*addresses(question.name, ORIGIN), *crowd] if over_tcp else []
        head = struct.pack(">HHHHHH", question.id, 0x8180 | (0 if over_tcp else 0x0200), 1, len(records), 0, 0)
        return head + question.section + b"".join(records)
    names = [f"crowd-{number}.example" for number in range(30)]
    NAMES.zone |= dict.fromkeys(names, thousands)

    def in_the_kernel():
        """Where sockets are made, for sorting or otherwise; parsing is not counted. Seconds."""
        return int(pathlib.Path(f"/proc/{GATE.process.pid}/stat").read_text().rpartition(")")[2].split()[12]) / os.sysconf("SC_CLK_TCK")
    before = in_the_kernel()
    for name in names:
        assert get(at(name))[0].status == 200, name
    spent = (in_the_kernel() - before) / len(names)
    assert spent < 0.008, f"{spent * 1000:.1f} ms each"


@covers(216, "aliases in a circle, and twenty in a row")
def aliases():
    def circle(question, _):
        names = [f"circle-{number}.example" for number in range(20)]
        links = [record(name, CNAME, encode_name(names[(number + 1) % 20])) for number, name in enumerate(names)]
        return response(question, links, only_kind=False)
    NAMES.zone["circle-0.example"] = circle
    fails("circle-0.example", (502,), ("no-address", "dns-failure", "no-such-name"))

    def row(question, _):
        names = ["row.example", *(f"row-{number}.example" for number in range(19))]
        links = [record(name, CNAME, encode_name(after)) for name, after in zip(names, names[1:])]
        return response(question, [*links, *addresses(names[-1], ORIGIN)] if question.kind == 1 else links, only_kind=False)
    NAMES.zone["row.example"] = row
    assert get(at("row.example"))[0].status in (200, 502)


@covers("another name of a closed site is closed, on a kept connection and by its private address too")
def other_names():
    def leads_to(*names, address=ORIGIN):
        def answer(question, _):
            chain = [question.name, *names]
            links = [record(name, CNAME, encode_name(after)) for name, after in zip(chain, names)]
            return response(question, [*links, *(addresses(chain[-1], address) if question.kind == A else [])], only_kind=False)
        return answer

    reasons = {"closed-site": "Closed for the test.", "no-numbers": "Ask by name.", "server": "Staff only."}

    def closes_servers(config):
        small_school(config)
        with open(config / "policy.toml", "a") as policy:
            for name, what in (("no-numbers", "signal:ip-literal"), ("server", "host:127.0.2.9")):
                policy.write(f'[[rule]]\nid = "{name}"\nwho = ["everyone"]\nwhat = ["{what}"]\naction = "block"\nreason = "{reasons[name]}"\n')
    NAMES.zone |= {"cloaked.example": leads_to("edge.example", "www.blocked.example"), "shared.example": leads_to("edge.example"), "server.example": "127.0.2.9",
                   "mixed.example": [ORIGIN, "127.0.2.9"],
                   "deaf.example": leads_to("www.blocked.example", address="127.0.2.10")}  # nothing listens there, and nothing is asked
    server = Recorder(address="127.0.2.9", port=RECORDER.port)
    with small_gateway(RECORDER.port, edit=closes_servers, settings=SETTINGS) as gate:
        for host, wanted, rule, other in (("shared.example", 200, None, None), ("cloaked.example", 403, "closed-site", "www.blocked.example"),
                                          ("deaf.example", 403, "closed-site", "www.blocked.example"),
                                          ("server.example", 403, "server", "127.0.2.9"), ("mixed.example", 403, "server", "127.0.2.9"),
                                          ("127.0.2.9", 403, "no-numbers", None)):
            for method in ("GET", "CONNECT"):
                with Wire(gate) as wire:
                    answer = wire.connect(f"{host}:{RECORDER.port}") if method == "CONNECT" else wire.get(at(host, "/private"), "Connection: close").answer()
                assert answer.status == wanted, (host, method, answer.status)
                if wanted == 403:
                    row = gate.wait_for_row(lambda row, id=answer.field("gatehouse-decision"): row["event"]["id"] == id)
                    assert (row["event"]["action"], row["rule"]["id"]) == ("block", rule), row
                    assert (row["gatehouse"].get("wrapped") or None, row["gatehouse"].get("refusal") or None) == (other, other and "closed-by-alias"), row
                    assert "ip" not in row["destination"], f"it was connected to: {row}"
                    page = answer.body.decode()
                    assert f"<strong>{host}</strong>" in page and f"Rule: {rule}<" in page, f"not about what was asked for, or not by what closed it: {page}"
                    assert reasons[rule] in page, page
        assert server.accepted == 0, "what a rule closes is not connected to"
        assert not [request for request in RECORDER.seen("/private") if b"cloaked" in (request.field(b"Host") or b"")]
        with Wire(gate) as wire:  # what was open on a connection is closed on it once a rule says so
            assert wire.get(at("shared.example")).answer().status == 200
            policy = gate.config / "policy.toml"
            policy.write_text(policy.read_text().replace("host:blocked.example", "host:edge.example"))
            gate.publish()
            assert wire.get(at("shared.example")).answer().status == 403


@covers(216, "answers that are broken at every byte")
def broken_answers():
    def whole(question):
        return response(question, [record(question.name, CNAME, encode_name("x.example")), *addresses("x.example", ORIGIN)], only_kind=False)
    size = len(whole_of("cut-000.example", whole))
    for cut in range(0, size, 3):
        NAMES.zone[f"cut-{cut:03}.example"] = lambda question, _, cut=cut: whole(question)[:cut]
        NAMES.zone[f"bent-{cut:03}.example"] = lambda question, _, cut=cut: whole(question)[:cut] + b"\xff\xc0" + whole(question)[cut + 2:]
    names = [name for name in NAMES.zone if name.startswith(("cut-", "bent-"))]
    threads, bad = [], []

    def try_one(name):
        with Wire(GATE) as wire:
            status = wire.get(at(name), "Connection: close").answer().status
            if status not in (200, 403, 502, 503, 504):
                bad.append((name, status))
    for name in names:
        threads.append(threading.Thread(target=try_one, args=(name,)))
        threads[-1].start()
    for thread in threads:
        thread.join()
    assert not bad, bad


def whole_of(name, make):
    class Asked:
        id, kind, section = 1, 1, encode_name(name) + struct.pack(">HH", 1, 1)
    Asked.name = name
    return make(Asked)


@covers(217, "spoofed answers with another id, another question or from another port")
def spoofed():
    elsewhere = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    wrong = addresses("spoofed.example", "127.0.2.99")

    def spoof(question, _):
        other = encode_name("other.example") + struct.pack(">HH", question.kind, 1)
        lies = [response(question, wrong, id=question.id ^ number) for number in (1, 0x8000, 0xffff)]
        lies.append(response(question, wrong, section=other))
        return [*lies, response(question, addresses(question.name, ORIGIN))]
    NAMES.zone["spoofed.example"] = spoof
    assert get(at("spoofed.example", "/spoofed"))[0].body == b"/spoofed"
    elsewhere.close()
    row = GATE.wait_for_row(lambda row: row.get("url", {}).get("domain") == "spoofed.example")
    assert row["destination"]["ip"] == ORIGIN, row["destination"]


@covers(136, 217, "a name that moves inside between two questions")
def rebinding():
    turns = iter([ORIGIN])
    NAMES.zone["moving.example"] = lambda question, _: response(question, addresses(question.name, next(turns, "10.0.0.1") if question.kind == 1 else "fd00::1", ttl=0))
    assert get(at("moving.example"))[0].status == 200
    # The connection is gone and the answer was not to be kept: the second question gets the inside address.
    assert get(at("moving.example"), "Content-Length: 0", method="POST")[0].status == 403


class BlackHole:
    """A listening socket whose queue is full: connecting to it hangs, as behind a router that drops."""

    def __init__(self, address, port):
        family = socket.AF_INET6 if ":" in address else socket.AF_INET
        self.listener = socket.socket(family, socket.SOCK_STREAM)
        self.listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        self.listener.bind((address, port))
        self.listener.listen(0)
        self.fillers = []
        while len(self.fillers) < 8:
            filler = socket.socket(family, socket.SOCK_STREAM)
            filler.settimeout(0.3)
            self.fillers.append(filler)
            try:
                filler.connect((address, port))
            except TimeoutError:
                return

    def __enter__(self):
        return self

    def __exit__(self, *_):
        for one in (*self.fillers, self.listener):
            one.close()


@covers(218, "IPv6 that swallows everything while IPv4 is fine")
def broken_ipv6():
    with BlackHole("::1", RECORDER.port):
        NAMES.zone["both.example"] = ("::1", ORIGIN)
        answer, _, took = get(at("both.example", "/both"))
        assert (answer.status, answer.body) == (200, b"/both")
        assert took < 1 + SLACK, f"took {took:.2f} s"


@covers(218, "IPv6 without a route while IPv4 is fine")
def unreachable_ipv6():
    NAMES.zone["routeless.example"] = ("2606:4700::1111", ORIGIN)
    answer, _, took = get(at("routeless.example", "/both"))
    assert (answer.status, answer.body) == (200, b"/both") and took < 1 + SLACK


@covers(219, "first addresses refuse or hang, the last one answers")
def next_address():
    with BlackHole("127.0.4.1", RECORDER.port), BlackHole("127.0.4.2", RECORDER.port):
        NAMES.zone["five.example"] = ("127.0.4.1", "127.0.4.3", "127.0.4.2", "127.0.4.4", ORIGIN)
        answer, _, took = get(at("five.example", "/five"))
        assert (answer.status, answer.body) == (200, b"/five")
        assert took < CONNECT + SLACK


@covers(219, "all addresses hang: one deadline over all of them")
def all_hang():
    with contextlib.ExitStack() as holes:
        for last in range(1, 6):
            holes.enter_context(BlackHole(f"127.0.4.{last}", RECORDER.port))
        NAMES.zone["holes.example"] = tuple(f"127.0.4.{last}" for last in range(1, 6))
        fails("holes.example", (504,), ("upstream-timeout",), CONNECT + SLACK)


@covers("what no person opened by itself gets one line: why it is not there, in the reader's language")
def small_answers():
    """A picture, a script or a style: an unanswered name or a silent site is not blocked, and nobody is told that it is."""
    NAMES.zone["turned-away.example"] = "127.0.2.8"  # nobody listens there
    NAMES.zone["unanswered.example"] = lambda question, _: None
    RECORDER.answer("/never", lambda request, connection: PAUSE.wait(30) and False)
    said = set()
    for url, status, why in ((at("missing.example", "/a.png"), 502, "There is no site with this name. (502 no-such-name)"),
                             (at("unanswered.example", "/a.png"), 504, "The service that looks up names did not give an answer. (504 dns-timeout)"),
                             (at("turned-away.example", "/a.png"), 502, "The site turned the connection away. It may be switched off. (502 upstream-refused)"),
                             (at("origin.example", "/never"), 504, "The site did not answer in time. (504 upstream-timeout)")):
        for part in ("image", "script", "style"):
            answer, _, _ = get(url, f"Sec-Fetch-Dest: {part}")
            assert (answer.status, answer.body.decode()) == (status, why + "\n"), (url, answer.status, answer.body)
            assert answer.field("content-type") == "text/plain; charset=utf-8" and answer.field("content-language") == "en", answer.field("content-type")
        said.add(answer.body)
    assert len(said) == 4
    answer, _, _ = get(at("missing.example", "/a.png"), "Sec-Fetch-Dest: image", "Accept-Language: es")
    assert (answer.body.decode(), answer.field("content-language")) == ("No hay ningún sitio con este nombre. (502 no-such-name)\n", "es"), answer.body


@covers(219, "a POST is not sent again once bytes of it were sent")
def post_once():
    RECORDER.answer("/once", lambda request, connection: False)
    answer, cause, _ = get(at("origin.example", "/once"), "Content-Length: 0", method="POST")
    assert (answer.status, cause) == (502, "upstream-closed")
    assert len(RECORDER.seen("/once")) == 1


def reset(connection):
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))


@covers(220, "a kept connection that dies as it is used: GET goes once more, POST does not")
def dying_connection():
    kept = []

    def hold(request, connection):
        kept.append(connection)
        return reply(b"kept")(request, connection)

    def die_on_second(request, connection):
        """The connection was used before: it is reset when the second request is read. A new one answers."""
        if connection in kept:
            reset(connection)
            return False
        return reply(b"again")(request, connection)
    RECORDER.answer("/hold", hold)
    RECORDER.answer("/dies", die_on_second)
    for method, fields, wanted in (("GET", (), (200,)), ("HEAD", (), (200,)), ("POST", ("Content-Length: 2",), (200, 502)), ("POST", (), (200, 502)), ("DELETE", (), (200, 502))):
        before = len(RECORDER.seen("/dies"))
        with Wire(GATE) as wire:
            assert wire.get(at("origin.example", "/hold")).answer().body == b"kept"
        with Wire(GATE) as wire:
            wire.get(at("origin.example", "/dies"), *fields, method=method)
            if fields:
                wire.send(b"ab")
            status = wire.answer(method).status
            assert status in wanted, f"{method}: {status}"
        sent = len(RECORDER.seen("/dies")) - before
        assert sent <= (2 if method in ("GET", "HEAD") else 1), f"{method} was sent {sent} times"


@covers(220, "a kept connection that the origin closed meanwhile is not used")
def closed_connection():
    def close_behind(request, connection):
        reply(b"bye")(request, connection)
        return False
    RECORDER.answer("/bye", close_behind)
    for _ in range(20):
        assert get(at("origin.example", "/bye"))[0].body == b"bye"


@covers(220, "an origin that is silent on a kept connection is asked once only")
def silent_on_kept():
    def silent(request, connection):
        PAUSE.wait(30)
        return False
    RECORDER.answer("/mute", silent)
    with Wire(GATE) as wire:
        assert wire.get(at("origin.example", "/hold")).answer().status == 200
    answer, cause, took = get(at("origin.example", "/mute"))
    assert (answer.status, cause) == (504, "upstream-timeout")
    assert len(RECORDER.seen("/mute")) == 1 and took < 2 + SLACK


@covers(221, "an origin that is down closes, with a page, and is back without a restart")
def origin_comes_back():
    with socket.create_server(("127.0.2.7", 0)) as probe:
        port = probe.getsockname()[1]
    allowed = RECORDER.port
    NAMES.zone["down.example"] = "127.0.2.7"
    with socket.socket() as keeper:  # the recorder's port at another address: nobody listens there yet
        keeper.close()
    answer, cause, _ = get(f"http://down.example:{allowed}/")
    assert (answer.status, cause) == (502, "upstream-refused") and b"<html" in answer.body, (answer.status, cause, port)
    back = Recorder("127.0.2.7", allowed)
    assert get(f"http://down.example:{allowed}/back")[0].body == b"/back"
    back.listener.close()


CASES = (four_failures, page_in_the_readers_language, two_silent_servers, no_search_list, server_comes_back, negative_answers, odd_times_to_live, many_addresses, thousands_of_addresses, aliases, other_names, broken_answers,
         spoofed, rebinding, rebound_names, broken_ipv6, unreachable_ipv6, next_address, all_hang, small_answers, post_once, dying_connection, closed_connection,
         silent_on_kept, origin_comes_back)
list_and_leave(CASES)

PAUSE = threading.Event()
os.environ["LOCALDOMAIN"] = "lan.example"  # a search list as the system's resolver would take it
NAMES, RECORDER = NameServer(), Recorder()
SETTINGS = {"deadlines": f'resolve = "{RESOLVE * 1000:.0f}ms"\nconnect = "{CONNECT * 1000:.0f}ms"\nresponse_head = "2s"',
            "resolver": f'servers = ["{NAMES}"]\nnegative_ttl = "2s"'}
with small_gateway(RECORDER.port, settings=SETTINGS) as GATE:
    SUITE = HostileSuite(GATE, RECORDER)
    for case in CASES:
        SUITE.play(case)
    PAUSE.set()
    SUITE.finish(GATE)
SUITE.close()
