"""Who uses the gateway in the soak: browsing with kept connections, tunnels, blocked sites, and one visit in twenty hostile.

Every visit knows what the right answer is; what is not right is counted by kind with an example.
"""
import asyncio
import collections
import contextlib
import pathlib
import ssl
import sys
import time

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "integration"))
from hostile_cases import CASES  # noqa: E402

ROOMS = ("127.0.1.20", "127.0.1.21", "127.0.1.10", "127.0.1.11")
PUPIL = "127.0.1.10"
PATIENCE = 20.0  # seconds until an answer that does not come is a failure
SITES = 400  # names of the browsing mix
AFTER_OUTAGE = 10.0  # seconds in which "no such name" may still be remembered


class Wrong(Exception):
    """The gateway did not do what is right."""


class Visitors:
    def __init__(self, gate, network, random, certificate):
        self.gate, self.network, self.random = gate, network, random
        self.visits, self.errors, self.examples = collections.Counter(), collections.Counter(), {}
        self.names_fail_until = 0.0
        self.trust = ssl.create_default_context(cafile=certificate)
        self.blind = ssl.create_default_context()
        self.blind.check_hostname, self.blind.verify_mode = False, ssl.CERT_NONE
        self.kinds = [(58, self.browse), (6, self.post), (13, self.tunnel), (10, self.blocked), (4, self.blocked_tunnel), (3, self.leave_early),
                      (1, self.portal), (5, self.hostile)]
        self.kept = []  # connections of the browsing mix, used again
        self.cases = [case for case in CASES if len(case.data) < 100_000]

    def may_fail(self):
        return self.network.names.silent or time.monotonic() < self.names_fail_until

    def site(self):
        # A few names get most of the visits, as everywhere.
        return f"www{int(self.random.paretovariate(0.7)) % SITES}.school.example"

    async def one(self):
        """One visit, counted; never raises."""
        kind = self.random.choices([kind for _, kind in self.kinds], [weight for weight, _ in self.kinds])[0]
        name = kind.__name__
        self.visits[name] += 1
        may_fail = self.may_fail()
        try:
            await asyncio.wait_for(kind(), PATIENCE)
        except (Wrong, OSError, EOFError, asyncio.TimeoutError, ValueError, IndexError) as error:
            if may_fail or self.may_fail():
                self.visits["failed without names"] += 1
                return
            self.errors[name] += 1
            self.examples.setdefault(name, f"{time.strftime('%H:%M:%S')} {error!r}")

    async def dial(self, room=None, port=None):
        return await asyncio.open_connection("127.0.0.1", port or self.gate.proxy_port,
                                             local_addr=(room or self.random.choice(ROOMS[:2]), 0))

    @staticmethod
    async def answer(reader):
        head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1")
        fields = dict(line.lower().split(": ", 1) for line in head.split("\r\n")[1:] if ": " in line)
        body = await reader.readexactly(int(fields.get("content-length", 0)))
        return int(head.split(" ")[1]), fields, body

    async def browse(self):
        fresh = not self.kept or self.random.random() < 0.1
        reader, writer = await self.dial() if fresh else self.kept.pop(self.random.randrange(len(self.kept)))
        try:
            for _ in range(self.random.randint(1, 4)):
                size = min(int(self.random.paretovariate(0.6) * 300), 2_000_000)
                site, path = self.site(), f"/bytes/{size}/{self.random.getrandbits(32)}"
                authority = f"{site}:{self.network.plain_port}"
                writer.write(f"GET http://{authority}{path} HTTP/1.1\r\nHost: {authority}\r\nUser-Agent: soak\r\n\r\n".encode())
                try:
                    status, fields, body = await self.answer(reader)
                except (ConnectionError, asyncio.IncompleteReadError):
                    if fresh:
                        raise
                    return  # a kept connection may be closed by the other side between requests (RFC 9112 section 9.5)
                fresh = True
                if (status, len(body), fields.get("x-path")) != (200, size, path):
                    raise Wrong(f"{status} {len(body)} of {size} {fields}")
            if len(self.kept) < 20:
                self.kept.append((reader, writer))
                writer = None
        finally:
            if writer:
                writer.close()

    async def post(self):
        reader, writer = await self.dial()
        with contextlib.closing(writer):
            authority = f"{self.site()}:{self.network.plain_port}"
            body = self.random.randbytes(self.random.randint(0, 60_000))
            writer.write(f"POST http://{authority}/form HTTP/1.1\r\nHost: {authority}\r\nContent-Length: {len(body)}\r\n\r\n".encode() + body)
            status, _, back = await self.answer(reader)
            if (status, back) != (200, body):
                raise Wrong(f"{status} {len(back)} of {len(body)}")

    async def open_tunnel(self, authority, room, context, name):
        reader, writer = await self.dial(room)
        try:
            writer.write(f"CONNECT {authority} HTTP/1.1\r\nHost: {authority}\r\n\r\n".encode())
            head = await reader.readuntil(b"\r\n\r\n")
            if b" 200 " not in head.split(b"\r\n")[0]:
                raise Wrong(head.split(b"\r\n")[0])
            await writer.start_tls(context, server_hostname=name)
        except BaseException:
            writer.close()
            raise
        return reader, writer

    async def tunnel(self):
        site = self.site()
        reader, writer = await self.open_tunnel(f"{site}:{self.network.secure_port}", self.random.choice(ROOMS[:2]), self.blind, site)
        with contextlib.closing(writer):
            await self.echo(reader, writer, self.random.randint(1, 60_000))

    async def echo(self, reader, writer, size):
        data = self.random.randbytes(size)
        writer.write(data)
        if await reader.readexactly(size) != data:
            raise Wrong("the tunnel changed bytes")

    async def blocked(self):
        reader, writer = await self.dial(PUPIL)
        with contextlib.closing(writer):
            writer.write(b"GET http://www.instagram.com/ HTTP/1.1\r\nHost: www.instagram.com\r\n\r\n")
            status, fields, body = await self.answer(reader)
            if status != 403 or b"<html" not in body or "gatehouse-decision" not in fields:
                raise Wrong(f"{status} {fields}")

    async def blocked_tunnel(self):
        reader, writer = await self.open_tunnel("www.instagram.com:443", PUPIL, self.trust, "www.instagram.com")
        with contextlib.closing(writer):
            writer.write(b"GET / HTTP/1.1\r\nHost: www.instagram.com\r\n\r\n")
            status, _, body = await self.answer(reader)
            if status != 403 or b"<html" not in body:
                raise Wrong(str(status))

    async def leave_early(self):
        """A client that goes in the middle of a long answer."""
        reader, writer = await self.dial()
        with contextlib.closing(writer):
            authority = f"{self.site()}:{self.network.plain_port}"
            writer.write(f"GET http://{authority}/bytes/3000000/0 HTTP/1.1\r\nHost: {authority}\r\n\r\n".encode())
            await reader.readexactly(self.random.randint(1, 200_000))

    async def portal(self):
        reader, writer = await self.dial(PUPIL, self.gate.portal_port)
        with contextlib.closing(writer):
            authority = f"127.0.0.1:{self.gate.portal_port}"
            writer.write(f"GET /proxy.pac HTTP/1.1\r\nHost: {authority}\r\nConnection: close\r\n\r\n".encode())
            status, _, _ = await self.answer(reader)
            if status != 200:
                raise Wrong(str(status))

    async def hostile(self):
        """What it is answered is the business of another suite; here it may do no harm to the next one."""
        case = self.random.choice(self.cases)
        data = case.data
        for mark, text in ((b"@ORIGIN@", f"www1.school.example:{self.network.plain_port}"), (b"@PORT@", str(self.network.plain_port)),
                           (b"@PROXY@", str(self.gate.proxy_port)), (b"@CONSOLE@", str(self.gate.console_port))):
            data = data.replace(mark, text.encode())
        reader, writer = await self.dial()
        with contextlib.closing(writer):
            with contextlib.suppress(ConnectionError, asyncio.TimeoutError):
                writer.write(data + case.later)
                await asyncio.wait_for(reader.read(65536), 1.0)
        await self.blocked()


class LongTunnels:
    """Tunnels that stay open from beginning to end; each says something now and then and must be heard."""

    def __init__(self, visitors, count):
        self.visitors, self.count, self.tunnels, self.lost = visitors, count, [], 0

    async def start(self):
        for number in range(self.count):
            site = f"long{number}.school.example"
            authority = f"{site}:{self.visitors.network.secure_port}"
            self.tunnels.append(await self.visitors.open_tunnel(authority, ROOMS[number % 2], self.visitors.blind, site))

    async def speak(self):
        for tunnel in list(self.tunnels):
            try:
                await asyncio.wait_for(self.visitors.echo(*tunnel, 100), PATIENCE)
            except (Wrong, OSError, EOFError, asyncio.TimeoutError):
                self.lost += 1
                self.tunnels.remove(tunnel)

    def close(self):
        for _, writer in self.tunnels:
            writer.close()
