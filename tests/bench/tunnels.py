"""The cost of looking at a ClientHello: tunnels of our own whose first bytes are one, and the same tunnels with one byte changed, so that
they are no TLS and relayed as they are. The far end answers anything alike. What is compared is the gateway's CPU time a tunnel."""
import asyncio, ssl, threading, time

ANSWER = b"a" * 1024
FAR_END = ("127.0.0.1", 9443)
NAME = "localhost"  # a tunnel to a bare address would go on to wherever the name in its hello leads


def client_hello():
    out = ssl.MemoryBIO()
    context = ssl.create_default_context()
    session = context.wrap_bio(ssl.MemoryBIO(), out, server_hostname=NAME)
    try:
        session.do_handshake()
    except ssl.SSLWantReadError:
        pass
    return out.read()


HELLO = client_hello()
NO_HELLO = b"\x17" + HELLO[1:]


async def answer(reader, writer):
    try:
        await reader.readexactly(len(HELLO))
        writer.write(ANSWER)
        await writer.drain()
    except (OSError, asyncio.IncompleteReadError):
        pass
    writer.close()


class FarEnd:
    """A server on a thread of its own. A context manager."""

    def __enter__(self):
        self.loop = asyncio.new_event_loop()
        self.thread = threading.Thread(target=self.loop.run_forever, daemon=True)
        self.thread.start()
        self.server = asyncio.run_coroutine_threadsafe(asyncio.start_server(answer, *FAR_END, backlog=1024), self.loop).result()
        return self

    def __exit__(self, *_):
        self.loop.call_soon_threadsafe(self.server.close)
        self.loop.call_soon_threadsafe(self.loop.stop)
        self.thread.join()


async def one_tunnel(port, first_bytes):
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    try:
        authority = f"{NAME}:{FAR_END[1]}"
        writer.write(f"CONNECT {authority} HTTP/1.1\r\nHost: {authority}\r\n\r\n".encode())
        head = await reader.readuntil(b"\r\n\r\n")
        if b" 200" not in head.split(b"\r\n", 1)[0]:
            return False
        writer.write(first_bytes)
        return await reader.readexactly(len(ANSWER)) == ANSWER
    finally:
        writer.close()


def run(gateway, port, first_bytes, seconds):
    """CPU microseconds of the gateway a tunnel, and how many failed."""
    good = bad = 0

    async def worker(end):
        nonlocal good, bad
        while time.monotonic() < end:
            try:
                if await asyncio.wait_for(one_tunnel(port, first_bytes), 10):
                    good += 1
                else:
                    bad += 1
            except (OSError, asyncio.IncompleteReadError, asyncio.TimeoutError):
                bad += 1

    async def all_workers():
        end = time.monotonic() + seconds
        await asyncio.gather(*(worker(end) for _ in range(16)))

    before = gateway.cpu_seconds()
    asyncio.run(all_workers())
    return 1e6 * (gateway.cpu_seconds() - before) / max(good, 1), bad
