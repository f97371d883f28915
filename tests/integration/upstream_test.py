#!/usr/bin/env python3
"""What origins may do to the gateway, catalogue 2.7: upstream_cases.py, and the cases that take two people or a long time.

usage: upstream_test.py [--list] [text that the names of the cases must hold]
"""
import contextlib
import pathlib
import socket
import struct
import sys
import threading

sys.path.insert(0, str(pathlib.Path(__file__).parent))
sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "support"))
from hostile import ORIGIN, HostileSuite, Recorder, covers, list_and_leave, reply, resident_kib, small_gateway  # noqa: E402
from origin import Wire  # noqa: E402
from upstream_cases import CASES, CUT  # noqa: E402

MEGABYTE = bytes(1 << 20)


def url(path):
    return f"http://{RECORDER.authority}{path}"


def ask(path, *fields, method="GET"):
    with Wire(GATE) as wire:
        return wire.get(url(path), *fields, method=method).answer(method)


def raw_answer(path, method="GET", fields=()):
    """Every byte that the client gets until the connection ends; it asks to close. And whether it ended by a reset."""
    with Wire(GATE) as wire:
        wire.get(url(path), "Connection: close" if not fields else fields[0], *fields[1:], method=method)
        data = b""
        try:
            while piece := wire.socket.recv(65536):
                data += piece
                if fields and b"\r\n\r\n" in data:
                    wire.socket.shutdown(socket.SHUT_WR)
        except ConnectionResetError:
            return data, True
        return data, False


def split(data, method):
    """Status, head and body of the last answer, strictly."""
    while True:
        head, found, rest = data.partition(b"\r\n\r\n")
        assert found and head.startswith(b"HTTP/1.1 "), f"no answer but {data[:100]!r}"
        status = int(head.split(b" ")[1])
        if status >= 200 or status == 101:
            break
        data = rest
    names = [line.split(b":")[0].lower() for line in head.split(b"\r\n")[1:]]
    framing = [name for name in names if name in (b"content-length", b"transfer-encoding")]
    assert len(framing) <= 1, f"two framings towards the client: {head!r}"
    if method == "HEAD" or status in (204, 304):
        assert rest == b"", f"bytes behind an answer without body: {rest[:80]!r}"
        return status, head, b""
    if b"transfer-encoding" in names:
        body = b""
        while size := int(rest[:rest.index(b"\r\n")], 16):
            at = rest.index(b"\r\n") + 2
            body, rest = body + rest[at:at + size], rest[at + size + 2:]
        assert rest == b"0\r\n\r\n", f"bytes behind the last chunk: {rest[:80]!r}"
        return status, head, body
    if b"content-length" in names:
        size = int(next(line.split(b":")[1] for line in head.split(b"\r\n") if line.lower().startswith(b"content-length")))
        assert len(rest) == size, f"{len(rest)} bytes of {size}"
    return status, head, rest


def send_case(case):
    def send(request, connection):
        with contextlib.suppress(OSError):
            connection.sendall(case.data)
        return not case.closes
    return send


def connection_of(path):
    return RECORDER.seen(path)[-1].connection


def check_case(case, number):
    path = f"/case-{number}"
    RECORDER.answer(path, send_case(case))
    data, was_reset = raw_answer(path, case.method, case.fields)
    assert not was_reset, "the client was reset"
    status, _, body = split(data, case.method)
    assert status in case.statuses, f"answered {status}, wanted {case.statuses}"
    if status == 200 and case.method == "GET":
        assert body == case.body, f"the body is {body[:80]!r}"
    for part in case.lacks:
        assert part not in data, f"the client got {part!r}"
    SUITE.check_clean()
    if not case.reuse:
        assert connection_of(f"/clean-{SUITE.count}") != connection_of(path), "the connection was used again"


def check_cut(case, number):
    """The head went out as 200: then the answer must end by a reset, or without its last chunk."""
    path = f"/cut-{number}"
    RECORDER.answer(path, send_case(case))
    data, was_reset = raw_answer(path)
    assert b"poison" not in data and not data.endswith(b"0\r\n\r\n"), data[-80:]
    if not was_reset:
        status = int(data.split(b" ")[1])
        assert status == 502, f"an answer that is not whole ended as if it were: {data[:120]!r}"


def make_case(check, case, number):
    def play():
        check(case, number)
    play.lines, play.title = [case.line], case.title
    return play


@covers(182, "head at one byte each tenth of a second")
def slow_head():
    def drip(request, connection):
        with contextlib.suppress(OSError):
            for byte in b"HTTP/1.1 200 OK\r\n" + b"X-Filler: aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa\r\n" * 20:
                connection.sendall(bytes([byte]))
                if PAUSE.wait(0.1):
                    break
    RECORDER.answer("/drip", drip)
    assert ask("/drip").status == 504


@covers(186, "answer that nobody asked for on a kept connection")
def unsolicited():
    sent = threading.Event()

    def poison_later(request, connection):
        reply(b"first")(request, connection)
        threading.Timer(0.05, lambda: (connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 6\r\n\r\npoison"), sent.set())).start()
        return True
    RECORDER.answer("/first", poison_later)
    assert ask("/first").body == b"first"
    assert sent.wait(20)
    assert ask("/second").body == b"/second"
    assert connection_of("/second") != connection_of("/first")


@covers(187, "answer before the body, then the end")
def early_answer():
    def refuse(request, connection):
        reply(b"too large", "Connection: close", status="413 Content Too Large")(request, connection)
        return False
    for framing, body in (("Content-Length: 67108864", MEGABYTE * 64), ("Transfer-Encoding: chunked", b"100000\r\n" + MEGABYTE + b"\r\n")):
        RECORDER.answer("/early", refuse)
        with Wire(GATE) as wire:
            wire.get(url("/early"), framing, method="POST")

            def upload(socket=wire.socket, data=body):
                with contextlib.suppress(OSError):
                    socket.sendall(data)
            sender = threading.Thread(target=upload)
            sender.start()
            answer = wire.answer("POST")
            assert (answer.status, answer.body) == (413, b"too large"), answer.status
            assert wire.is_closed(), "the rest of the body would be read as a request"
            sender.join()
        SUITE.check_clean()
        assert connection_of(f"/clean-{SUITE.count}") != connection_of("/early")


@covers(187, "answer before the body on a connection that stays")
def early_answer_stays():
    RECORDER.answer("/stays", reply(b"enough", status="403 Forbidden"))
    with Wire(GATE) as wire:
        wire.get(url("/stays"), "Content-Length: 10", method="POST")
        wire.send(b"01234")
        assert wire.answer("POST").status == 403
    SUITE.check_clean()
    assert connection_of(f"/clean-{SUITE.count}") != connection_of("/stays")


def challenge(request, connection):
    if request.field(b"Authorization"):
        return reply(b"secret of A", "Set-Cookie: session=A")(request, connection)
    return reply(b"who?", "WWW-Authenticate: NTLM", "WWW-Authenticate: Negotiate", status="401 Unauthorized")(request, connection)


@covers(188, "connection that carries a person is not another person's")
def authenticated_connection():
    for scheme in ("NTLM TlRMTVNTUAABAAAA", "Negotiate YII=", "Basic eDp5"):
        RECORDER.answer("/mail", challenge)
        with Wire(GATE) as first:
            assert first.get(url("/mail")).answer().status == 401
            assert first.get(url("/mail"), f"Authorization: {scheme}").answer().body == b"secret of A"
            carried = connection_of("/mail")
            with Wire(GATE, "127.0.1.21") as second:
                answer = second.get(url("/other")).answer()
                assert (answer.status, answer.body) == (200, b"/other")
            assert connection_of("/other") != carried, "B was given the connection of A"
            first.get(url("/mail"), f"Authorization: {scheme}").answer()


@covers(189, "cookies and challenges of one person reach nobody else")
def cookies_stay():
    RECORDER.answer("/shop", reply(b"of A", "Set-Cookie: basket=A", "Cache-Control: public, max-age=600"))
    with Wire(GATE) as first, Wire(GATE, "127.0.1.21") as second:
        assert first.get(url("/shop"), "Cookie: id=A").answer().field("set-cookie") == "basket=A"
        RECORDER.answer("/shop", reply(b"of B"))
        answer = second.get(url("/shop")).answer()
        assert answer.body == b"of B" and answer.field("set-cookie") is None and answer.field("www-authenticate") is None
    head = RECORDER.seen("/shop")[-1].head
    assert b"id=A" not in head and b"Cookie" not in head, head


@covers(191, "body without known length stays out of memory")
def endless_body():
    size = 256
    started = threading.Event()

    def flood(request, connection):
        connection.sendall(b"HTTP/1.1 200 OK\r\n\r\n")
        started.set()
        for _ in range(size):
            connection.sendall(MEGABYTE)
        return False
    RECORDER.answer("/flood", flood)
    with Wire(GATE) as wire:
        wire.get(url("/flood"), version="1.0")
        wire.head()
        before, most, got = resident_kib(GATE), 0, len(wire.buffer)
        while piece := wire.socket.recv(1 << 20):
            got += len(piece)
            if got % 64 == 0:
                most = max(most, resident_kib(GATE))
        most = max(most, resident_kib(GATE))
    assert got == size << 20, got
    assert most - before < 4096, f"memory grew by {most - before} KiB"


@covers(195, "redirection to the console or inside is passed on and refused when followed")
def redirected_inside():
    for number, (place, statuses) in enumerate(((f"http://127.0.0.1:{GATE.console_port}/", (403, 508)), ("http://169.254.169.254/latest/", (403,)),
                                                ("http://10.0.0.1/", (403,)))):
        RECORDER.answer(f"/go-{number}", reply(b"", f"Location: {place}", status="302 Found"))
        answer = ask(f"/go-{number}")
        assert (answer.status, answer.field("location")) == (302, place)
        with Wire(GATE) as wire:
            assert wire.get(answer.field("location")).answer().status in statuses, place


@covers(196, "line ends in a URL end no line of ours")
def reflected_line_ends():
    for place in ("http://blocked.example/%0d%0aSet-Cookie:%20a=b%0d%0a%0d%0a%3Cscript%3E", "http://nowhere.example/%0d%0aSet-Cookie:%20a=b"):
        with Wire(GATE) as wire:
            status, fields = wire.get(place, "Connection: close").head()
            assert status in (403, 502, 504) and "set-cookie" not in dict(fields), fields
            assert b"<script" not in wire.rest()
    for path in ("/%0d%0aSet-Cookie:%20a=b", "/request?url=%0d%0aSet-Cookie:%20a=b", "//blocked.example/%0d%0aX:y"):
        with Wire(GATE, port=GATE.portal_port) as wire:
            wire.send(f"GET {path} HTTP/1.1\r\nHost: 127.0.0.1:{GATE.portal_port}\r\nConnection: close\r\n\r\n")
            _, fields = wire.head()
            assert "set-cookie" not in dict(fields) and "x" not in dict(fields), fields


@covers(213, "origin that resets at every point of an exchange")
def resets():
    def reset(request, connection):
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    parts = (b"", b"HTTP/1.1 200 OK\r\n", b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\n", b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhe")
    for number, part in enumerate(parts):
        RECORDER.answer(f"/reset-{number}", lambda request, connection, part=part: connection.sendall(part) or reset(request, connection))
        data, was_reset = raw_answer(f"/reset-{number}")
        assert was_reset or data.startswith(b"HTTP/1.1 502 "), data[:80]


ALONE = (slow_head, unsolicited, early_answer, early_answer_stays, authenticated_connection, cookies_stay, endless_body, redirected_inside,
         reflected_line_ends, resets)
PLAYED = [make_case(check_case, case, number) for number, case in enumerate(CASES)]
PLAYED += [make_case(check_cut, case, number) for number, case in enumerate(CUT)]
list_and_leave([*PLAYED, *ALONE])

PAUSE = threading.Event()  # never set before the end: a wait on it is a pause that the end cuts short
RECORDER = Recorder()
with small_gateway(RECORDER.port, settings={"deadlines": 'response_head = "2s"\nbody_idle = "5s"\nresolve = "1s"'}) as GATE:
    SUITE = HostileSuite(GATE, RECORDER)
    for played in (*PLAYED, *ALONE):
        SUITE.play(played)
    PAUSE.set()
    SUITE.finish(GATE)
SUITE.close()
