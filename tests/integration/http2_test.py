#!/usr/bin/python3
"""HTTP/2 inside tunnels that are looked into: the same on both sides, each request decided anew, and hostile frames of either side harm nobody.

usage: http2_test.py [--list] [text that the names of the cases must hold]
"""
import base64
import concurrent.futures
import contextlib
import hashlib
import os
import pathlib
import shutil
import struct
import sys
import tempfile
import threading

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "support"))
import grpc  # noqa: E402
import h2.events  # noqa: E402
from certificates import Issuer, context_of  # noqa: E402
from gateway import wait_until  # noqa: E402
from hostile import SMALL_POLICY, TRUSTING_ROOM, HostileSuite, Recorder, covers, list_and_leave, resident_kib, small_gateway  # noqa: E402
from http2 import Client, Http2Handler, Http2Origin  # noqa: E402
from origin import HttpHandler, Origin, Wire  # noqa: E402

GUID = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11"
LARGE = os.urandom(1 << 20) * 8
HEARD = []  # every request that an HTTP/2 origin read whole
TALKED = []  # the paths that an origin of HTTP/1.1 was asked for
GATE_OPEN = threading.Event()  # what /events waits for
REFUSED = set()
MOST_STREAMS = 150  # of one client
POURED = []  # streams on which an origin has sent all its crumbs


@contextlib.contextmanager
def gate_closed():
    """Until somebody opens it, or the end: whatever fails, no origin shall wait for it behind that."""
    GATE_OPEN.clear()
    try:
        yield
    finally:
        GATE_OPEN.set()


def serve(request):
    HEARD.append(request)
    path = request.path
    if path == "/large":
        request.answer(LARGE)
    elif path == "/unknown-length":
        request.head(200, ("content-type", "application/octet-stream"))
        request.end.send_body(request.stream, LARGE[:300_000])
    elif path == "/empty":
        request.head(204, end=True)
    elif path == "/unchanged":
        request.head(304, ("etag", '"a"'), end=True)
    elif path == "/interim":
        request.head(103, ("link", "</a.css>; rel=preload"))
        request.answer(b"after", ("alt-svc", 'h3=":443"'))
    elif path == "/trailers":
        request.head(200, ("content-type", "application/octet-stream"))
        request.end.send_body(request.stream, b"body", end=False)
        request.trailers(("checksum", "abc"), ("set-cookie", "stolen=1"), ("content-type", "text/html"))
    elif path == "/events":
        request.head(200, ("content-type", "text/event-stream"))
        request.end.send_body(request.stream, b"data: one\n\n", end=False)
        GATE_OPEN.wait(30)
        request.end.send_body(request.stream, b"data: two\n\n")
    elif path == "/crumbs":
        pour_crumbs(request)
    elif path.startswith("/bad/"):
        answer_badly(request)
    else:
        request.answer(f"{request.method} {request.host}{path} {len(request.body)} {hashlib.sha256(request.body).hexdigest()}".encode())


def pour_crumbs(request):
    """Nearly a wide window, each byte in a frame of its own."""
    end = request.end
    request.head(200, ("content-type", "application/octet-stream"))
    wait_until(lambda: granted(request) > 400_000, what="a wide window")
    frame = struct.pack(">IBIB", 1 << 8, 0, request.stream, ord("x"))  # length and type, flags, stream, and the byte
    with end.changed:
        end.socket.sendall(frame * 400_000)
    POURED.append(request.stream)


def answer_badly(request):
    end, stream, what = request.end, request.stream, request.path.removeprefix("/bad/")
    if what == "cut":
        request.head(200, ("content-length", "100000"))
        end.send_body(stream, b"x" * 1000, end=False)
        end.state.reset_stream(stream, 2)
    elif what == "cut-unknown":
        request.head(200, ("content-type", "application/octet-stream"))
        end.send_body(stream, b"x" * 1000, end=False)
        end.state.reset_stream(stream, 2)
    elif what == "short":
        request.head(200, ("content-length", "5000"))
        end.send_body(stream, b"x" * 1000)
    elif what == "long":
        request.head(200, ("content-length", "10"))
        end.send_body(stream, b"x" * 1000)
    elif what == "no-status":
        end.state.send_headers(stream, [("x-odd", "1")])
    elif what == "switch":
        request.head(101, ("upgrade", "websocket"))
    elif what == "connection-field":
        request.head(200, ("connection", "close"), ("content-length", "0"), end=True)
    elif what == "line-end":
        request.head(200, ("x-odd", "a\r\nset-cookie: stolen=1"), end=True)
    elif what == "upper-case":
        request.head(200, ("X-Odd", "1"), end=True)
    elif what == "huge-head":
        request.head(200, *[(f"x-{number}", "v" * 4000) for number in range(30)], end=True)
    elif what == "interim-flood":
        for _ in range(40):
            request.head(103)
        request.answer(b"late")
    elif what == "refused-once" and not (request.path in REFUSED):
        REFUSED.add(request.path)
        end.state.reset_stream(stream, 7)
    elif what == "goodbye" and not (request.path in REFUSED):
        REFUSED.add(request.path)
        end.state.close_connection(0, last_stream_id=0)
        end.flush()
        end.socket.close()
        raise EOFError
    elif what == "push":
        end.socket.sendall(frame(5, 4, stream, b"\0\0\0\2" + GET))
        request.answer(b"pushed")
    else:
        request.answer(b"second try")
    end.flush()


class Talker(HttpHandler):
    """An origin of HTTP/1.1 only: pages, and WebSockets that echo."""

    def do_GET(self):
        TALKED.append(self.path)
        if self.path == "/no-door":
            return self.answer(403, b"not here")
        if self.headers.get("Upgrade") != "websocket" or self.path == "/no-socket":
            return self.answer(body=b"old")
        key = "wrong" if self.path == "/wrong-accept" else self.headers["Sec-WebSocket-Key"]
        self.send_response(101)
        for name, value in (("Connection", "Upgrade"), ("Upgrade", "websocket"), ("Sec-WebSocket-Accept", base64.b64encode(hashlib.sha1((key + GUID).encode()).digest()).decode()),
                            ("Sec-WebSocket-Protocol", self.headers.get("Sec-WebSocket-Protocol", "none"))):
            self.send_header(name, value)
        self.end_headers()
        self.close_connection = True
        while data := self.connection.recv(65536):
            self.connection.sendall(data)


def tunnel(host="good.example", versions=("h2", "http/1.1"), room=TRUSTING_ROOM):
    wire = Wire(GATE, room)
    status = wire.connect(f"{host}:443").status
    assert status == 200, f"CONNECT got {status}"
    return wire.begin_tls(host, GATE.ca_certificate(), versions)


class Browser:
    """A client inside a tunnel that speaks HTTP/2."""

    def __init__(self, host="good.example", settings=None, room=TRUSTING_ROOM):
        self.wire = tunnel(host, room=room)
        assert self.wire.socket.selected_alpn_protocol() == "h2"
        self.client = Client(self.wire.socket, host).begin(settings)

    def __enter__(self):
        return self.client

    def __exit__(self, *_):
        self.wire.__exit__()


@covers("requests of one connection go side by side, each is decided and logged, and clients share one connection to the origin")
def side_by_side():
    HEARD.clear()
    before = GOOD.connections
    with Browser() as first, Browser() as second:
        asked = [(client, number, client.ask(f"/page-{number}?q=secret", ("cookie", "a=1"), ("cookie", "b=2"), ("te", "trailers"), ("proxy-authorization", "Basic eDp5")))
                 for number, client in enumerate([first, second, first, second])]
        for client, number, stream in asked:
            answer = client.answer(stream)
            assert answer.status == 200 and answer.body.startswith(f"GET good.example/page-{number}?q=secret 0".encode()), answer.body
        closed = first.get("/closed/page")
        assert closed.status == 403 and b"This page is closed." in closed.body and closed.field("gatehouse-decision"), closed.status
        assert first.get("/open").status == 200
        assert first.get("/empty").status == 204 and first.get("/unchanged").status == 304
        assert [(field, value) for field, value in first.get("/large", method="HEAD").fields if field == "content-length"]
    assert {request.path for request in HEARD} == {f"/page-{number}?q=secret" for number in range(4)} | {"/open", "/empty", "/unchanged", "/large"}
    assert HEARD[0].field("cookie") == "a=1; b=2" and HEARD[0].field("proxy-authorization") is None and HEARD[0].field("te") is None, HEARD[0].headers
    assert GOOD.connections - before <= 1, "one connection is enough for two clients"
    row = GATE.wait_for_row(lambda row: row.get("url", {}).get("path") == "/closed/page")
    assert row["event"]["action"] == "block" and row["rule"]["id"] == "closed-page", row


@covers("the client is offered what the origin speaks, and nothing else")
def mirrored():
    for host, offered, spoken in (("good.example", ("h2", "http/1.1"), "h2"), ("old.example", ("h2", "http/1.1"), "http/1.1"), ("old.example", ("http/1.1",), "http/1.1"),
                                  ("both.example", ("h2", "http/1.1"), "h2"), ("both.example", ("http/1.1",), "http/1.1"), ("both.example", (), None)):
        with tunnel(host, offered) as wire:
            assert wire.socket.selected_alpn_protocol() == spoken, (host, offered)
            if spoken == "h2":
                assert Client(wire.socket, host).begin().get("/").status == 200
            else:
                assert wire.send(f"GET / HTTP/1.1\r\nHost: {host}\r\n\r\n").answer().status == 200


@covers(171, "an origin that speaks HTTP/2 only, and a client that does not: a page that says so, no downgrade")
def only_http2():
    with tunnel(versions=("http/1.1",)) as wire:
        answer = wire.send("GET / HTTP/1.1\r\nHost: good.example\r\n\r\n").answer()
        assert answer.status == 502, answer.status


@covers("bodies of every framing, interim answers and trailers come through as they are")
def bodies():
    with Browser() as client:
        assert hashlib.sha256(client.get("/large").body).digest() == hashlib.sha256(LARGE).digest()
        assert client.get("/unknown-length").body == LARGE[:300_000]
        for fields in ((), (("content-length", "3000000"),)):
            body = LARGE[:3_000_000]
            answer = client.get("/up", *fields, method="POST", body=body)
            assert answer.body.decode() == f"POST good.example/up {len(body)} {hashlib.sha256(body).hexdigest()}", answer.body
        assert client.get("/up", method="POST", body=b"").body.startswith(b"POST good.example/up 0")
        answer = client.get("/interim")
        assert (answer.interim, answer.status, answer.body) == ([103], 200, b"after"), answer.interim
        assert answer.field("alt-svc") is None, "nothing steers the client past us"
        answer = client.get("/trailers")
        assert (answer.body, answer.trailers) == (b"body", [("checksum", "abc")]), answer.trailers


@covers("server-sent events come one by one")
def events():
    with Browser("stream.example") as client, gate_closed():
        stream = client.ask("/events")
        while client.body(stream) != b"data: one\n\n":
            assert client.take()
        GATE_OPEN.set()
        assert client.answer(stream).body == b"data: one\n\ndata: two\n\n"


@covers("a WebSocket over HTTP/2 (RFC 8441) reaches an origin that knows it from HTTP/1.1")
def websocket():
    fields = (("sec-websocket-version", "13"), ("sec-websocket-protocol", "chat"), ("origin", "https://both.example"))
    with Browser("both.example") as client:
        client.wait_for_settings()
        client.get("/")
        stream = client.ask("/socket", *fields, method="CONNECT", pseudo=((":protocol", "websocket"),), end=False)
        head = client.wait(stream, h2.events.ResponseReceived, h2.events.StreamReset)
        named = dict(head.headers)
        assert named[":status"] == "200" and named["sec-websocket-protocol"] == "chat" and "sec-websocket-accept" not in named, named
        expected = b""
        for size in (5, 70_000):
            expected += LARGE[:size]
            client.send_body(stream, LARGE[:size], end=False)
            while len(client.body(stream)) < len(expected):
                assert client.take()
        assert client.body(stream) == expected
        assert client.get("/").status == 200, "pages go on beside it"
        client.state.end_stream(stream)
        client.flush()
        assert client.wait(stream, h2.events.StreamEnded, h2.events.StreamReset)
        for path in ("/wrong-accept", "/no-socket"):  # a page is no socket, and 200 would say that it is one
            wrong = client.ask(path, *fields, method="CONNECT", pseudo=((":protocol", "websocket"),), end=False)
            assert isinstance(client.wait(wrong, h2.events.ResponseReceived, h2.events.StreamReset), h2.events.StreamReset), path
        refused = client.ask("/", method="CONNECT", host="both.example:443", scheme=None)
        assert client.answer(refused).status in (0, 400), "no tunnel in the tunnel"


@covers("what follows a WebSocket that was refused is no request, whoever refused it")
def after_refused_websocket():
    for host, path in (("good.example", "/closed"), ("both.example", "/no-door")):
        HEARD.clear()
        with Browser(host) as client:
            client.wait_for_settings()
            stream = client.ask(path, ("sec-websocket-version", "13"), method="CONNECT", pseudo=((":protocol", "websocket"),), end=False)
            client.send_body(stream, f"GET /smuggled HTTP/1.1\r\nHost: {host}\r\n\r\n".encode(), end=False)
            answer = client.answer(stream)
            assert (answer.status, answer.reset) == (403, None), (path, answer.status, answer.reset)
            assert client.get("/clean").status == 200
        assert not [request.path for request in HEARD if request.path == "/smuggled"] and "/smuggled" not in TALKED
    assert not any("/smuggled" in str(row.get("url")) for row in GATE.access_rows())


class Service(grpc.GenericRpcHandler):
    def service(self, details):
        def unary(request, context):
            context.set_trailing_metadata((("said", "goodbye"),))
            if request == b"fail":
                context.abort(grpc.StatusCode.NOT_FOUND, "there is none")
            return request[::-1]

        def both(requests, _):
            for request in requests:
                yield request.upper()
        if details.method == "/school.Echo/Unary":
            return grpc.unary_unary_rpc_method_handler(unary)
        return grpc.stream_stream_rpc_method_handler(both) if details.method == "/school.Echo/Both" else None


@covers("gRPC: one answer, a conversation, an error with its reason")
def remote_calls():
    server = grpc.server(concurrent.futures.ThreadPoolExecutor(4), [Service()])
    cert, key = CERTIFICATES["grpc.example"]
    server.add_secure_port(f"{ADDRESSES['grpc.example']}:443", grpc.ssl_server_credentials([(pathlib.Path(key).read_bytes(), pathlib.Path(cert).read_bytes())]))
    server.start()
    os.environ["http_proxy"] = f"http://127.0.0.1:{GATE.proxy_port}"
    try:
        trust = grpc.ssl_channel_credentials(pathlib.Path(GATE.ca_certificate()).read_bytes())
        with grpc.secure_channel("grpc.example:443", trust) as channel:
            unary, both = channel.unary_unary("/school.Echo/Unary"), channel.stream_stream("/school.Echo/Both")
            answer, call = unary.with_call(b"abc" * 100_000, timeout=30)
            assert answer == b"cba" * 100_000 and ("said", "goodbye") in [tuple(pair) for pair in call.trailing_metadata()]
            try:
                unary(b"fail", timeout=30)
                raise AssertionError("an error came as an answer")
            except grpc.RpcError as error:
                assert (error.code(), error.details()) == (grpc.StatusCode.NOT_FOUND, "there is none"), error
            said = [threading.Event() for _ in range(4)]

            def words():
                for number in range(3):
                    said[number].wait(30)
                    yield b"word %d" % number
            conversation = both(words(), timeout=30)
            for number in range(3):
                said[number].set()
                assert next(conversation) == b"WORD %d" % number
            assert list(conversation) == []
    finally:
        del os.environ["http_proxy"]
        server.stop(None)


@covers("heads that another reader could take for something else reach no origin")
def hostile_heads():
    cases = ((dict(host="other.example"), 421), (dict(scheme="http"), 400), (dict(path="/a b"), 0), (dict(path="/a\r\nx: 1"), 0), (dict(path=""), 0), (dict(path="*", method="OPTIONS"), 501),
             (dict(method="GE T"), 0), (dict(method="TRACE"), 405), (dict(host="good.example:8443"), 421), (dict(host="good.example\r\nx: 1"), 0), (dict(fields=[("host", "other.example")]), 400),
             (dict(fields=[("host", "good.example")]), 200), (dict(fields=[("connection", "close")]), 0), (dict(fields=[("transfer-encoding", "chunked")]), 0), (dict(fields=[("upgrade", "h2c")]), 0),
             (dict(fields=[("X-Upper", "1")]), 0), (dict(fields=[("x-odd", "a\r\nb: c")]), 0), (dict(fields=[("x-odd", "a\0b")]), 0), (dict(fields=[("x y", "1")]), 0), (dict(fields=[("te", "gzip")]), 0),
             (dict(fields=[("content-length", "5")]), 0), (dict(fields=[("content-length", "x")]), 0), (dict(fields=[("x", "v" * 20000), ("y", "v" * 20000)]), 431),
             (dict(fields=[(f"x{number}", "1") for number in range(150)]), 431), (dict(path="/" + "a" * 17000), 414), (dict(fields=[(":path", "/twice")]), 0), (dict(fields=[("x", "1"), (":late", "1")]), 0))
    for case, wanted in cases:
        HEARD.clear()
        path, fields = case.pop("path", "/hostile"), case.pop("fields", [])
        with Browser() as client:
            answer = client.get(path, *fields, **case)
            assert answer.status == wanted, (case, path[:20], fields[:1], answer.status)
            if client.goodbye is None and not client.over:
                assert client.get("/clean").status == 200, "the others on the connection go on"
        assert [request.path for request in HEARD if request.path != "/clean"] == (["/hostile"] if wanted == 200 else []), (case, HEARD)


def frame(kind, flags=0, stream=0, payload=b""):
    return struct.pack(">I", len(payload))[1:] + bytes([kind, flags]) + struct.pack(">I", stream) + payload


PREFACE = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"
HELLO = PREFACE + frame(4)
GET = bytes([0x82, 0x87, 0x84, 0x41, 12]) + b"good.example"  # HPACK: GET https / good.example


@covers("frames that break the rules, floods and streams given up at once end the connection, and cost little")
def hostile_frames():
    floods = {"no preface": b"GET / HTTP/1.1\r\nHost: good.example\r\n\r\n", "half a preface": PREFACE[:20] + b"XX\r\n\r\n", "no settings": PREFACE + frame(6, payload=b"x" * 8),
              "too long a frame": HELLO + frame(0, 0, 1, b"x" * 20000), "data on no stream": HELLO + frame(0, 0, 1, b"x"), "head on stream 0": HELLO + frame(1, 4, 0, GET),
              "even stream": HELLO + frame(1, 5, 2, GET), "bad packing": HELLO + frame(1, 5, 1, b"\xff\xff\xff\xff\xff\xff\xff"), "endless head": HELLO + frame(1, 1, 1, GET) + frame(9, 0, 1, b"") * 5000,
              "window of nothing": HELLO + frame(8, 0, 0, b"\0\0\0\0"), "window too wide": HELLO + frame(8, 0, 0, b"\x7f\xff\xff\xff") * 2, "pings": HELLO + frame(6, payload=b"x" * 8) * 60000,
              "settings": HELLO + frame(4) * 60000, "push of a client": HELLO + frame(5, 4, 1, b"\0\0\0\2" + GET), "a head in another's": HELLO + frame(1, 1, 1, GET) + frame(1, 5, 3, GET),
              "given up at once": HELLO + b"".join(frame(1, 5, stream, GET) + frame(3, 0, stream, b"\0\0\0\x08") for stream in range(1, 20001, 2))}
    before = resident_kib(GATE)
    for name, data in floods.items():
        with tunnel() as wire:
            wire.socket.settimeout(20)
            sender = threading.Thread(target=send_all, args=(wire.socket, data), daemon=True)
            sender.start()
            try:
                while wire.socket.recv(1 << 16):
                    pass
            except TimeoutError:
                raise AssertionError(f"{name}: the connection stays") from None
            except OSError:
                pass
            sender.join(20)
    assert resident_kib(GATE) - before < 40_000, "floods are not kept"


def send_all(sock, data):
    try:
        sock.sendall(data)
    except OSError:
        pass


def frames_of(sock, last):
    """Kinds and streams of the frames that come, up to the one that is awaited."""
    seen, data = [], b""
    while last not in seen:
        data += sock.recv(1 << 16) or b""
        while len(data) >= 9 and len(data) >= 9 + int.from_bytes(data[:3], "big"):
            seen.append((data[3], int.from_bytes(data[5:9], "big")))
            data = data[9 + int.from_bytes(data[:3], "big"):]
    return seen


@covers("a head of 147,000 bytes that says the same 4,000 again and again is given up, not unpacked, and the connection goes on")
def packed_head():
    field = b"\x40\x01a" + b"\x7f\xa1\x1e" + b"v" * 4000  # into the table: a name of one letter, a value of 4,000 (RFC 7541 §6.2.1)
    packed = (GET + field).ljust(16384 * 9, b"\xbe")  # each byte the first entry of the table once more (§6.1)
    pieces = [packed[at:at + 16384] for at in range(0, len(packed), 16384)]
    head = frame(1, 1, 1, pieces[0]) + b"".join(frame(9, 4 if piece is pieces[-1] else 0, 1, piece) for piece in pieces[1:])
    with tunnel() as wire:
        wire.socket.settimeout(20)
        send_all(wire.socket, HELLO + head + frame(1, 5, 3, GET))
        seen = frames_of(wire.socket, (1, 3))
        assert (3, 1) in seen and (1, 1) not in seen, seen


@covers("more requests at once than allowed end the connection; those given up make room at once, though their origin says nothing")
def too_many():
    with gate_closed():
        with Browser("stream.example") as client:
            client.wait_for_settings()
            for stream in [client.ask("/events") for _ in range(100)]:
                client.wait(stream, h2.events.DataReceived)
                client.state.reset_stream(stream, 8)
            client.flush()
            wait_until(lambda: client.get("/page").status == 200, what="room for a new request")
        GATE.wait_for_row(lambda row: row.get("url", {}).get("path") == "/events" and row["gatehouse"].get("refusal") == "client-closed")
        with Browser("stream.example") as client:
            client.wait_for_settings()
            client.socket.sendall(b"".join(frame(1, 5, 2 * number + 1, GET) for number in range(130)))
            while client.take():
                pass
            assert client.goodbye == 1, client.goodbye


@covers("a client has only so many requests open over all its connections; further ones may come again, and another client's go on")
def too_many_of_one():
    HEARD.clear()
    before = GATE.status()
    with gate_closed(), contextlib.ExitStack() as stack:
        for size in (100, MOST_STREAMS - 100):
            browser = stack.enter_context(Browser("stream.example"))
            browser.wait_for_settings()
            for _ in range(size):
                browser.ask("/events")
        wait_until(lambda: len(HEARD) == MOST_STREAMS, 60, what="as many requests as one client may have")
        with Browser("stream.example") as more, Browser("stream.example", room="127.0.0.1") as other:
            assert more.get("/page").reset == 7, "refused, so that it may come again"
            assert other.get("/page").status == 200
            assert GATE.status()["streams_refused"] == before["streams_refused"] + 1
            assert "streams.refused" in GATE.log_path.read_text()
            GATE_OPEN.set()
            wait_until(lambda: more.get("/page").status == 200, what="room for a new request")
    wait_until(lambda: GATE.status()["connections_open"] <= before["connections_open"], what="the end of them all")


@covers("a client that reads nothing holds little memory, and not for ever")
def reads_nothing():
    before = resident_kib(GATE)
    browsers = [Browser("stream.example") for _ in range(5)]
    for browser in browsers:
        browser.client.withholds = True
        for _ in range(20):
            browser.client.ask("/large")
    for browser in browsers:
        browser.wire.socket.settimeout(30)
        while browser.client.take():  # until it is reset, stream by stream, and ends
            if sum(isinstance(event, h2.events.StreamReset) for events in browser.client.events.values() for event in events) == 20:
                break
        browser.wire.__exit__()
    assert resident_kib(GATE) - before < 100_000, "what nobody reads piles up"


def granted(request):
    """Bytes that its origin may send now."""
    return request.end.state.local_flow_control_window(request.stream)


@covers("what one client asks for and does not read leaves the site open to the others")
def unread_downloads():
    HEARD.clear()
    with Browser("stream.example") as hoarder, Browser("stream.example") as client, gate_closed():
        hoarder.withholds = True
        hoarder.wait_for_settings()
        client.wait_for_settings()
        events = client.ask("/events")
        client.wait(events, h2.events.DataReceived)
        for _ in range(9):
            hoarder.ask("/large")
        hoarder.flush()
        wait_until(lambda: len(HEARD) == 10 and all(granted(request) == 0 for request in HEARD[1:]), what="all that has room is sent")
        assert HEARD[1].end.state.outbound_flow_control_window > 1 << 20, "the connection to the origin is not full"
        assert client.get("/small").status == 200
        GATE_OPEN.set()
        assert client.answer(events).body == b"data: one\n\ndata: two\n\n", "what was open already goes on"


@covers("of the downloads that a client begins few may have much unread, and those of another are its own")
def wide_downloads():
    HEARD.clear()
    with Browser("stream.example") as hoarder, Browser("stream.example", room="127.0.0.1") as other, gate_closed():
        hoarder.wait_for_settings()
        for _ in range(90):
            hoarder.ask("/events")
        wait_until(lambda: len(HEARD) == 90, what="all requests")
        wait_until(lambda: sum(granted(request) > 400_000 for request in HEARD) == 64, what="64 wide windows")
        assert sorted(granted(request) for request in HEARD)[25] <= 16384, "the others are narrow"
        other.wait_for_settings()
        other.ask("/events")
        wait_until(lambda: len(HEARD) == 91 and granted(HEARD[-1]) > 400_000, what="a wide window for another client")


@covers("a body that comes byte by byte and that nobody reads holds little more than its window")
def crumbs():
    HEARD.clear()
    POURED.clear()
    with Browser("stream.example") as hoarder:
        hoarder.wait_for_settings()
        before = resident_kib(GATE)
        for _ in range(8):
            hoarder.ask("/crumbs")
        wait_until(lambda: len(POURED) == 8, 60, what="all crumbs")
        end = HEARD[0].end
        heard = end.pongs
        with end.changed:
            end.state.ping(b"all read")
            end.flush()
        wait_until(lambda: end.pongs > heard, 60, what="the gateway to have read them")
        grown = resident_kib(GATE) - before
        assert grown < 14 * 1024, f"{grown} KiB for eight unread bodies of 400 KB"


def fill(client):
    """Sends all that the windows let through, on as many streams as that takes; how much it was."""
    sent = 0
    client.wait_for_settings()
    while client.state.outbound_flow_control_window > 0:
        stream = client.ask("/upload", method="POST", end=False)
        while room := min(client.state.local_flow_control_window(stream), client.state.max_outbound_frame_size):
            client.state.send_data(stream, bytes(room))
            client.flush()
            sent += room
        client.catch_up()
    return sent


def widen(client):
    """Uploads a little and gives that up."""
    client.wait_for_settings()
    stream = client.ask("/upload", method="POST", end=False)
    client.state.send_data(stream, b"x")
    client.flush()
    client.catch_up()
    client.state.reset_stream(stream, 8)
    client.flush()
    client.catch_up()


@covers("what one client uploads and its origin does not read holds little memory, however many connections it opens, one by one or at once")
def unread_uploads():
    browsers = []
    for _ in range(32):  # each has uploaded before the next one comes: the window that it had then is not lent to another
        browsers.append(Browser("deaf.example"))
        widen(browsers[-1].client)
    sent = [fill(browser.client) for browser in browsers]
    assert sent[0] > 900_000, sent
    assert sum(sent) < 16 * 1_300_000 + 16 * 300_000, (sum(sent), sent)
    for browser in browsers:
        browser.wire.__exit__()

    def is_wide_again():
        with Browser("deaf.example") as client:
            return fill(client) > 900_000
    wait_until(is_wide_again, what="a wide window once the others are gone")


@covers("what one client gives up ends no request of another, though the origin ends the connection for it")
def given_up():
    with Browser("weary.example", room="127.0.0.1") as patient, Browser("weary.example") as hasty, gate_closed():
        for client in (patient, hasty):
            client.wait_for_settings()
            assert client.get("/first").status == 200
        before = WEARY.connections
        waiting = patient.ask("/events")
        patient.wait(waiting, h2.events.DataReceived)
        for _ in range(WEARY.patience + 20):
            stream = hasty.ask("/events")
            hasty.wait(stream, h2.events.ResponseReceived, h2.events.StreamReset)
            hasty.state.reset_stream(stream, 8)
            hasty.flush()
        assert WEARY.connections > before, "it went on with the one that all share"
        GATE_OPEN.set()
        answer = patient.answer(waiting)
        assert (answer.body, answer.reset) == (b"data: one\n\ndata: two\n\n", None), (answer.body, answer.reset)


@covers("origins that break off, lie about lengths or speak nonsense: never half an answer for a whole one, and a new try where it is safe")
def bad_origins():
    broken = {"cut": 200, "cut-unknown": 200, "short": 200, "long": 0, "no-status": 502, "switch": 502, "connection-field": 502, "line-end": 502, "upper-case": 502, "huge-head": 502, "interim-flood": 502}
    for what, wanted in broken.items():
        with Browser("bad.example") as client:
            answer = client.get(f"/bad/{what}")
            assert wanted in (0, answer.status), (what, answer.status, answer.body[:200])
            assert answer.status != 200 or answer.reset is not None, f"{what}: half an answer looks whole"
            assert b"stolen" not in answer.body and not any("stolen" in value for _, value in answer.fields), what
            assert client.get("/fine").status == 200, what
    for what in ("refused-once", "goodbye"):
        with Browser("bad.example") as client:
            assert client.get("/fine").status == 200
            answer = client.get(f"/bad/{what}")
            assert (answer.status, answer.body) == (200, b"second try"), (what, answer.status, answer.body[:300])
    with Browser("bad.example") as client:
        client.get("/bad/push")
        assert client.get("/fine").status == 200
    GATE.wait_for_row(lambda row: row.get("url", {}).get("path") == "/bad/cut" and row["gatehouse"].get("refusal") == "upstream-truncated")


@covers("a publication counts for the next request on an open connection")
def closed_meanwhile():
    with Browser("later.example") as client:
        assert client.get("/").status == 200
        policy = GATE.config / "policy.toml"
        text = policy.read_text()
        policy.write_text(text.replace('what = ["host:blocked.example"]', 'what = ["host:blocked.example", "host:later.example"]'))
        GATE.publish()
        assert client.get("/").status == 403
        policy.write_text(text)
        GATE.publish()
        assert client.get("/").status == 200


def school(config):
    (config / "policy.toml").write_text(SMALL_POLICY.replace('ranges = ["127.0.1.10"]', 'ranges = ["127.0.1.10", "127.0.0.1"]').replace(
        "[[rule]]", '[[rule]]\nid = "closed-page"\nwho = ["everyone"]\nwhat = ["url:good.example/closed"]\naction = "block"\nreason = "This page is closed."\n[[rule]]', 1)
        + '\n[[inspection]]\nid = "all"\nwho = ["everyone"]\nwhat = ["everything"]\naction = "inspect"\nreason = "For the test."\n')
    for name in ("timetable", "lists", "content"):
        (config / f"{name}.toml").write_text("")
    shutil.copy(ROOT.cert, config / "roots.pem")


class DeafHandler(Http2Handler):
    """Reads, and never says that there is room for more."""

    def heard(self, end, event):
        end.withholds = True


class Weary(Http2Origin):
    """Ends a connection on which too much was given up."""
    patience = 60

    def __init__(self, address, tls):
        super().__init__(serve, address, 443, tls, threads=True)
        self.RequestHandlerClass = WearyHandler


class WearyHandler(Http2Handler):
    def heard(self, end, event):
        if not isinstance(event, h2.events.StreamReset):
            return
        end.given_up = getattr(end, "given_up", 0) + 1
        if end.given_up == self.server.patience:
            with end.changed:
                end.state.close_connection(11)
                end.flush()
            end.socket.shutdown(2)


class Both(Origin):
    """An origin of both versions, as the client chooses."""

    def __init__(self, address, tls):
        tls.set_alpn_protocols(["h2", "http/1.1"])
        self.serve, self.threads, self.connections = serve, False, 0
        super().__init__(self.choose, address, 443, tls)

    def choose(self, request, client, server):
        return (Http2Handler if request.selected_alpn_protocol() == "h2" else Talker)(request, client, server)


CASES = (side_by_side, mirrored, only_http2, bodies, too_many_of_one, wide_downloads, crumbs, events, websocket, after_refused_websocket, remote_calls, hostile_heads, hostile_frames, packed_head, too_many, unread_downloads, unread_uploads, given_up, reads_nothing, bad_origins, closed_meanwhile)

if __name__ == "__main__":
    list_and_leave(CASES)
    FOLDER = tempfile.mkdtemp(prefix="gatehouse-test-")
    try:
        ROOT = Issuer(FOLDER, "root")
        HOSTS = ("good", "other", "old", "both", "stream", "grpc", "bad", "later", "weary", "deaf")
        ADDRESSES = {f"{name}.example": f"127.0.3.{number + 1}" for number, name in enumerate(HOSTS)}
        CERTIFICATES = {host: ROOT.leaf(host, f"DNS:{host}") for host in ADDRESSES}
        CONTEXTS = {host: context_of(*pair) for host, pair in CERTIFICATES.items()}
        GOOD = Http2Origin(serve, ADDRESSES["good.example"], 443, CONTEXTS["good.example"])
        for name in ("bad", "later"):
            Http2Origin(serve, ADDRESSES[f"{name}.example"], 443, CONTEXTS[f"{name}.example"])
        STREAM = Http2Origin(serve, ADDRESSES["stream.example"], 443, CONTEXTS["stream.example"], threads=True)
        Http2Origin(serve, ADDRESSES["deaf.example"], 443, CONTEXTS["deaf.example"]).RequestHandlerClass = DeafHandler
        WEARY = Weary(ADDRESSES["weary.example"], CONTEXTS["weary.example"])
        Origin(Talker, ADDRESSES["old.example"], 443, CONTEXTS["old.example"])
        Both(ADDRESSES["both.example"], CONTEXTS["both.example"])
        RECORDER = Recorder()
        GATE = small_gateway(RECORDER.port, names=ADDRESSES, edit=school, ca=True,
                             settings={"reach": 'extra_roots = ["roots.pem"]', "deadlines": 'body_idle = "5s"',
                                       "limits": f"streams_per_client = {MOST_STREAMS}"})
        SUITE = HostileSuite(GATE, RECORDER)
        with GATE:
            for case in CASES:
                SUITE.play(case)
            SUITE.finish(GATE)
    finally:
        shutil.rmtree(FOLDER, ignore_errors=True)
    SUITE.close()
