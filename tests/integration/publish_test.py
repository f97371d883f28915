#!/usr/bin/env python3
"""Publishing under load: 1,000 kept connections and 10,000 requests while the policy is published 50 times; refused policies; tunnels
across publications; SIGHUP; SIGTERM with a transfer in flight.
"""
import asyncio
import contextlib
import hashlib
import json
import pathlib
import signal
import socketserver
import subprocess
import sys
import tempfile
import threading

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "support"))
from gateway import COMMAND, Gateway, Suite, wait_until  # noqa: E402
from origin import HttpHandler, Origin, Wire, make_certificate, pattern, pattern_hash  # noqa: E402

CLIENTS, REQUESTS, PUBLICATIONS = 1000, 10_000, 50
SUITE = Suite()
FOLDER = tempfile.TemporaryDirectory(prefix="gatehouse-publish-")


class Echo(socketserver.BaseRequestHandler):
    def handle(self):
        while data := self.request.recv(65536):
            self.request.sendall(data)


class Held(HttpHandler):
    """Sends half of its body, then the rest once the test lets it."""
    begun, go_on = threading.Event(), threading.Event()
    size = 40_000_000

    def do_GET(self):
        self.send_response(200)
        self.send_header("Content-Length", str(self.size))
        self.end_headers()
        for number, piece in enumerate(pattern(self.size)):
            if number == 3:
                self.begun.set()
                self.go_on.wait(30)
            self.wfile.write(piece)


NAMES = ["www.school.example", "closing.school.example"]
CERTIFICATE, TLS = make_certificate(FOLDER.name, *NAMES)
TUNNELS, HELD = Origin(Echo, tls=TLS), Origin(Held)


def equal(left, right, what="values"):
    if left != right:
        raise AssertionError(f"{what} differ: {str(left)[:300]} and {str(right)[:300]}")


@contextlib.contextmanager
def gateway(**more):
    names = dict.fromkeys(["www.school.example", "closing.school.example", "www.instagram.com"], "127.0.2.1")
    with Gateway(names=names, ports=[TUNNELS.port, HELD.port, *more.pop("ports", [])], **more) as gate:
        yield gate


def reload(gate):
    """(exit status, standard output, standard error)"""
    done = subprocess.run([COMMAND, "reload", "--config", gate.config], capture_output=True, text=True, env=gate.environment, timeout=60)
    return done.returncode, done.stdout, done.stderr


def close_name(gate, name):
    path = gate.config / "lists" / "vpn.txt"
    path.write_text(path.read_text() + name + "\n")
    gate.command("lists", "compile")


async def answer_short(reader, writer):
    """An origin for many connections: says back the path."""
    with contextlib.suppress(asyncio.IncompleteReadError, ConnectionError, asyncio.CancelledError):
        while True:
            head = await reader.readuntil(b"\r\n\r\n")
            path = head.split(b" ", 2)[1]
            writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n" % len(path) + path)
    writer.close()


async def ask(reader, writer, url, host):
    writer.write(f"GET {url} HTTP/1.1\r\nHost: {host}\r\n\r\n".encode())
    head = (await asyncio.wait_for(reader.readuntil(b"\r\n\r\n"), 60)).decode("latin-1")
    size = next(int(line.split(":")[1]) for line in head.split("\r\n") if line.lower().startswith("content-length:"))
    return int(head.split(" ")[1]), await reader.readexactly(size)


async def one_client(gate, port, number, turns, wrong):
    room = ("127.0.0.1", "127.0.1.20", "127.0.1.21", "127.0.1.10")[number % 4]
    reader, writer = await asyncio.open_connection("127.0.0.1", gate.proxy_port, local_addr=(room, 0))
    for turn in range(REQUESTS // CLIENTS):
        host = "www.instagram.com" if (number + turn) % 3 == 0 else "www.school.example"
        path = f"/{number}/{turn}"
        await turns[turn].wait()
        try:
            status, body = await ask(reader, writer, f"http://{host}:{port}{path}", f"{host}:{port}")
        except Exception as error:
            wrong.append((number, turn, host, repr(error)))
            return
        right = status == 403 and b"<html" in body if host == "www.instagram.com" else (status, body) == (200, path.encode())
        if not right:
            wrong.append((number, turn, host, status, body[:80]))
    writer.close()


async def publish_meanwhile(gate, turns, published):
    """Every few publications let the clients begin their next request, so that requests and publications overlap to the end."""
    for number in range(PUBLICATIONS):
        turns[number * len(turns) // PUBLICATIONS].set()
        process = await asyncio.create_subprocess_exec(COMMAND, "reload", "--config", gate.config, env=gate.environment,
                                                       stdout=asyncio.subprocess.DEVNULL, stderr=asyncio.subprocess.PIPE)
        _, error = await process.communicate()
        published.append((process.returncode, error))


async def serve_short():
    return await asyncio.start_server(answer_short, "127.0.2.1", 0, backlog=2048)


async def load(gate, server, wrong, published):
    port = server.sockets[0].getsockname()[1]
    turns = [asyncio.Event() for _ in range(REQUESTS // CLIENTS)]
    publisher = asyncio.create_task(publish_meanwhile(gate, turns, published))
    await asyncio.gather(*(one_client(gate, port, number, turns, wrong) for number in range(CLIENTS)))
    await publisher
    server.close()


async def under_load():
    server = await serve_short()
    port = server.sockets[0].getsockname()[1]
    wrong, published = [], []
    with gateway(ports=[port], clock="2026-11-24 10:10:00") as gate, Wire(gate) as tunnel:
        equal(tunnel.connect(f"www.school.example:{TUNNELS.port}").status, 200)
        tunnel.begin_tls("www.school.example", CERTIFICATE)
        await load(gate, server, wrong, published)
        assert not wrong, f"{len(wrong)} wrong answers, such as {wrong[:3]}"
        equal(published, [(0, b"")] * PUBLICATIONS, "publications")
        equal(tunnel.send(b"still here").take(10), b"still here", "the open tunnel")
        status = gate.status()
        equal(int(status["policy_version"]), PUBLICATIONS + 1)
        equal((status["tunnels_ended_by_policy"], status["upstream_failures"], status["log_rows_dropped"]), (0, 0, 0))
        expected = sum((number + turn) % 3 == 0 for number in range(CLIENTS) for turn in range(REQUESTS // CLIENTS))
        equal(status["blocked"], expected, "blocked requests")


def fifty_publications_disturb_no_request():
    asyncio.run(under_load())


def a_policy_with_an_error_is_refused_and_the_old_one_stays():
    with gateway(clock="2026-11-24 10:10:00") as gate:
        path = gate.config / "policy.toml"
        good = path.read_text()
        number = good.split("\n").index('id     = "blocked-social-media"') + 1
        for bad, place in ((good.replace('id     = "blocked-social-media"', 'id     = "blocked-social-media'), f"policy.toml:{number}:"),
                           (good.replace('what   = ["service:twitter",', 'what   = ["service:twiter",'), "policy.toml:"),
                           (good.replace('verdict = "block"', 'verdict = "allow"', 1), "policy.toml:")):
            path.write_text(bad)
            status, _, error = reload(gate)
            equal(status, 1)
            message = next((line for line in error.splitlines() if place in line), None)
            assert message and message.split("policy.toml:")[1].split(":")[1].isdigit(), f"no line and column in {error[:500]}"
            with Wire(gate) as wire:
                equal(wire.get("http://www.instagram.com/").answer().status, 403)
            equal(gate.status()["policy_version"], "1")
        path.write_text(good)
        equal(reload(gate)[0], 0)
        equal(gate.status()["policy_version"], "2")


def a_publication_ends_what_it_closes_and_nothing_else():
    with gateway(clock="2026-11-24 10:10:00") as gate, Wire(gate) as stays, Wire(gate) as ends:
        for wire, name in ((stays, "www.school.example"), (ends, "closing.school.example")):
            equal(wire.connect(f"{name}:{TUNNELS.port}").status, 200)
            equal(wire.begin_tls(name, CERTIFICATE).send(b"ping").take(4), b"ping")
        close_name(gate, "closing.school.example")
        equal(reload(gate)[0], 0)
        assert ends.is_closed(), "the tunnel to a closed name stays open"
        equal(stays.send(b"ping").take(4), b"ping", "the tunnel that stays allowed")
        row = gate.wait_for_row(lambda row: row.get("url", {}).get("domain") == "closing.school.example")
        equal(row["gatehouse"]["refusal"], "ended-by-policy")
        with Wire(gate) as wire:
            equal(wire.connect(f"closing.school.example:{TUNNELS.port}").status, 403)


def a_hangup_signal_publishes():
    with gateway(clock="2026-11-24 10:10:00") as gate:
        with Wire(gate) as wire:
            equal(wire.get("http://closing.school.example/").answer().status, 502)  # allowed; nothing listens on port 80
            close_name(gate, "closing.school.example")
            gate.process.send_signal(signal.SIGHUP)
            wait_until(lambda: gate.status()["policy_version"] == "2", what="the publication")
            equal(wire.get("http://closing.school.example/").answer().status, 403)
        (gate.config / "policy.toml").write_text("nonsense")
        gate.process.send_signal(signal.SIGHUP)
        wait_until(lambda: "policy.toml:1:" in gate.log_path.read_text(), what="the complaint in the log")
        assert gate.is_alive()
        equal(gate.status()["policy_version"], "2")


def a_transfer_in_flight_is_finished_before_the_end():
    with gateway(settings={"deadlines": 'drain = "60s"'}) as gate, Wire(gate) as idle:
        client = subprocess.Popen(["curl", "-sS", "-x", f"http://127.0.0.1:{gate.proxy_port}", "--interface", "127.0.1.20",
                                   f"http://www.school.example:{HELD.port}/"], stdout=subprocess.PIPE)
        assert Held.begun.wait(20)
        # One that no worker has taken yet is reset as soon as that worker's socket is shut, before the sockets of the others are.
        wait_until(lambda: gate.status()["connections_open"] == 2, what="both connections taken")
        gate.process.send_signal(signal.SIGTERM)
        assert idle.is_closed(), "a connection without a request stays open"
        try:
            Wire(gate).socket.close()
            raise AssertionError("a new connection was accepted")
        except ConnectionRefusedError:
            pass
        assert gate.is_alive(), "the gateway left while a transfer was in flight"
        Held.go_on.set()
        body = client.stdout.read()
        equal((client.wait(30), hashlib.sha256(body).hexdigest()), (0, pattern_hash(Held.size)))
        equal(gate.process.wait(20), 0, "the exit code and 0")


def a_tunnel_cannot_hold_up_the_end_for_ever():
    with gateway(edit=short_drain) as gate, Wire(gate) as wire:
        equal(wire.connect(f"www.school.example:{TUNNELS.port}").status, 200)
        wire.begin_tls("www.school.example", CERTIFICATE).send(b"ping").take(4)
        gate.process.send_signal(signal.SIGTERM)
        assert wire.is_closed()
        equal(gate.process.wait(20), 0, "the exit code and 0")
        rows = gate.access_rows()
        assert any(row["http"]["request"]["method"] == "CONNECT" for row in rows if "http" in row), f"no row of the cut tunnel: {json.dumps(rows)[:500]}"


def short_drain(config):
    path = config / "gatehouse.toml"
    path.write_text(path.read_text().replace('drain = "5s"', 'drain = "500ms"'))


SUITE.run(fifty_publications_disturb_no_request, a_policy_with_an_error_is_refused_and_the_old_one_stays,
          a_publication_ends_what_it_closes_and_nothing_else, a_hangup_signal_publishes,
          a_transfer_in_flight_is_finished_before_the_end, a_tunnel_cannot_hold_up_the_end_for_ever)
FOLDER.cleanup()
SUITE.close()
