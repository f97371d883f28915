"""Responses of origins that lie, stammer or never end: catalogue 2.7. Data only; upstream_test.py plays it.

A case is what the origin sends for one request and what the client may then get. `reuse` says whether the connection to the origin may
carry another request afterwards; `body` is the body that a 200 must have.
"""
import gzip
from dataclasses import dataclass


@dataclass(frozen=True)
class Case:
    line: int  # of the catalogue
    title: str
    data: bytes
    statuses: tuple = (502,)
    body: bytes = b""
    reuse: bool = False
    method: str = "GET"
    fields: tuple = ()  # of the request
    closes: bool = False  # the origin closes behind it
    lacks: tuple = (b"poison",)  # never reaches the client


def response(fields=b"", body=b"", status=b"200 OK", version=b"1.1"):
    return b"HTTP/" + version + b" " + status + b"\r\n" + fields + b"\r\n" + body


LENGTH = b"Content-Length: 5\r\n"
CHUNKED = b"Transfer-Encoding: chunked\r\n"
CHUNKS = b"5\r\nhello\r\n0\r\n\r\n"
POISON = b"HTTP/1.1 200 OK\r\nContent-Length: 6\r\n\r\npoison"

FRAMING = (
    Case(173, "length and coding", response(LENGTH + CHUNKED, CHUNKS)),
    Case(173, "coding and length", response(CHUNKED + LENGTH, CHUNKS + POISON)),
    Case(174, "two different lengths", response(LENGTH + b"Content-Length: 6\r\n", b"hello!")),
    Case(174, "two equal lengths", response(LENGTH + LENGTH, b"hello"), (200, 502), b"hello", True),
    Case(174, "list of equal lengths", response(b"Content-Length: 5, 5\r\n", b"hello"), (200, 502), b"hello", True),
    Case(174, "list of different lengths", response(b"Content-Length: 5, 6\r\n", b"hello!")),
    Case(174, "length with plus", response(b"Content-Length: +5\r\n", b"hello")),
    Case(174, "length that is empty", response(b"Content-Length: \r\n", b"hello")),
    Case(174, "length of 2 to the 64", response(b"Content-Length: 18446744073709551616\r\n", b"hello")),
    Case(175, "chunked in HTTP 1.0", response(CHUNKED, CHUNKS, version=b"1.0"), (200, 502), b"hello", closes=True),
    Case(175, "chunked in HTTP 1.0 that promises to stay", response(CHUNKED + b"Connection: keep-alive\r\n", CHUNKS + POISON, version=b"1.0"), (502,)),
    *(Case(176, f"coding {coding}", response(f"Transfer-Encoding: {coding}\r\n".encode(), CHUNKS), closes=True)
      for coding in ("gzip", "xchunked", "chunked, gzip", "gzip, chunked", "identity", "chunked, chunked", "\"chunked\"", "chunked;a=b", "", ",chunked")),
    Case(177, "204 with a body", response(LENGTH, b"hello", b"204 No Content"), (204, 502)),
    Case(177, "204 with chunks", response(CHUNKED, CHUNKS, b"204 No Content"), (204, 502)),
    Case(177, "304 with a body", response(LENGTH, b"hello", b"304 Not Modified"), (304,)),
    Case(177, "304 that is poison", response(b"", POISON, b"304 Not Modified"), (304,)),
    Case(177, "HEAD answered with a body", response(LENGTH, b"hello"), (200,), method="HEAD"),
    Case(177, "HEAD answered with poison", response(b"Content-Length: 0\r\n", POISON), (200,), method="HEAD"),
    Case(177, "HEAD answered with chunks", response(CHUNKED, CHUNKS), (200,), method="HEAD"),
    Case(177, "103 with a length", response(LENGTH, b"hello", b"103 Early Hints") + response(LENGTH, b"hello"), (502,)),
)

LINES = (
    *(Case(178, f"status {status}", response(LENGTH, b"hello", status.encode() + b" Odd"))
      for status in ("000", "099", "600", "999", "1000", "20x", "2", "-200", "+200", "0200", " 200")),
    Case(178, "no status", b"HTTP/1.1\r\n\r\n"),
    Case(178, "status line of another protocol", b"ICY 200 OK\r\n\r\npoison", closes=True),
    Case(178, "HTTP 2 status line", b"HTTP/2 200 OK\r\nContent-Length: 6\r\n\r\npoison"),
    Case(179, "no reason phrase", b"HTTP/1.1 200\r\nContent-Length: 5\r\n\r\nhello", (200,), b"hello", True),
    Case(179, "empty reason phrase", b"HTTP/1.1 200 \r\nContent-Length: 5\r\n\r\nhello", (200,), b"hello", True),
    Case(179, "LF line ends", b"HTTP/1.1 200 OK\nContent-Length: 5\n\nhello", (200, 502), b"hello", True),
    Case(180, "folded field", response(b"X: a\r\n b\r\n" + LENGTH, b"hello"), (200, 502), b"hello", True, lacks=(b"\r\n b",)),
    Case(180, "folded length", response(b"Content-Length:\r\n 5\r\n", b"hello")),
    Case(180, "folded coding", response(b"Transfer-Encoding:\r\n chunked\r\n", CHUNKS)),
    Case(180, "fold under the status line", b"HTTP/1.1 200 OK\r\n X: a\r\nContent-Length: 5\r\n\r\nhello"),
    Case(180, "space before colon", response(b"X : a\r\n" + LENGTH, b"hello"), (200, 502), b"hello", True, lacks=(b"X :",)),
    Case(180, "space before the colon of the length", response(b"Content-Length : 5\r\n", b"hello"), (200, 502), b"hello", True),
    Case(181, "NUL in a value", response(b"X: a\0b\r\n" + LENGTH, b"hello"), lacks=(b"\0",)),
    Case(181, "CR in a value", response(b"X: a\rSet-Cookie: poison\r\n" + LENGTH, b"hello")),
    Case(181, "CR in the reason phrase", response(LENGTH, b"hello", b"200 O\rSet-Cookie: poison")),
    Case(181, "control byte in a value", response(b"X: a\x01b\r\n" + LENGTH, b"hello"), lacks=(b"\x01",)),
    Case(181, "NUL in a name", response(b"X\0: a\r\n" + LENGTH, b"hello"), lacks=(b"\0",)),
    Case(182, "field of 1 MiB", response(b"X: " + b"a" * (1 << 20) + b"\r\n" + LENGTH, b"hello")),
    Case(182, "field of 1 MiB without end", b"HTTP/1.1 200 OK\r\nX: " + b"a" * (1 << 20)),
    Case(182, "100000 fields", response(b"a: b\r\n" * 100_000 + LENGTH, b"hello")),
    Case(182, "reason phrase of 1 MiB", response(LENGTH, b"hello", b"200 " + b"a" * (1 << 20))),
    Case(183, "endless 100", response(status=b"100 Continue") * 10_000),
    Case(183, "endless 103", response(b"Link: </x>\r\n", status=b"103 Early Hints") * 10_000),
    Case(183, "16 early hints and the answer", response(status=b"103 Early Hints") * 16 + response(LENGTH, b"hello"), (200,), b"hello", True),
    Case(183, "17 early hints and the answer", response(status=b"103 Early Hints") * 17 + response(LENGTH, b"hello")),
    Case(184, "101 that nobody asked for", response(b"Connection: Upgrade\r\nUpgrade: websocket\r\n", POISON, b"101 Switching Protocols")),
    Case(184, "101 to another protocol than asked", response(b"Connection: Upgrade\r\nUpgrade: h2c\r\n", POISON, b"101 Switching Protocols"),
         fields=("Connection: Upgrade", "Upgrade: websocket", "Sec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==", "Sec-WebSocket-Version: 13")),
    Case(184, "101 for an upgrade that we took away", response(b"Connection: Upgrade\r\nUpgrade: h2c\r\n", POISON, b"101 Switching Protocols"),
         fields=("Connection: Upgrade", "Upgrade: h2c")),
)

ENDS = (
    Case(185, "late 103 behind the answer", response(LENGTH, b"hello" + response(status=b"103 Early Hints")), (200,), b"hello"),
    Case(185, "second answer behind the answer", response(LENGTH, b"hello" + POISON), (200,), b"hello"),
    Case(185, "bytes behind the last chunk", response(CHUNKED, CHUNKS + POISON), (200,), b"hello"),
    Case(185, "one LF behind the answer", response(LENGTH, b"hello\n"), (200,), b"hello"),
    Case(185, "answer that closes", response(LENGTH + b"Connection: close\r\n", b"hello"), (200,), b"hello"),
    Case(190, "HTTP 0.9", b"<html>poison</html>", closes=True),
    Case(190, "empty answer", b"", closes=True),
    Case(190, "half a status line", b"HTTP/1.", closes=True),
    Case(193, "truncated gzip", response(b"Content-Encoding: gzip\r\nContent-Length: 20\r\n", gzip.compress(b"x" * 1000, mtime=0)[:20]), (200,),
         gzip.compress(b"x" * 1000, mtime=0)[:20], True),
    Case(193, "corrupt gzip", response(b"Content-Encoding: gzip\r\nContent-Length: 8\r\n", b"\x1f\x8b\x08\xff\xff\xff\xff\xff"), (200,),
         b"\x1f\x8b\x08\xff\xff\xff\xff\xff", True),
    Case(193, "what calls itself gzip and is none", response(b"Content-Encoding: gzip, br, zstd\r\n" + LENGTH, b"hello"), (200,), b"hello", True),
)

CUT = (  # the beginning of an answer is out already: the client must be able to tell that it is not whole
    Case(187, "length cut short", response(b"Content-Length: 10\r\n", b"hello"), closes=True),
    Case(187, "chunks cut short", response(CHUNKED, b"5\r\nhello\r\n"), closes=True),
    Case(187, "chunk cut short", response(CHUNKED, b"a\r\nhello"), closes=True),
    Case(187, "bad chunk size", response(CHUNKED, b"5\r\nhello\r\nzz\r\npoison\r\n0\r\n\r\n")),
    Case(187, "chunk size that wraps", response(CHUNKED, b"5\r\nhello\r\n10000000000000005\r\npoison\r\n0\r\n\r\n")),
)

CASES = FRAMING + LINES + ENDS
