#!/usr/bin/env python3
"""Slow peers, floods and limits, catalogue 2.8: what is over a limit is turned away with a reason, everybody else is served.

Small numbers and short times, so that nothing here depends on the speed of the machine.
usage: overload_test.py [--list] [text that the names of the cases must hold]
"""
import contextlib
import os
import pathlib
import resource
import socket
import ssl
import struct
import subprocess
import sys
import threading
import time

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "support"))
from gateway import COMMAND, wait_until  # noqa: E402
from hello import Hello  # noqa: E402
from hostile import (NAME, ROOM, TRUSTING_ROOM, HostileSuite, Recorder, covers, cpu_seconds, descriptors, list_and_leave, reply,  # noqa: E402
                     resident_kib, settles, small_gateway, small_school)
from names import NameServer  # noqa: E402
from origin import PATIENCE, Wire  # noqa: E402

MEGABYTE = bytes(1 << 20)
TUNNEL_ADDRESS = "127.0.2.46"
HEAD_TIME, GRACE, TUNNEL_IDLE = 2.0, 1.0, 2.0  # seconds, as in SETTINGS below
SLACK = 5.0  # for a slow machine


def url(path):
    return f"http://{RECORDER.authority}{path}"


def in_parallel(function, items):
    wrong = []

    def attempt(item):
        try:
            function(item)
        except Exception as error:  # noqa: BLE001: told below
            wrong.append(f"{item}: {error!r}")
    threads = [threading.Thread(target=attempt, args=(item,)) for item in items]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(PATIENCE * 2)
    assert not wrong, wrong[:5]


def drip(wire, data, pause, until):
    """One byte each `pause` seconds until the other side has had enough or the time is over."""
    with contextlib.suppress(OSError):
        for byte in data:
            wire.send(bytes([byte]))
            wire.socket.settimeout(pause)
            try:
                return wire.socket.recv(65536)
            except TimeoutError:
                pass
            if time.monotonic() > until:
                return None
    return b""


@covers(197, "heads at a byte each tenth of a second: the time for a head is absolute")
def slow_heads():
    head = f"GET {url('/slow')} HTTP/1.1\r\nHost: {RECORDER.authority}\r\nX: {'a' * 1000}\r\n\r\n".encode()
    started = time.monotonic()
    good = []

    def slow(_):
        with Wire(GATE, "127.0.1.21") as wire:
            said = drip(wire, head, 0.1, started + HEAD_TIME + SLACK)
            assert said is not None, "still open"
            assert said == b"" or said.startswith(b"HTTP/1.1 408 "), said[:60]

    def others(_):
        while time.monotonic() < started + HEAD_TIME:
            with Wire(GATE) as wire:
                assert wire.get(url("/good"), "Connection: close").answer().body == b"/good"
                good.append(1)
    in_parallel(lambda run: run[0](run[1]), [(slow, number) for number in range(300)] + [(others, number) for number in range(2)])
    assert good and not RECORDER.seen("/slow")


@covers(198, "body below the minimum rate, by length and in chunks")
def slow_body():
    def slow(framing):
        with Wire(GATE) as wire:
            wire.get(url("/upload"), framing, method="POST")
            started = time.monotonic()
            said = drip(wire, b"1\r\na\r\n" * 1000 if "chunked" in framing else b"a" * 1000, 0.1, started + GRACE + SLACK)
            assert said and said.startswith(b"HTTP/1.1 408 "), said
            assert time.monotonic() - started >= GRACE / 2
    def wait_for_all(request, connection):
        while connection.recv(65536):
            pass
        return False
    RECORDER.answer("/upload", wait_for_all)
    before = len(RECORDER.seen("/upload"))
    in_parallel(slow, ["Content-Length: 1000000", "Transfer-Encoding: chunked"])
    row = GATE.wait_for_row(lambda row: row.get("http", {}).get("response", {}).get("status_code") == 408 and row["http"]["request"]["method"] == "POST")
    assert row["event"]["reason"] == "request-timeout", row["event"]
    assert len(RECORDER.seen("/upload")) <= before + 2


@covers(198, "body above the minimum rate takes the time it needs")
def steady_body():
    size = 40
    with Wire(GATE) as wire:
        wire.get(url("/steady"), f"Content-Length: {size * 500}", method="POST")
        started = time.monotonic()
        for _ in range(size):
            wire.send(bytes(500))
            PAUSE.wait(GRACE * 2 / size)
        assert wire.answer("POST").status == 200
        assert time.monotonic() - started > GRACE


@covers(198, "slow origin does not make its client slow")
def slow_origin():
    def taste(request, connection):
        left = int(request.field(b"Content-Length")) - len(request.ahead)
        PAUSE.wait(GRACE * 2)
        while left > 0:
            left -= len(connection.recv(1 << 16))
        return reply(b"eaten")(request, connection)
    RECORDER.answer("/taste", taste)
    with Wire(GATE) as wire:
        wire.get(url("/taste"), f"Content-Length: {16 << 20}", method="POST")
        for _ in range(16):
            wire.send(MEGABYTE)
        assert wire.answer("POST").body == b"eaten"


@covers(199, "reader that stops: the origin is held back, memory stays, nothing is lost")
def slow_reader():
    size = 96
    sent = [0]

    def pour(request, connection):
        connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n" % (size << 20))
        for _ in range(size * 16):
            connection.sendall(MEGABYTE[:1 << 16])
            sent[0] += 1 << 16
        return True
    RECORDER.answer("/pour", pour)
    before = resident_kib(GATE)
    with Wire(GATE) as wire:
        wire.get(url("/pour"))
        wire.take_until(b"\r\n\r\n")
        wait_until(stands_still(sent), what="the origin's rest")
        assert sent[0] < size << 20, "the whole body went into memory"
        assert resident_kib(GATE) - before < 2048, f"{resident_kib(GATE) - before} KiB for one slow reader"
        got = len(wire.buffer)
        while got < size << 20:
            got += len(wire.socket.recv(1 << 20))
    assert got == size << 20


def stands_still(counter):
    last = [-1, time.monotonic()]

    def look():
        if counter[0] != last[0]:
            last[:] = [counter[0], time.monotonic()]
        return counter[0] > 0 and time.monotonic() - last[1] > 0.5
    return look


@covers(199, "reader that never goes on is let go")
def dead_reader():
    def pour(request, connection):
        with contextlib.suppress(OSError):
            connection.sendall(b"HTTP/1.1 200 OK\r\n\r\n" + MEGABYTE * 64)
        return False
    RECORDER.answer("/dead", pour)
    before = descriptors(GATE)
    with Wire(GATE) as wire:
        wire.get(url("/dead"))
        wire.take_until(b"\r\n\r\n")
        wait_until(lambda: descriptors(GATE) <= before, 60, "the end of the dead reader's connection")


@covers(200, "more idle connections than the cap: the oldest go, newcomers are served")
def idle_connections():
    with small_gateway(RECORDER.port, settings={"limits": "connections = 20"}) as gate, contextlib.ExitStack() as stack:
        wires = []
        for number in range(60):
            wire = stack.enter_context(Wire(gate))
            answer = wire.get(url(f"/idle-{number}")).answer()
            assert answer.status == 200, f"connection {number} got {answer.status}"
            wires.append(wire)
        assert all(wire.is_closed() for wire in wires[:35]), "an old one outlived a younger one"
        assert wires[-1].get(url("/still")).answer().body == b"/still"
        status = gate.status()
        assert status["connections_open"] <= 21 and status["connections_refused"] == 0, status
        SUITE.check_clean(gate)


@covers(200, "connections that work are not ended for newcomers, who get 503")
def busy_connections():
    release = threading.Event()
    RECORDER.answer("/busy", lambda request, connection: release.wait(PATIENCE) and reply(b"at last")(request, connection))
    with small_gateway(RECORDER.port, settings={"limits": "connections = 10"}) as gate, contextlib.ExitStack() as stack:
        wires = [stack.enter_context(Wire(gate)).get(url("/busy")) for _ in range(10)]
        wait_until(lambda: len(RECORDER.seen("/busy")) >= 10, what="ten requests at the origin")
        for _ in range(5):
            with Wire(gate) as late:
                answer = late.answer()
                assert (answer.status, answer.field("retry-after")) == (503, "10")
        release.set()
        assert all(wire.answer().body == b"at last" for wire in wires)
        assert gate.status()["connections_refused"] == 5


def open_tunnel(gate, port):
    wire = Wire(gate)
    assert wire.connect(f"tunnel.example:{port}").status == 200
    return wire


@covers(201, "idle tunnels end, those in use go on; what each costs")
def idle_tunnels():
    echo = socket.create_server((TUNNEL_ADDRESS, RECORDER.port), backlog=1024)
    opened = []

    def accept():
        with contextlib.suppress(OSError):
            while True:
                opened.append(echo.accept()[0])
    threading.Thread(target=accept, daemon=True).start()
    hello, count = Hello(b"tunnel.example").data, 200
    before, fds = resident_kib(GATE), descriptors(GATE)
    with contextlib.ExitStack() as stack:
        wires = [stack.enter_context(open_tunnel(GATE, RECORDER.port)).send(hello) for _ in range(count)]
        wait_until(lambda: len(opened) == count and GATE.status()["tunnels_open"] == count, what="all tunnels")
        cost = (resident_kib(GATE) - before) / count
        assert cost < 40, f"{cost:.1f} KiB for each idle tunnel"
        started = time.monotonic()
        while time.monotonic() - started < TUNNEL_IDLE * 2:
            wires[0].send(b"x")
            PAUSE.wait(TUNNEL_IDLE / 8)
        assert all(wire.is_closed() for wire in wires[1:])
        wires[0].send(b"last")
        wait_until(lambda: GATE.status()["tunnels_open"] == 1, what="one tunnel left")
    for connection in opened:
        connection.close()
    echo.close()
    settles(GATE, fds + 8)  # the log's files are opened with the first row


@covers(202, "one client with too many connections is turned away on every worker, others are not")
def one_client():
    with small_gateway(RECORDER.port, workers=4, settings={"limits": "connections_per_client = 16"}) as gate, contextlib.ExitStack() as stack:
        kept, refused = [], 0
        for _ in range(64):
            wire = stack.enter_context(Wire(gate, "127.0.1.31"))
            try:
                status = wire.get(url("/mine")).answer().status
            except (EOFError, ConnectionError):
                status = 429  # closed before the answer was read
            assert status in (200, 429), status
            refused += status == 429
            kept += [wire] if status == 200 else []
        assert len(kept) == 16, f"{len(kept)} connections of one client over four workers"
        SUITE.check_clean(gate)
        assert kept[0].get(url("/again")).answer().status == 200
        for wire in kept[:8]:
            wire.socket.close()
        wait_until(lambda: gate.status()["connections_open"] <= 9, what="the end of eight connections")
        with Wire(gate, "127.0.1.31") as wire:
            assert wire.get(url("/new")).answer().status == 200
        assert gate.status()["connections_refused"] == refused


@covers(203, "descriptors run out: no spinning, rows and pages go on, all is well afterwards")
def few_descriptors():
    limit = 160
    with small_gateway(RECORDER.port, launch=["prlimit", f"--nofile={limit}:{limit}"], settings={"limits": "connections = 20000", "deadlines": 'upstream_idle = "1s"'}) as gate, contextlib.ExitStack() as stack:
        before = descriptors(gate)
        release = threading.Event()
        RECORDER.answer("/held", lambda request, connection: release.wait(PATIENCE) and reply(b"held")(request, connection))
        wires = []
        for _ in range(limit):
            with contextlib.suppress(OSError):
                wires.append(stack.enter_context(Wire(gate)).get(url("/held")))
        wait_until(lambda: gate.status()["connections_refused"] > 0, what="the first refusal")
        assert descriptors(gate) < limit - 8, "nothing is left for the log and the console"
        used = cpu_seconds(gate)
        PAUSE.wait(1)
        used = cpu_seconds(gate) - used
        assert used < 0.5, f"{used:.2f} s of processor time in a second of nothing"
        with Wire(gate, port=gate.portal_port) as wire:
            assert wire.send(f"GET /proxy.pac HTTP/1.1\r\nHost: 127.0.0.1:{gate.portal_port}\r\n\r\n").answer().status == 200
        release.set()
        answered = 0
        for wire in wires:
            with contextlib.suppress(EOFError, ConnectionError):
                answered += wire.answer().status == 200
        assert answered >= 20, answered
        for wire in wires:
            wire.socket.close()
        wait_until(lambda: gate.status()["connections_open"] == 0, what="the end of all connections")
        SUITE.check_clean(gate)
        settles(gate, before + 8)  # the log's files are opened with the first row
        gate.wait_for_row(lambda row: row.get("url", {}).get("path", "").startswith("/clean-"))


@covers(203, "accept itself fails for want of descriptors")
def no_descriptors():
    """The limit falls while the daemon runs, below what it has counted on."""
    release = threading.Event()
    RECORDER.answer("/kept", lambda request, connection: release.wait(PATIENCE) and reply(b"kept")(request, connection))
    with small_gateway(RECORDER.port, settings={"deadlines": 'upstream_idle = "1s"'}) as gate, contextlib.ExitStack() as stack:
        before = descriptors(gate)
        _, hard = resource.prlimit(gate.process.pid, resource.RLIMIT_NOFILE)
        resource.prlimit(gate.process.pid, resource.RLIMIT_NOFILE, (before + 6, hard))
        wires = [stack.enter_context(Wire(gate)).get(url("/kept")) for _ in range(30)]
        wait_until(lambda: descriptors(gate) >= before + 5, what="the last descriptor")
        used = cpu_seconds(gate)
        PAUSE.wait(1)
        used = cpu_seconds(gate) - used
        assert used < 0.5, f"{used:.2f} s of processor time in a second of nothing"
        assert gate.is_alive()
        resource.prlimit(gate.process.pid, resource.RLIMIT_NOFILE, (hard, hard))
        release.set()
        statuses = []  # whoever waited in the queue is served now; whoever could not be dialled for was told; few are closed to make room
        for wire in wires:
            with contextlib.suppress(EOFError, ConnectionError):
                statuses.append(wire.answer().status)
        assert len(statuses) >= 20 and set(statuses) <= {200, 503} and 200 in statuses, statuses
        for wire in wires:
            wire.socket.close()
        wait_until(lambda: gate.status()["connections_open"] == 0, what="the end of all connections")
        SUITE.check_clean(gate)
        settles(gate, before + 8)  # the log's files are opened with the first row


PORTS = """
import pathlib, sys
sys.path[:0] = [{support!r}]
from hostile import Recorder, small_gateway
from gateway import wait_until
from origin import Wire
import threading
recorder = Recorder("127.0.2.1")
with small_gateway(recorder.port) as gate:
    pathlib.Path("/proc/sys/net/ipv4/ip_local_port_range").write_text("50000 50015")
    release = threading.Event()
    recorder.answer("/hold", lambda request, connection: release.wait(20) and connection.sendall(b"HTTP/1.1 200 OK\\r\\nContent-Length: 0\\r\\nConnection: close\\r\\n\\r\\n"))
    wires, statuses = [], []
    for number in range(20):
        wire = Wire(gate, "127.0.1.20")
        wires.append(wire.get(f"http://{{recorder.authority}}/hold"))
        wait_until(lambda: len(recorder.seen("/hold")) > number or gate.status()["upstream_failures"] > 0)
        if gate.status()["upstream_failures"]:
            break
    answer = wires[-1].answer()
    print(answer.status, gate.wait_for_row(lambda row: row["event"]["id"] == answer.field("gatehouse-decision"))["event"]["reason"], flush=True)
    release.set()
    print(sorted({{wire.answer().status for wire in wires[:-1]}}), flush=True)
    pathlib.Path("/proc/sys/net/ipv4/ip_local_port_range").write_text("50000 60000")
    with Wire(gate, "127.0.1.20") as wire:
        print(wire.get(f"http://{{recorder.authority}}/after").answer().body.decode(), gate.is_alive(), flush=True)
"""


@covers(204, "local ports run out: 503 with a reason, and service as soon as there are some")
def few_ports():
    support = str(pathlib.Path(__file__).resolve().parents[1] / "support")
    # A network of its own, whose range of local ports is ours to make small.
    script = "ip link set lo up && exec python3 -c \"$CODE\""
    done = subprocess.run(["unshare", "--user", "--map-root-user", "--net", "bash", "-c", script], capture_output=True, text=True, timeout=120,
                          env={**os.environ, "CODE": PORTS.format(support=support)})
    assert done.stdout.splitlines() == ["503 gateway-busy", "[200]", "/after True"], done.stdout + done.stderr


@covers(205, "memory over the budget: newcomers get 503, those inside are served, all come back")
def little_memory():
    with small_gateway(RECORDER.port, settings={"limits": 'memory = "64MiB"'}) as gate:
        assert resident_kib(gate) < 64 * 1024
    with small_gateway(RECORDER.port, settings={"limits": 'memory = "1MiB"'}) as gate:
        wait_until(lambda: "memory.short" in gate.log_path.read_text(), what="the alarm")

        def is_refused():
            with Wire(gate) as wire:
                return wire.answer().status == 503
        wait_until(is_refused, what="a newcomer's 503")
    anonymous = anonymous_kib_at_rest()
    with small_gateway(RECORDER.port, settings={"limits": f'memory = "{anonymous + 6 * 1024}KiB"'}) as gate, contextlib.ExitStack() as stack:
        wires = []

        def fill():
            wire = stack.enter_context(Wire(gate))
            wires.append(wire)
            with contextlib.suppress(OSError, EOFError):
                wire.send(f"GET {url('/x')} HTTP/1.1\r\nHost: {RECORDER.authority}\r\nX: {'a' * 30_000}")
            return "memory.short" in gate.log_path.read_text()
        wait_until(fill, 60, "the alarm")
        assert gate.is_alive() and resident_kib(gate) < 256 * 1024
        for wire in wires:
            wire.socket.close()
        wait_until(lambda: "memory.enough_again" in gate.log_path.read_text(), 30, "the end of the alarm")
        SUITE.check_clean(gate)


def anonymous_kib_at_rest():
    with small_gateway(RECORDER.port) as gate:
        SUITE.check_clean(gate)
        with open(f"/proc/{gate.process.pid}/status") as status:
            return next(int(line.split()[1]) for line in status if line.startswith("RssAnon:"))


@covers(206, "flood of handshakes for the block page: portal, console and others still answer")
def handshakes():
    over = threading.Event()
    shown = []

    def flood(_):
        while not over.is_set():
            with contextlib.suppress(OSError, ssl.SSLError, AssertionError), Wire(GATE, TRUSTING_ROOM) as wire:
                assert wire.connect("blocked.example:443").status == 200
                wire.begin_tls("blocked.example")
                shown.append(1)
    threads = [threading.Thread(target=flood, args=(number,)) for number in range(8)]
    for thread in threads:
        thread.start()
    try:
        wait_until(lambda: len(shown) > 20, 60, "twenty handshakes")
        worst = 0
        for _ in range(5):
            started = time.monotonic()
            with Wire(GATE, port=GATE.portal_port) as wire:
                assert wire.send(f"GET /proxy.pac HTTP/1.1\r\nHost: 127.0.0.1:{GATE.portal_port}\r\n\r\n").answer().status == 200
            with contextlib.closing(Wire(GATE, port=GATE.console_port).socket) as raw:
                ssl._create_unverified_context().wrap_socket(raw, server_hostname="127.0.0.1").close()
            with Wire(GATE) as wire:
                assert wire.get("http://blocked.example/").answer().status == 403
            worst = max(worst, time.monotonic() - started)
    finally:
        over.set()
        for thread in threads:
            thread.join()
    assert worst < 1 + SLACK, f"{worst:.2f} s"


@covers(207, "a thousand requests in one write: in order, and not read ahead of their answers")
def pipelined():
    release = threading.Event()
    RECORDER.answer("/first-of-many", lambda request, connection: release.wait(PATIENCE) and reply(b"/first-of-many")(request, connection))
    paths = ["/first-of-many", *(f"/many-{number}" for number in range(999))]
    with Wire(GATE) as wire:
        sender = threading.Thread(target=wire.send, args=("".join(f"GET {url(path)} HTTP/1.1\r\nHost: {RECORDER.authority}\r\n\r\n" for path in paths),))
        sender.start()
        wait_until(lambda: RECORDER.seen("/first-of-many"), what="the first request")
        ahead = [request.path for request in RECORDER.seen() if request.path.startswith(b"/many-")]
        assert len(ahead) <= 8, f"{len(ahead)} requests were read ahead"
        release.set()
        for path in paths:
            assert wire.answer().body == path.encode()
        sender.join()
    assert [request.path.decode() for request in RECORDER.seen() if b"many" in request.path] == paths


@covers(208, "allowed, blocked and allowed again in one write: three verdicts and three rows in order")
def verdicts_in_order():
    hosts = [(RECORDER.authority, 200), ("blocked.example", 403), (RECORDER.authority, 200), ("www.blocked.example", 403), (RECORDER.authority, 200)]
    with Wire(GATE, "127.0.1.40") as wire:
        wire.send("".join(f"GET http://{host}/turn-{number} HTTP/1.1\r\nHost: {host}\r\n\r\n" for number, (host, _) in enumerate(hosts)))
        for number, (_, status) in enumerate(hosts):
            answer = wire.answer()
            assert answer.status == status and (status == 403 or answer.body == f"/turn-{number}".encode()), (number, answer.status)
    GATE.wait_for_row(lambda row: row.get("url", {}).get("path") == "/turn-4")
    rows = [row for row in GATE.access_rows() if row["source"]["ip"] == "127.0.1.40"]
    assert [(row["url"]["path"], row["http"]["response"]["status_code"]) for row in rows] == [(f"/turn-{number}", status) for number, (_, status) in enumerate(hosts)]


@covers(209, "long URLs cost what they weigh")
def long_urls():
    with Wire(GATE) as wire:
        assert wire.get(url("/" + "a" * 65536)).answer().status == 414
    used = cpu_seconds(GATE)
    with Wire(GATE) as wire:
        for filler in ("a" * 15_000, "%2e/" * 3_700, "a?" * 7_000, "../" * 5_000, "=&" * 7_000):
            assert wire.get(url("/" + filler)).answer().status == 200
            assert wire.get("http://blocked.example/" + filler).answer().status == 403
    used = cpu_seconds(GATE) - used
    assert used < 0.5, f"{used:.2f} s of processor time for ten requests"


@covers(210, "list with a bad line is taken and the line told; a bad list, and an image overwritten in place, leave the old ones")
def bad_lists():
    def with_lists(config):
        small_school(config)
        (config / "lists").mkdir(exist_ok=True)
        (config / "lists.toml").write_text('[[list]]\nid = "closed"\ntitle = "Closed"\ncategory = "closed"\npath = "lists/closed.txt"\n'
                                           'format = "domains"\nowner = "officer"\nreason = "Closed."\nreview_by = "2099-01-01"\n')
        (config / "lists" / "closed.txt").write_text("first.example\n\0 not a name %%%\nsecond.example\n")
        policy = (config / "policy.toml").read_text()
        (config / "policy.toml").write_text(policy + '\n[[category]]\nid = "closed"\ntitle = "Closed"\n[[rule]]\nid = "closed-list"\nwho = ["everyone"]\nwhat = ["category:closed"]\naction = "block"\nreason = "Closed."\n')
    with small_gateway(RECORDER.port, edit=with_lists) as gate:
        def status_of(host):
            with Wire(gate) as wire:
                return wire.get(f"http://{host}/").answer().status
        told = subprocess.run([COMMAND, "lists", "compile", "--config", gate.config], capture_output=True, text=True, check=True)
        assert "closed.txt" in told.stdout and "line 2" in told.stdout, told.stdout + told.stderr
        assert (status_of("first.example"), status_of("second.example")) == (403, 403)
        image = gate.state / "lists.image"
        good = image.read_bytes()
        (gate.config / "lists" / "closed.txt").unlink()
        failed = subprocess.run([COMMAND, "lists", "compile", "--config", gate.config], capture_output=True, text=True)
        assert failed.returncode != 0 and "held back" in failed.stdout, failed.stdout + failed.stderr
        gate.publish()
        assert (status_of("first.example"), status_of("second.example")) == (403, 403)
        half = image.with_suffix(".half")
        half.write_bytes(good[:len(good) // 2])
        half.rename(image)
        def stays_closed():
            assert (status_of("first.example"), status_of("second.example")) == (403, 403)
            refused = subprocess.run([COMMAND, "reload", "--config", gate.config], capture_output=True, text=True)
            assert refused.returncode != 0, "a bad image was published"
            assert (status_of("first.example"), status_of("second.example")) == (403, 403)
        stays_closed()
        # In the file that is in force, as `cp` and some backup programs write.
        image.write_bytes(good)
        gate.publish()
        with open(image, "r+b") as same:
            same.write(bytes(len(good)))
        stays_closed()
        os.truncate(image, 0)
        stays_closed()
        image.write_bytes(good)
        gate.publish()
        SUITE.check_clean(gate)


@covers(211, "names beyond number: cache and memory stay bounded")
def many_names():
    zone = NameServer()
    settings = {"limits": "dns_cache = 100", "log": 'ring = "128KiB"', "resolver": f'servers = ["{zone}"]'}
    with small_gateway(RECORDER.port, settings=settings) as gate:
        def ask(first, count):
            with Wire(gate) as wire:
                for start in range(first, first + count, 50):
                    hosts = [f"host-{number}.many.example" for number in range(start, start + 50)]
                    wire.send("".join(f"GET http://{host}/ HTTP/1.1\r\nHost: {host}\r\n\r\n" for host in hosts))
                    for _ in hosts:
                        assert wire.answer().status == 502
        ask(0, 1000)
        before = resident_kib(gate)
        ask(1000, 2000)
        grown = resident_kib(gate) - before
        assert grown < 2048, f"2000 more names took {grown} KiB"
        SUITE.check_clean(gate)


@covers(212, "log that cannot be written for a while: filtering goes on, lost rows are counted")
def stalled_log():
    with small_gateway(RECORDER.port, settings={"log": 'ring = "64KiB"'}, edit=stall_log) as gate:
        pipe = os.open(gate.state / "log" / "access.log", os.O_RDONLY | os.O_NONBLOCK)
        sent = 0
        try:
            with Wire(gate) as wire:
                def more():
                    nonlocal sent
                    wire.send(f"GET http://blocked.example/{'a' * 4000} HTTP/1.1\r\nHost: blocked.example\r\n\r\n" * 20)
                    for _ in range(20):
                        assert wire.answer().status == 403
                    sent += 20
                    return gate.status()["log_rows_dropped"] > 0
                wait_until(more, 60, "the first dropped row")
            SUITE.check_clean(gate)
            sent += 1
        finally:
            os.set_blocking(pipe, True)
            threading.Thread(target=lambda: [None for _ in iter(lambda: os.read(pipe, 1 << 16), b"")], daemon=True).start()
        wait_until(lambda: gate.status()["log_rows"] + gate.status()["log_rows_dropped"] == sent, 30, "all rows written or counted")
        SUITE.check_clean(gate)


def stall_log(config):
    """access.log is a pipe that somebody holds and nobody reads."""
    small_school(config)
    folder = config.parent / "var" / "log"
    folder.mkdir(parents=True)
    (config.parent / "var").chmod(0o700)
    os.mkfifo(folder / "access.log")
    STALLED.append(os.open(folder / "access.log", os.O_RDWR | os.O_NONBLOCK))


def reset(connection):
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    connection.close()


@covers(213, "resets and half-closes in every state leave no descriptor behind")
def abandoned():
    RECORDER.answer("/never", lambda request, connection: PAUSE.wait(0) or connection.recv(1) and False)
    hello = Hello(NAME.encode()).data
    states = [b"", b"G", f"GET {url('/x')} HTTP/1.1\r\n".encode(), f"GET {url('/never')} HTTP/1.1\r\nHost: {RECORDER.authority}\r\n\r\n".encode(),
              f"POST {url('/x')} HTTP/1.1\r\nHost: {RECORDER.authority}\r\nContent-Length: 10\r\n\r\nabc".encode(),
              f"POST {url('/x')} HTTP/1.1\r\nHost: {RECORDER.authority}\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nab".encode(),
              f"CONNECT {RECORDER.authority} HTTP/1.1\r\nHost: {RECORDER.authority}\r\n\r\n".encode(),
              f"CONNECT {RECORDER.authority} HTTP/1.1\r\nHost: {RECORDER.authority}\r\n\r\n".encode() + hello[:50],
              f"CONNECT {RECORDER.authority} HTTP/1.1\r\nHost: {RECORDER.authority}\r\n\r\n".encode() + hello,
              f"GET http://blocked.example/ HTTP/1.1\r\nHost: blocked.example\r\n\r\n".encode() * 50,
              f"GET http://silent.example:{RECORDER.port}/ HTTP/1.1\r\nHost: silent.example:{RECORDER.port}\r\n\r\n".encode()]
    before = descriptors(GATE)

    def leave(case):
        state, how = case
        with contextlib.suppress(OSError):
            wire = Wire(GATE)
            wire.send(state)
            if how == "reset":
                reset(wire.socket)
            elif how == "close":
                wire.socket.close()
            else:
                wire.socket.shutdown(socket.SHUT_WR if how == "half" else socket.SHUT_RD)
                wire.socket.settimeout(PATIENCE)
                while wire.socket.recv(65536):
                    pass
                wire.socket.close()
    in_parallel(leave, [(state, how) for state in states for how in ("reset", "close", "half", "deaf") for _ in range(5)])
    settles(GATE, before + 2, 60)
    wait_until(lambda: GATE.status()["connections_open"] == 0 and GATE.status()["tunnels_open"] == 0, 30, "the end of all connections")


CASES = (slow_heads, slow_body, steady_body, slow_origin, slow_reader, dead_reader, idle_connections, busy_connections, idle_tunnels, one_client,
         few_descriptors, no_descriptors, few_ports, little_memory, handshakes, pipelined, verdicts_in_order, long_urls, bad_lists, many_names, stalled_log, abandoned)
list_and_leave(CASES)

PAUSE, STALLED = threading.Event(), []
RECORDER = Recorder()
SETTINGS = {"deadlines": f'request_head = "{HEAD_TIME * 1000:.0f}ms"\nbody_idle = "4s"\nbody_grace = "{GRACE * 1000:.0f}ms"\n'
                         f'tunnel_idle = "{TUNNEL_IDLE * 1000:.0f}ms"\nclient_hello = "2s"\nresponse_head = "10s"\nupstream_idle = "2s"\nresolve = "1s"'}
with small_gateway(RECORDER.port, names={"tunnel.example": TUNNEL_ADDRESS}, ca=True, settings=SETTINGS) as GATE:
    SUITE = HostileSuite(GATE, RECORDER)
    for case in CASES:
        SUITE.play(case)
    SUITE.finish(GATE)
SUITE.close()
