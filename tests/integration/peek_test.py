#!/usr/bin/env python3
"""First bytes of tunnels that are split, bent or lie, catalogue 2.5: what a gateway that only looks must do with them.

usage: peek_test.py [--list] [text that the names of the cases must hold]
"""
import contextlib
import os
import pathlib
import socket
import struct
import sys
import threading

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "support"))
from hello import EARLY_DATA, ECH, GREASE, POST_QUANTUM, Hello  # noqa: E402
from hostile import ROOM, TRUSTING_ROOM, HostileSuite, Recorder, covers, cpu_seconds, descriptors, list_and_leave, settles, small_gateway  # noqa: E402
from origin import PATIENCE, Wire  # noqa: E402

WEB = "127.0.2.45"
ACK = b"origin has it"


class Sink:
    """Takes what a tunnel brings, keeps it, and says so when as much has come as the case wants."""

    def __init__(self):
        self.listener = socket.create_server((WEB, 443), backlog=1024)
        self.lock, self.taken, self.connections = threading.Lock(), [], 0
        threading.Thread(target=self.accept, daemon=True).start()

    def accept(self):
        while True:
            connection, _ = self.listener.accept()
            with self.lock:
                self.connections += 1
            threading.Thread(target=self.serve, args=(connection,), daemon=True).start()

    def serve(self, connection):
        parts = []
        with self.lock:
            self.taken.append(parts)
        with contextlib.suppress(OSError), connection:
            while data := connection.recv(1 << 18):
                parts.append(data)
                connection.sendall(b"." * len(data))

    def forget(self):
        with self.lock:
            self.taken = []

    def bytes(self):
        with self.lock:
            return b"".join(b"".join(parts) for parts in self.taken)


def tunnel(host="secure.example", room=ROOM):
    wire = Wire(GATE, room)
    status = wire.connect(f"{host}:443").status
    assert status == 200, f"CONNECT got {status}"
    return wire


def send_in_segments(wire, data, segments):
    size = max(1, len(data) // segments)
    with contextlib.suppress(ConnectionError):
        for at in range(0, len(data), size):
            wire.send(data[at:at + size])


def passes(data, host="secure.example", segments=1):
    """The origin gets exactly these bytes, and its answer comes back."""
    SINK.forget()
    with tunnel(host) as wire:
        send_in_segments(wire, data, segments)
        assert wire.take(len(data)) == b"." * len(data)
        assert SINK.bytes() == data, "the origin saw other bytes"


def closed(data, host="secure.example", half_close=False):
    """The tunnel ends and the origin has seen nothing."""
    with tunnel(host) as wire:
        with contextlib.suppress(ConnectionError):
            wire.send(data)
            if half_close:
                wire.socket.shutdown(socket.SHUT_WR)
        assert wire.is_closed(), f"{data[:40]!r} was carried"


def all_closed(variants, host="secure.example"):
    """Many at once, since some end by their deadline only."""
    SINK.forget()
    wrong = []

    def attempt(name, data):
        try:
            closed(data, host)
        except (AssertionError, OSError) as error:
            wrong.append(f"{name}: {error!r}")
    threads = [threading.Thread(target=attempt, args=variant) for variant in variants]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(PATIENCE)
    assert not wrong, wrong
    assert SINK.bytes() == b"", f"the origin saw {SINK.bytes()[:80]!r}"


def last_row(wanted):
    return GATE.wait_for_row(lambda row: row.get("url", {}).get("domain") and wanted(row))


@covers(149, "hello over 2, 10 and 100 segments")
def segments():
    for extensions in ((), (ECH,)):
        hello = Hello(extensions=extensions)
        for count in (2, 10, 100):
            passes(hello.data, segments=count)


@covers(149, "one byte in each record, one byte in each segment")
def tiny_records():
    hello = Hello(extensions=(ECH,))
    passes(hello.in_records(1))
    passes(hello.in_records(7), segments=10_000)


@covers(149, "hello beyond 64 KiB")
def too_large():
    passes(Hello(extensions=[(0x1234 + number, bytes(15_000)) for number in range(4)]).in_records(16_000))
    all_closed([("declares 100 kB", endless_hello())])


def endless_hello():
    """A handshake that declares 100 kB, in records that go on and on."""
    message = b"\x01" + (100_000).to_bytes(3, "big") + b"\x03\x03" + bytes(99_998)
    return b"".join(b"\x16\x03\x01" + len(message[at:at + 16_000]).to_bytes(2, "big") + message[at:at + 16_000] for at in range(0, len(message), 16_000))


@covers(149, "a hello that drips costs no more than its bytes")
def dripping_is_cheap():
    hello = Hello(extensions=[(0x1234, bytes(8000))])
    data = hello.in_records(1)
    before = cpu_seconds(GATE)
    passes(data, segments=len(data) // 4)
    used = cpu_seconds(GATE) - before
    # Each of the 12000 segments is a read of its own; looking at all of it again each time would be a hundred times that.
    assert used < 3, f"{used:.2f} s of processor time for {len(data)} bytes"


@covers(150, "GREASE, extensions of 16 KiB, post-quantum key share")
def big_and_odd():
    for extensions in (GREASE, [(0x1234, bytes(16_000))], [POST_QUANTUM], [*GREASE, POST_QUANTUM, ECH]):
        passes(Hello(extensions=extensions).data, segments=3)


@covers(151, "every length field wrong by one, zero and full")
def wrong_lengths():
    hello = Hello(extensions=GREASE)
    changes = {"one more": lambda value, top: value + 1, "one less": lambda value, top: value - 1, "zero": lambda value, top: 0, "full": lambda value, top: top}
    variants = []
    for offset, width, name in hello.lengths:
        for how, change in changes.items():
            data = hello.with_length(offset, width, change)
            if data is not None and not name.startswith("extension 6"):
                variants.append((f"{name} {how}", data))
    all_closed(variants)


@covers(151, "every byte of a hello replaced")
def bent_bytes():
    """Whatever comes of it, the origin sees all of it or nothing of it."""
    hello = Hello()
    SINK.forget()
    sent = [hello.data[:at] + bytes([value]) + hello.data[at + 1:] for at in range(0, len(hello.data), 2) for value in (0, 0xff)]

    def attempt(data):
        with contextlib.suppress(OSError), tunnel() as wire:
            wire.send(data).socket.shutdown(socket.SHUT_WR)
            wire.rest()
    for at in range(0, len(sent), 50):
        threads = [threading.Thread(target=attempt, args=(data,)) for data in sent[at:at + 50]]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(PATIENCE)
    with SINK.lock:
        seen = {b"".join(parts) for parts in SINK.taken} - {b""}
    assert seen <= set(sent), "the origin saw what nobody sent"


@covers(151, "hello cut off at every byte")
def cut_hello():
    hello = Hello()
    variants = [(f"cut at {at}", hello.data[:at]) for at in range(1, len(hello.data), 5)]
    all_closed(variants)


@covers(152, "server names that are none")
def bad_names():
    names = {"NUL": b"secure.example\0.blocked.example", "control byte": b"secure\x01.example", "space": b"secure .example", "line end": b"secure.example\r\nx",
             "address": b"127.0.2.45", "IPv6 address": b"::1", "another": b"other.example", "dot": b".", "two dots": b"secure..example",
             "long label": b"a" * 64 + b".example", "300 bytes": b"a." * 150, "raw UTF-8": "sécure.example".encode(), "star": b"*.example"}
    all_closed([(what, Hello(name).data) for what, name in names.items()])
    row = last_row(lambda row: row["event"]["action"] == "block" and row["url"]["domain"] == "secure.example")
    text = (GATE.state / "log" / "access.json").read_bytes() + (GATE.state / "log" / "access.log").read_bytes()
    assert b"\0" not in text and b"\x01" not in text and row["rule"]["id"] == "disguised", row["rule"]


@covers(152, "name of no length, of 65535 bytes, two names, a name of another kind")
def odd_lists():
    all_closed([("empty name", Hello(b"").data), ("two names", Hello(names=[(0, b"secure.example"), (0, b"blocked.example")]).data),
                ("two equal names", Hello(names=[(0, b"secure.example"), (0, b"secure.example")]).data),
                ("65535 bytes", Hello(names=[(0, b"a" * 65_000)]).in_records(16_000))])
    both = Hello(names=[(0, b"secure.example"), (7, b"blocked.example")])
    SINK.forget()
    with tunnel() as wire:
        with contextlib.suppress(ConnectionError):
            wire.send(both.data)
            wire.socket.shutdown(socket.SHUT_WR)
            wire.rest()
    assert SINK.bytes() in (b"", both.data)


@covers(152, "two server_name extensions")
def repeated_extension():
    name = b"blocked.example"
    extension = (len(name) + 3).to_bytes(2, "big") + b"\0" + len(name).to_bytes(2, "big") + name
    all_closed([("twice", Hello(extensions=[(0, extension)]).data)])


@covers(153, "mixed case and trailing dot of an open name")
def open_name_spelled():
    for name in (b"SECURE.Example", b"secure.example.", b"Secure.EXAMPLE."):
        passes(Hello(name).data)


@covers(153, "mixed case and trailing dot of a closed name")
def closed_name_spelled():
    for number, name in enumerate((b"blocked.example", b"BLOCKED.Example", b"blocked.example.", b"www.Blocked.Example.")):
        all_closed([(name.decode(), Hello(name).data)], host=f"open-{number}.example")
        row = last_row(lambda row, number=number: row["event"]["action"] == "block" and f"open-{number}.example" in str(row))
        assert row["rule"]["id"] in ("closed-site", "disguised"), row["rule"]


@covers(154, "what is no TLS on port 443")
def not_tls():
    openings = {"HTTP": b"GET / HTTP/1.1\r\nHost: secure.example\r\n\r\n", "SSH": b"SSH-2.0-OpenSSH_9.2\r\n", "SMTP": b"EHLO x\r\n",
                "SOCKS 5": b"\x05\x01\x00", "SOCKS 4": b"\x04\x01\x00\x50\x7f\0\0\x01x\0", "BitTorrent": b"\x13BitTorrent protocol" + bytes(48),
                "OpenVPN": b"\0\x0e\x38" + os.urandom(8) + bytes(5), "zeros": bytes(300), "noise": b"\x99" + os.urandom(299),
                "another proxy": b"CONNECT blocked.example:443 HTTP/1.1\r\nHost: blocked.example:443\r\n\r\n",
                "TLS alert": b"\x15\x03\x01\0\x02\x02\x28", "TLS data": b"\x17\x03\x03\0\x10" + bytes(16), "SSL 2": b"\x80\x2e\x01\0\x02\0\x15\0\0\0\x10" + bytes(40)}
    all_closed([(name, data) for name, data in openings.items()])
    row = last_row(lambda row: row["rule"]["id"] == "disguised" and row["event"]["action"] == "block")
    assert row["url"]["domain"] == "secure.example", row


@covers(154, "TLS to port 80, by tunnel and in plain")
def tls_on_80():
    with Wire(GATE) as wire:
        assert wire.connect("secure.example:80").status == 403
    for ends in (b"", b"\n", b"\r\n\r\n"):  # bytes as they may stand among the random ones
        with Wire(GATE) as wire:
            assert wire.send(Hello(extensions=[(0x1234, ends)]).data).is_closed()


@covers(154, "silence where TLS should begin")
def silence():
    all_closed([("nothing", b"")])
    row = last_row(lambda row: row["event"].get("reason") == "no-client-hello")
    assert row["url"]["domain"] == "secure.example"


@covers(156, "early data goes once and in order, and is never said again")
def early_data():
    hello = Hello(extensions=[EARLY_DATA])
    early = b"\x17\x03\x03" + (1200).to_bytes(2, "big") + os.urandom(1200)
    before = SINK.connections
    passes(hello.data + early * 10)
    assert SINK.connections == before + 1, "the tunnel was dialled again"


@covers(156, "a flood of small records behind the hello is carried as it is")
def small_records():
    update = b"\x17\x03\x03\0\x16" + os.urandom(22)  # what an encrypted KeyUpdate looks like from outside
    passes(Hello().data + update * 20_000)


@covers(157, "clients that leave behind their hello")
def leave_at_once():
    before = descriptors(GATE)
    minted = GATE.log_path.read_text(errors="replace").count("leaf")
    hello = Hello().data

    def leave(host, room, data, count):
        for _ in range(count):
            with contextlib.suppress(OSError):
                wire = Wire(GATE, room)
                wire.send(f"CONNECT {host}:443 HTTP/1.1\r\nHost: {host}:443\r\n\r\n")
                wire.send(data)
                wire.socket.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
                wire.socket.close()
    used = cpu_seconds(GATE)
    threads = [threading.Thread(target=leave, args=("secure.example", ROOM, hello, 250)) for _ in range(4)]
    threads += [threading.Thread(target=leave, args=("blocked.example", TRUSTING_ROOM, Hello(b"blocked.example").data, 250)) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(PATIENCE * 2)
    settles(GATE, before + 2)
    used = cpu_seconds(GATE) - used
    assert used < 20, f"{used:.1f} s of processor time for 2000 connections"
    assert GATE.log_path.read_text(errors="replace").count("leaf") == minted


CASES = (segments, tiny_records, too_large, dripping_is_cheap, big_and_odd, wrong_lengths, bent_bytes, cut_hello, bad_names, odd_lists, repeated_extension,
         open_name_spelled, closed_name_spelled, not_tls, tls_on_80, silence, early_data, small_records, leave_at_once)
list_and_leave(CASES)

SINK, RECORDER = Sink(), Recorder()
NAMES = {name: WEB for name in ("secure.example", "blocked.example", *(f"open-{number}.example" for number in range(4)))}
with small_gateway(RECORDER.port, names=NAMES, ca=True, settings={"deadlines": 'client_hello = "2s"\nrequest_head = "5s"'}) as GATE:
    SUITE = HostileSuite(GATE, RECORDER)
    for case in CASES:
        SUITE.play(case)
    SUITE.finish(GATE)
SUITE.close()
