"""The world behind the gateway, in one process: a name server that can fall silent, a plain origin and a TLS origin."""
import asyncio
import contextlib
import socket
import struct

ADDRESS = "127.0.2.1"
TTL = 20  # seconds: names have to be asked again all the time


class NameServer(asyncio.DatagramProtocol):
    """Answers every A question with the origins' address, every other one with nothing, and none at all while it is silent."""

    def __init__(self):
        self.silent = False
        self.questions = 0

    def connection_made(self, transport):
        self.transport = transport
        self.port = transport.get_extra_info("sockname")[1]

    def datagram_received(self, data, peer):
        self.questions += 1
        if self.silent or len(data) < 17:
            return
        end = data.index(b"\0", 12) + 5
        kind = struct.unpack("!H", data[end - 4:end - 2])[0]
        answers = b""
        if kind == 1:
            answers = b"\xc0\x0c" + struct.pack("!HHIH", 1, 1, TTL, 4) + socket.inet_aton(ADDRESS)
        self.transport.sendto(data[:2] + struct.pack("!HHHHH", 0x8180, 1, 1 if answers else 0, 0, 0) + data[12:end] + answers, peer)


async def serve_plain(reader, writer):
    """GET /bytes/N gives N bytes, a POST gives its body back; the path comes back in a field, so that a wrong answer shows."""
    with contextlib.suppress(asyncio.IncompleteReadError, asyncio.LimitOverrunError, asyncio.CancelledError, ConnectionError, ValueError,
                             IndexError):
        while True:
            head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1")
            method, path, _ = head.split(" ", 2)
            size = next((int(line.split(":")[1]) for line in head.split("\r\n") if line.lower().startswith("content-length:")), 0)
            body = await reader.readexactly(size)
            if method == "GET":
                body = b"x" * int(path.split("/")[2])
            writer.write(f"HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nX-Path: {path}\r\nContent-Length: {len(body)}\r\n\r\n".encode() + body)
            await writer.drain()
    writer.close()


async def echo(reader, writer):
    with contextlib.suppress(asyncio.CancelledError, OSError):
        while data := await reader.read(65536):
            writer.write(data)
            await writer.drain()
    writer.close()


class Network:
    async def start(self, tls):
        _, self.names = await asyncio.get_running_loop().create_datagram_endpoint(NameServer, local_addr=("127.0.0.1", 0))
        self.plain = await asyncio.start_server(serve_plain, ADDRESS, 0, backlog=1024)
        self.secure = await asyncio.start_server(echo, ADDRESS, 0, ssl=tls, backlog=1024)
        self.plain_port, self.secure_port = (server.sockets[0].getsockname()[1] for server in (self.plain, self.secure))
        return self
