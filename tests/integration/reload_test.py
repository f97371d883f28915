#!/usr/bin/env python3
"""Publications and hand-overs under load: no request fails, no tunnel that is still allowed is cut, memory comes back to its level.

GATEHOUSE_RELOADS (100) publications while at least GATEHOUSE_REQUESTS (20000) requests are answered; the long run: 1000000 requests.
"""
import asyncio
import contextlib
import os
import pathlib
import socketserver
import sys
import time

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "support"))
from gateway import COMMAND, Gateway, Suite  # noqa: E402
from origin import Origin, Wire  # noqa: E402

RELOADS = int(os.environ.get("GATEHOUSE_RELOADS", "100"))
REQUESTS = int(os.environ.get("GATEHOUSE_REQUESTS", "20000"))
CLIENTS, AT_ONCE = 40, 10  # connections; requests that each has under way (pipelined)
SUITE = Suite()
NAME = "www.school.example"


class Echo(socketserver.BaseRequestHandler):
    def handle(self):
        with contextlib.suppress(OSError):
            while data := self.request.recv(65536):
                self.request.sendall(data)


TUNNELS = Origin(Echo)


def equal(left, right, what="values"):
    if left != right:
        raise AssertionError(f"{what} differ: {str(left)[:300]} and {str(right)[:300]}")


class Answering(asyncio.Protocol):
    """An origin that says "hello" for every head."""
    answer = b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello"

    def connection_made(self, transport):
        self.transport, self.rest = transport, b""

    def data_received(self, data):
        *heads, self.rest = (self.rest + data).split(b"\r\n\r\n")
        self.transport.write(self.answer * len(heads))


class Load:
    def __init__(self, gate, port):
        self.gate, self.answered, self.wrong, self.done = gate, 0, [], False
        allowed = f"GET http://{NAME}:{port}/ HTTP/1.1\r\nHost: {NAME}:{port}\r\n\r\n".encode()
        blocked = b"GET http://www.instagram.com/ HTTP/1.1\r\nHost: www.instagram.com\r\n\r\n"
        self.batch = allowed * (AT_ONCE - 1) + blocked
        self.expected = [200] * (AT_ONCE - 1) + [403]

    async def client(self):
        try:
            reader, writer = await asyncio.open_connection("127.0.0.1", self.gate.proxy_port, local_addr=("127.0.1.10", 0))
            while not self.done:
                writer.write(self.batch)
                for status in self.expected:
                    head = await reader.readuntil(b"\r\n\r\n")
                    size = int(next(line.split(b":")[1] for line in head.lower().split(b"\r\n") if line.startswith(b"content-length")))
                    body = await reader.readexactly(size)
                    if int(head[9:12]) != status or (status == 200 and body != b"hello"):
                        self.wrong.append((status, head[:60], body[:60]))
                        return
                    self.answered += 1
            writer.close()
        except (OSError, EOFError, ValueError, StopIteration) as error:
            self.wrong.append(repr(error))

    async def until(self, answered):
        while self.answered < answered and not self.wrong:
            await asyncio.sleep(0.01)


async def publish(gate):
    process = await asyncio.create_subprocess_exec(COMMAND, "reload", "--config", gate.config, env=gate.environment,
                                                   stdout=asyncio.subprocess.DEVNULL, stderr=asyncio.subprocess.PIPE)
    _, error = await process.communicate()
    return process.returncode, error


def resident(gate):
    """KiB"""
    text = pathlib.Path(f"/proc/{gate.process.pid}/status").read_text()
    return int(next(line for line in text.splitlines() if line.startswith("VmRSS")).split()[1])


async def under_load():
    server = await asyncio.get_running_loop().create_server(Answering, "127.0.2.1", 0, backlog=512)
    port = server.sockets[0].getsockname()[1]
    # A small ring, so that its pages are all in memory before the first measurement; no day files, whose cache fills by 16 MB meanwhile.
    log = 'ring = "256KiB"\nsinks = ["squid", "ecs"]'
    with Gateway(names={NAME: "127.0.2.1"}, ports=[port, TUNNELS.port], settings={"log": log}) as gate, Wire(gate) as tunnel:
        equal(tunnel.connect(f"{NAME}:{TUNNELS.port}").status, 200)
        equal(tunnel.send(b"SSH-2.0-x\r\n").take(11), b"SSH-2.0-x\r\n")
        load = Load(gate, port)
        clients = [asyncio.create_task(load.client()) for _ in range(CLIENTS)]
        await load.until(REQUESTS // 5)
        for _ in range(RELOADS // 10):  # memory of the first publications is kept for the next
            equal(await publish(gate), (0, b""), "a publication")
        before, begun, counted = resident(gate), time.monotonic(), load.answered
        for number in range(RELOADS):
            equal(await publish(gate), (0, b""), "a publication")
            await load.until(counted + (number + 1) * (REQUESTS - counted) // RELOADS)
        took, answered, after = time.monotonic() - begun, load.answered - counted, resident(gate)
        load.done = True
        await asyncio.gather(*clients)
        server.close()
        assert not load.wrong, f"{len(load.wrong)} wrong, such as {load.wrong[:3]}"
        equal(tunnel.send(b"still here").take(10), b"still here", "the open tunnel")
        status = gate.status()
        equal(int(status["policy_version"]), 1 + RELOADS // 10 + RELOADS)
        equal((status["tunnels_ended_by_policy"], status["upstream_failures"]), (0, 0))
        print(f"     {RELOADS} publications, {answered} requests meanwhile ({answered / took:.0f} a second), none failed; "
              f"memory {before} KiB before, {after} KiB after")
        # Measured: 0.4 MB more after a million requests, 15 MB with ThreadSanitizer's own. A policy that is kept is 0.8 MB: a hundred, 77 MB.
        assert after < before * 1.1 + 8192, f"memory grew from {before} to {after} KiB"


def publications_disturb_no_request_and_keep_no_memory():
    asyncio.run(under_load())


SUITE.run(publications_disturb_no_request_and_keep_no_memory)
SUITE.close()
