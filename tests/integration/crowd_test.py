#!/usr/bin/env python3
"""Too much at once: slow clients, idle tunnels, more connections than the limit, floods of pipelined requests. Good clients stay served,
memory stays within bounds, and afterwards all is as before.

GATEHOUSE_CROWD (1000) is the number of slow clients and of idle tunnels; the long run: 10000. The gateway takes half as many connections as
it may have descriptors, less some; where the machine's hard limit is too low for the crowd, it is made smaller, and the suite says so.
"""
import asyncio
import contextlib
import multiprocessing
import os
import pathlib
import re
import resource
import socket
import statistics
import sys
import threading
import time

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "support"))
from gateway import Gateway, Suite, wait_until  # noqa: E402
from origin import HttpHandler, Origin, Wire  # noqa: E402

CROWD = int(os.environ.get("GATEHOUSE_CROWD", "1000"))
BYTES_A_CONNECTION = 24 * 1024  # that an idle one may cost the gateway
SUITE = Suite()
NAME = "www.school.example"
resource.setrlimit(resource.RLIMIT_NOFILE, (resource.getrlimit(resource.RLIMIT_NOFILE)[1],) * 2)


class Silent(asyncio.Protocol):
    """An origin of tunnels: takes them and says back what it hears."""

    def connection_made(self, transport):
        self.transport = transport

    def data_received(self, data):
        self.transport.write(data)


async def serve_quietly(pipe):
    server = await asyncio.get_running_loop().create_server(Silent, "127.0.2.1", 0, backlog=4096)
    pipe.send(server.sockets[0].getsockname()[1])
    await server.serve_forever()


class Quiet:
    """The origin of the idle tunnels: a process of its own, with descriptors of its own."""

    def __init__(self):
        here, there = multiprocessing.Pipe()
        context = multiprocessing.get_context("fork")
        context.Process(target=lambda: asyncio.run(serve_quietly(there)), daemon=True).start()
        self.port = here.recv()


QUIET = Quiet()  # before any thread


class Hello(HttpHandler):
    def do_GET(self):
        self.answer(200, b"hello")

    def do_POST(self):
        self.answer(200, b"".join(self.body_pieces()))


HELLO = Origin(Hello)



def equal(left, right, what="values"):
    if left != right:
        raise AssertionError(f"{what} differ: {str(left)[:300]} and {str(right)[:300]}")


def gateway(**more):
    return Gateway(names={NAME: "127.0.2.1"}, ports=[HELLO.port, QUIET.port], **more)


def rooms(count):
    """Addresses that share the crowd, so that no port runs out."""
    return [f"127.0.{20 + number // 200}.{number % 200 + 1}" for number in range(count)]


def dial(gate, room):
    return socket.create_connection(("127.0.0.1", gate.proxy_port), 20, source_address=(room, 0))


def resident(gate):
    """Bytes"""
    text = pathlib.Path(f"/proc/{gate.process.pid}/status").read_text()
    return 1024 * int(next(line for line in text.splitlines() if line.startswith("VmRSS")).split()[1])


def times_of(gate, count=100):
    """Seconds of some good requests, each on a new connection, from the quickest to the slowest."""
    times = []
    for _ in range(count):
        begun = time.monotonic()
        with Wire(gate) as wire:
            equal(wire.get(f"http://{NAME}:{HELLO.port}/").answer().status, 200)
        times.append(time.monotonic() - begun)
    return sorted(times)


def slowest_of(gate, count=100):
    return times_of(gate, count)[-1]


def told(times):
    return f"{1000 * statistics.median(times):.1f} ms, the slowest {1000 * times[-1]:.1f} ms"


def crowd_for(gate):
    """As many as are wanted, or as the gateway takes and leaves places for good clients."""
    few = re.search(r"descriptors.few limit=(\d+) .*connections=(\d+)", gate.log_path.read_text())
    if not few or int(few[2]) - 100 >= CROWD:
        return CROWD
    print(f"     {CROWD} were wanted; with a hard limit of {few[1]} descriptors the gateway takes {few[2]} connections, so {int(few[2]) - 100} come")
    return int(few[2]) - 100


def crowd_of(gate, count, bytes_of):
    """Connections that each sent `bytes_of(number)` and no more."""
    places = rooms(20)
    crowd = []
    for number in range(count):
        crowd.append(dial(gate, places[number % len(places)]))
        crowd[-1].sendall(bytes_of(number))
    return crowd


def close_all(crowd):
    for each in crowd:
        each.close()


def slow_begin(number):
    """Heads and bodies that stop in the middle, and some that have not begun."""
    return (b"", b"GET http://www.sch", f"GET http://{NAME}/ HTTP/1.1\r\nHost: {NAME}\r\nX-".encode(),
            f"POST http://{NAME}:{HELLO.port}/ HTTP/1.1\r\nHost: {NAME}:{HELLO.port}\r\nContent-Length: 1000\r\n\r\nabc".encode())[number % 4]


def slow_clients_leave_room_for_good_ones():
    patience = 8 + CROWD // 400  # seconds: all have to be there before the first are let go
    with gateway(settings={"deadlines": f'request_head = "{patience}s"\nbody_idle = "{patience}s"\nkeep_alive = "{patience}s"'}) as gate:
        times_of(gate)
        calm, before, count = times_of(gate), resident(gate), crowd_for(gate)
        begun = time.monotonic()
        crowd = crowd_of(gate, count, slow_begin)
        wait_until(lambda: gate.status()["connections_open"] >= count * 3 // 4, what="the crowd")
        came = time.monotonic() - begun
        crowded, held = times_of(gate), resident(gate) - before
        assert crowded[-1] < max(1.0, 20 * calm[-1]), f"a good request took {crowded[-1]:.3f} s in the crowd, {calm[-1]:.3f} s before"
        assert held < count * BYTES_A_CONNECTION + 8_000_000, f"{held} bytes for {count} slow clients"
        wait_until(lambda: gate.status()["connections_open"] <= 2, patience + 60, "the end of the slow clients at their deadlines")
        equal(gate.status()["connections_refused"], 0, "refusals")
        close_all(crowd)
        print(f"     {count} slow clients within {came:.0f} s: a good request {told(calm)} before, {told(crowded)} among them; {held // count} bytes each")


def open_tunnels(gate, count):
    tunnels = []
    for number in range(count):
        tunnels.append(dial(gate, ("127.0.1.20", "127.0.1.21")[number % 2]))
        tunnels[-1].sendall(f"CONNECT {NAME}:{QUIET.port} HTTP/1.1\r\nHost: {NAME}:{QUIET.port}\r\n\r\n".encode())
    for connection in tunnels:
        answer = b""
        while b"\r\n\r\n" not in answer:
            answer += connection.recv(4096)
        assert b" 200 " in answer.split(b"\r\n")[0], answer
        connection.sendall(b"SSH-2.0-x\r\n")
    for connection in tunnels:
        equal(connection.recv(100), b"SSH-2.0-x\r\n")
    return tunnels


def idle_tunnels_cost_little():
    with gateway() as gate:
        times_of(gate)
        calm, before, count = times_of(gate), resident(gate), crowd_for(gate)
        tunnels = open_tunnels(gate, count)
        equal(gate.status()["tunnels_open"], count)
        held, crowded = resident(gate) - before, times_of(gate)
        assert crowded[-1] < max(1.0, 20 * calm[-1]), f"a good request took {crowded[-1]:.3f} s beside the tunnels, {calm[-1]:.3f} s before"
        assert held < count * BYTES_A_CONNECTION + 8_000_000, f"{held} bytes for {count} idle tunnels"
        for connection in tunnels[::100]:
            connection.sendall(b"still here")
            equal(connection.recv(100), b"still here")
        close_all(tunnels)
        wait_until(lambda: gate.status()["tunnels_open"] == 0, what="the end of the tunnels")
        print(f"     {count} idle tunnels: {held // count} bytes each; a good request {told(calm)} before, {told(crowded)} beside them")


def a_crowd_beyond_the_limit_makes_room_for_good_clients():
    with gateway(settings={"limits": "connections = 60"}) as gate:
        crowd = [dial(gate, room) for room in rooms(200)]
        wait_until(lambda: gate.status()["connections"] + gate.status()["connections_refused"] >= 200, what="the crowd")
        assert gate.status()["connections_open"] <= 60, "more are open than the limit"
        slowest_of(gate, 20)
        close_all(crowd)
        wait_until(lambda: gate.status()["connections_open"] <= 1, what="an empty gateway")
        slowest_of(gate, 10)


def one_client_cannot_take_all_places():
    with gateway() as gate:
        toml = gate.config / "gatehouse.toml"
        gate.stop()
        toml.write_text(toml.read_text().replace("connections_per_client = 20000", "connections_per_client = 30"))
        gate.start()
        greedy = [dial(gate, "127.0.1.10") for _ in range(200)]
        wait_until(lambda: gate.status()["connections_refused"] >= 100, what="refusals")
        slowest_of(gate, 10)  # from another address
        close_all(greedy)


def a_flood_of_pipelined_requests_is_bounded():
    with gateway() as gate:
        slowest_of(gate)
        before = resident(gate)
        with Wire(gate) as flood:
            request = f"GET http://{NAME}:{HELLO.port}/ HTTP/1.1\r\nHost: {NAME}:{HELLO.port}\r\n\r\n".encode() * 500
            flood.socket.settimeout(3)
            sent = 0
            with contextlib.suppress(TimeoutError, ConnectionError):  # the gateway stops reading once nobody takes its answers
                while sent < 60_000_000:
                    sent += flood.socket.send(request)
            assert sent < 60_000_000, "the gateway read without end although nobody takes its answers"
            slowest = slowest_of(gate, 20)
            assert slowest < 3.0, f"a good request took {slowest:.1f} s beside the flood"
            held = resident(gate) - before
        assert held < 12_000_000, f"the flood cost {held} bytes"


SUITE.run(slow_clients_leave_room_for_good_ones, idle_tunnels_cost_little, a_crowd_beyond_the_limit_makes_room_for_good_clients,
          one_client_cannot_take_all_places, a_flood_of_pipelined_requests_is_bounded)
SUITE.close()
