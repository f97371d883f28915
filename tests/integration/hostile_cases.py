"""What a hostile client sends, and what must come of it: sections 2.1 to 2.4 of the catalogue of hostile input, line by line.

Data only; hostile_test.py plays it against the daemon. In the bytes, @ORIGIN@ is the authority of the recording origin,
@PORT@ its port, @PROXY@ and @CONSOLE@ the ports of the daemon.
"""

import base64
from dataclasses import dataclass

CLOSED = 0  # stands among statuses for: closed without an answer


@dataclass(frozen=True)
class Case:
    line: int  # of the catalogue
    name: str
    data: bytes
    answers: tuple  # for each answer in order, the statuses that are right
    forwarded: int = 0  # complete requests that the origin may see
    partial: bool = False  # the origin may also see the beginning of one, never its end
    has: tuple = ()  # bytes the origin must have seen
    lacks: tuple = ()  # bytes it must not have seen
    source: str = "127.0.0.1"  # address of the client
    half_close: bool = False  # the client ends its side behind the data
    later: bytes = b""  # sent after the first answer


def line_and_host(request_line, host=b"@ORIGIN@", fields=b"", body=b""):
    return request_line + b"\r\nHost: " + host + b"\r\n" + fields + b"\r\n" + body


def get(fields=b"", path=b"/x"):
    return line_and_host(b"GET http://@ORIGIN@" + path + b" HTTP/1.1", fields=fields)


def post(fields=b"", body=b""):
    return line_and_host(b"POST http://@ORIGIN@/x HTTP/1.1", fields=fields, body=body)


def target(text, host=b"@ORIGIN@", method=b"GET"):
    return line_and_host(method + b" " + text + b" HTTP/1.1", host=host)


def connect(authority, host=None, fields=b"", body=b""):
    return line_and_host(b"CONNECT " + authority + b" HTTP/1.1", host=authority if host is None else host, fields=fields, body=body)


def refused(line, name, data, *statuses, **more):
    """Answered with one of the statuses (400 if none is given), nothing forwarded."""
    return Case(line, name, data, (frozenset(statuses or (400,)),), **more)


def passed(line, name, data, **more):
    """Answered by the origin once."""
    return Case(line, name, data, (frozenset({200}),), forwarded=1, **more)


def chunks(line, name, body, **more):
    """A chunked body with a fault: the origin may see a beginning, the client an error."""
    return Case(line, name, post(b"Transfer-Encoding: chunked\r\n", body), (frozenset({400}),), partial=True, **more)


def good_chunks(line, name, body, **more):
    return passed(line, name, post(b"Transfer-Encoding: chunked\r\n", body), **more)


FRAMING = (
    refused(1, "length and coding", post(b"Content-Length: 5\r\nTransfer-Encoding: chunked\r\n", b"0\r\n\r\n")),
    refused(2, "coding and length", post(b"Transfer-Encoding: chunked\r\nContent-Length: 5\r\n", b"0\r\n\r\n")),
    refused(3, "both and close", post(b"Content-Length: 5\r\nTransfer-Encoding: chunked\r\nConnection: close\r\n", b"0\r\n\r\n")),
    refused(4, "two different lengths", post(b"Content-Length: 5\r\nContent-Length: 6\r\n", b"hello!")),
    refused(5, "two identical lengths", post(b"Content-Length: 5\r\nContent-Length: 5\r\n", b"hello")),
    refused(6, "list of equal lengths", post(b"Content-Length: 5, 5\r\n", b"hello")),
    refused(7, "list of different lengths", post(b"Content-Length: 5, 6\r\n", b"hello!")),
    refused(8, "length with plus", post(b"Content-Length: +5\r\n", b"hello")),
    refused(9, "length negative", post(b"Content-Length: -1\r\n")),
    refused(9, "length minus zero", post(b"Content-Length: -0\r\n")),
    refused(10, "length in hexadecimal", post(b"Content-Length: 0x5\r\n", b"hello")),
    refused(11, "length with underscore", post(b"Content-Length: 1_0\r\n", b"0123456789")),
    refused(12, "length empty", post(b"Content-Length:\r\n")),
    refused(13, "empty length and a good one", post(b"Content-Length:\r\nContent-Length: 5\r\n", b"hello")),
    refused(14, "length with leading zeros", post(b"Content-Length: 005\r\n", b"hello")),
    refused(15, "length of 2 to the 64", post(b"Content-Length: 18446744073709551616\r\n")),
    refused(15, "length of 2 to the 64 plus 1", post(b"Content-Length: 18446744073709551617\r\n", b"x")),
    refused(16, "length of 2 to the 63 minus 1", post(b"Content-Length: 9223372036854775807\r\n"), 413),
    refused(17, "length with inner space", post(b"Content-Length: 1 0\r\n", b"0123456789")),
    refused(18, "length with space before colon", post(b"Content-Length : 5\r\n", b"hello")),
    refused(19, "length on a folded line", post(b"Content-Length:\r\n 5\r\n", b"hello")),
    refused(20, "length with trailing letters", post(b"Content-Length: 1Z\r\n", b"x")),
    passed(21, "length spelled with underscore", get(b"Content_Length: 5\r\n"), lacks=(b"Content_Length",)),
    refused(22, "chunked in HTTP 1.0", line_and_host(b"POST http://@ORIGIN@/ HTTP/1.0", fields=b"Transfer-Encoding: chunked\r\n", body=b"0\r\n\r\n")),
    refused(23, "chunked in two fields", post(b"Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n", b"0\r\n\r\n")),
    refused(24, "chunked twice", post(b"Transfer-Encoding: chunked, chunked\r\n", b"0\r\n\r\n")),
    refused(25, "chunked then gzip", post(b"Transfer-Encoding: chunked, gzip\r\n", b"0\r\n\r\n")),
    refused(26, "gzip then chunked", post(b"Transfer-Encoding: gzip, chunked\r\n", b"0\r\n\r\n"), 501),
    refused(27, "gzip alone", post(b"Transfer-Encoding: gzip\r\n")),
    refused(28, "xchunked with length", post(b"Transfer-Encoding: xchunked\r\nContent-Length: 5\r\n", b"hello"), 400, 501),
    refused(29, "identity with length", post(b"Transfer-Encoding: identity\r\nContent-Length: 5\r\n", b"hello")),
    refused(30, "comma before chunked", post(b"Transfer-Encoding: ,chunked\r\n", b"0\r\n\r\n")),
    refused(30, "comma behind chunked", post(b"Transfer-Encoding: chunked,\r\n", b"0\r\n\r\n")),
    refused(31, "coding empty with length", post(b"Transfer-Encoding:\r\nContent-Length: 5\r\n", b"hello")),
    refused(32, "vertical tab before chunked", post(b"Transfer-Encoding: \x0bchunked\r\n", b"0\r\n\r\n")),
    refused(32, "form feed before chunked", post(b"Transfer-Encoding: \x0cchunked\r\n", b"0\r\n\r\n")),
    refused(33, "a0 before chunked", post(b"Transfer-Encoding: \xa0chunked\r\n", b"0\r\n\r\n")),
    refused(33, "85 behind chunked", post(b"Transfer-Encoding: chunked\x85\r\n", b"0\r\n\r\n")),
    refused(34, "quoted chunked with length", post(b'Transfer-Encoding: "chunked"\r\nContent-Length: 5\r\n', b"hello")),
    refused(35, "chunked with parameter", post(b"Transfer-Encoding: chunked;a=b\r\n", b"0\r\n\r\n")),
    refused(36, "chunked on a folded line", post(b"Transfer-Encoding:\r\n chunked\r\n", b"0\r\n\r\n")),
    refused(37, "coding with space before colon", post(b"Transfer-Encoding : chunked\r\n", b"0\r\n\r\n")),
    refused(37, "coding with tab before colon", post(b"Transfer-Encoding\t: chunked\r\n", b"0\r\n\r\n")),
    passed(38, "chunked in mixed case", post(b"Transfer-Encoding: cHuNkEd\r\n", b"5\r\nhello\r\n0\r\n\r\n"), has=(b"Transfer-Encoding: chunked\r\n", b"hello")),
    refused(39, "coding behind a CR in a value", post(b"X: a\rTransfer-Encoding: chunked\r\n", b"0\r\n\r\n")),
    passed(40, "GET with a body", line_and_host(b"GET http://@ORIGIN@/ HTTP/1.1", fields=b"Content-Length: 5\r\n", body=b"hello"), has=(b"Content-Length: 5\r\n", b"\r\n\r\nhello")),
    refused(41, "HEAD with a length", line_and_host(b"HEAD http://@ORIGIN@/ HTTP/1.1", fields=b"Content-Length: 5\r\n", body=b"hello")),
    refused(41, "HEAD with chunks", line_and_host(b"HEAD http://@ORIGIN@/ HTTP/1.1", fields=b"Transfer-Encoding: chunked\r\n", body=b"0\r\n\r\n")),
    passed(42, "OPTIONS with a body", line_and_host(b"OPTIONS http://@ORIGIN@/ HTTP/1.1", fields=b"Content-Length: 5\r\n", body=b"hello"), has=(b"Content-Length: 5\r\n",)),
    passed(42, "DELETE with a body", line_and_host(b"DELETE http://@ORIGIN@/ HTTP/1.1", fields=b"Content-Length: 5\r\n", body=b"hello"), has=(b"Content-Length: 5\r\n",)),
    Case(43, "body cut short", post(b"Content-Length: 10\r\n", b"four"), (frozenset({CLOSED, 400, 408}),), partial=True, half_close=True),
    Case(44, "hidden request to a blocked host behind a body", post(b"Content-Length: 4\r\n", b"bodyGET http://blocked.example/ HTTP/1.1\r\nHost: blocked.example\r\n\r\n"),
         (frozenset({200}), frozenset({403})), forwarded=1, lacks=(b"blocked.example",)),
    Case(44, "bytes that are no request behind a body", post(b"Content-Length: 4\r\n", b"body!! !!\r\n\r\n"),
         (frozenset({200}), frozenset({400})), forwarded=1, lacks=(b"!!",)),
    Case(45, "request behind a POST without framing", post() + get(path=b"/second"), (frozenset({200}), frozenset({200})), forwarded=2, has=(b"GET /second ",)),
)

CHUNKS = (
    chunks(47, "size with 0x", b"0x5\r\nhello\r\n0\r\n\r\n"),
    chunks(47, "size with plus", b"+5\r\nhello\r\n0\r\n\r\n"),
    chunks(47, "size with minus", b"-1\r\nhello\r\n0\r\n\r\n"),
    chunks(47, "size with underscore", b"5_0\r\nhello\r\n0\r\n\r\n"),
    chunks(48, "leading space", b" 5\r\nhello\r\n0\r\n\r\n"),
    chunks(49, "trailing space", b"5 \r\nhello\r\n0\r\n\r\n"),
    chunks(50, "17 digits", b"10000000000000005\r\nhello\r\n0\r\n\r\n"),
    chunks(51, "200 leading zeros", b"0" * 200 + b"5\r\nhello\r\n0\r\n\r\n"),
    chunks(52, "size line ended by LF", b"5\nhello\r\n0\r\n\r\n"),
    chunks(53, "data ended by LF", b"5\r\nhello\n0\r\n\r\n"),
    chunks(54, "data followed by other bytes", b"5\r\nhelloXX0\r\n\r\n"),
    chunks(55, "extension with LF", b"5;a\nb\r\nhello\r\n0\r\n\r\n"),
    chunks(56, "extension with CR", b"5;a\rb\r\nhello\r\n0\r\n\r\n"),
    chunks(56, "CR CR before the semicolon", b"5\r\r;a\r\nhello\r\n0\r\n\r\n"),
    chunks(57, "extension with NUL", b"5;a\0b\r\nhello\r\n0\r\n\r\n"),
    chunks(58, "bare semicolon", b"5;\r\nhello\r\n0\r\n\r\n"),
    chunks(59, "unclosed quote", b'5;a="b\r\nhello\r\n0\r\n\r\n'),
    chunks(60, "quoted CR LF", b'5;a="\r\n"\r\nhello\r\n0\r\n\r\n'),
    chunks(61, "64 KiB extension", b"5;a=" + b"x" * 65536 + b"\r\nhello\r\n0\r\n\r\n"),
    chunks(62, "one byte chunks with 100 bytes each", (b"1;" + b"x" * 99 + b"\r\nz\r\n") * 10000 + b"0\r\n\r\n"),
    good_chunks(63, "a million one byte chunks in one write", b"1\r\nz\r\n" * 1_000_000 + b"0\r\n\r\n"),
    good_chunks(64, "extensions", b'5;name=value;q="x"\r\nhello\r\n0;end\r\n\r\n', has=(b"hello",), lacks=(b"name=value", b";end")),
    chunks(65, "line without colon behind the last chunk", b"0\r\nnonsense\r\n\r\n"),
    chunks(66, "trailer with a length", b"0\r\nContent-Length: 5\r\n\r\n"),
    chunks(66, "trailer with a coding", b"0\r\nTransfer-Encoding: chunked\r\n\r\n"),
    good_chunks(67, "trailer with routing fields", b"0\r\nHost: blocked.example\r\nAuthorization: secret\r\nCookie: a=b\r\n\r\n", lacks=(b"blocked.example", b"secret", b"a=b")),
    good_chunks(68, "unknown trailer", b"0\r\nX-Checksum: 1\r\n\r\n", lacks=(b"X-Checksum",)),
    chunks(69, "trailer of 1 MiB", b"0\r\nX: " + b"a" * (1 << 20) + b"\r\n\r\n"),
    chunks(69, "trailer of 10000 lines", b"0\r\n" + b"a:b\r\n" * 10000 + b"\r\n"),
    Case(70, "last chunk missing", post(b"Transfer-Encoding: chunked\r\n", b"5\r\nhello\r\n"), (frozenset({CLOSED, 400, 408}),), partial=True, half_close=True),
    Case(71, "extra byte behind the last chunk", post(b"Transfer-Encoding: chunked\r\n", b"0\r\n\r\n!\r\n\r\n"), (frozenset({200}), frozenset({400})), forwarded=1),
    good_chunks(72, "zero chunk with three zeros", b"5\r\nhello\r\n000\r\n\r\n", lacks=(b"000\r\n",)),
)

LINES = (
    refused(73, "bare LF line ends", get().replace(b"\r\n", b"\n")),
    refused(74, "bare CR line ends", get().replace(b"\r\n", b"\r")),
    refused(75, "CR inside a value", get(b"X: a\rb\r\n")),
    refused(76, "LF inside a value", get(b"X: a\nb\r\n")),
    refused(77, "NUL inside a value", get(b"X: a\0b\r\n")),
    refused(78, "control byte inside a value", get(b"X: a\x01b\r\n")),
    refused(78, "DEL inside a value", get(b"X: a\x7fb\r\n")),
    passed(79, "high bytes in a value", get(b"X: \xa0\xe4\x85\r\n"), has=(b"X: \xa0\xe4\x85\r\n",)),
    refused(79, "high byte in Host", target(b"http://@ORIGIN@/", host=b"@ORIGIN@\x85")),
    refused(80, "empty name", get(b": x\r\n")),
    refused(81, "line without colon", get(b"nonsense\r\n")),
    refused(82, "space inside a name", get(b"X Y: z\r\n")),
    refused(82, "space behind a name", get(b"X : z\r\n")),
    refused(83, "high byte in a name", get(b"X\xe4: z\r\n")),
    refused(84, "white space before the first field", b"GET http://@ORIGIN@/ HTTP/1.1\r\n Host: @ORIGIN@\r\n\r\n"),
    refused(85, "folded field", get(b"X: a\r\n b\r\n")),
    refused(86, "name continued on the next line", get(b"X-\r\nName: b\r\n")),
    refused(87, "a thousand short fields", get(b"a:b\r\n" * 1000), 431),
    refused(88, "a hundred fields of 1 KiB", get((b"X: " + b"a" * 1019 + b"\r\n") * 99), 431),
    refused(89, "one field of 1 MiB", get(b"X: " + b"a" * (1 << 20) + b"\r\n"), 431),
    refused(90, "method of 8 KiB", target(b"http://@ORIGIN@/", method=b"A" * 8192)),
    refused(91, "target of 70 kB", get(path=b"/" + b"a" * 70000), 414),
    passed(92, "one empty line first", b"\r\n" + get()),
    refused(93, "endless empty lines", b"\r\n" * 100, 400, CLOSED),
    refused(94, "two spaces before the target", target(b" http://@ORIGIN@/")),
    refused(94, "tab before the target", b"GET\thttp://@ORIGIN@/ HTTP/1.1\r\nHost: @ORIGIN@\r\n\r\n"),
    refused(94, "trailing space", line_and_host(b"GET http://@ORIGIN@/ HTTP/1.1 ")),
    refused(95, "space inside the target", target(b"http://@ORIGIN@/a b")),
    refused(96, "HTTP 0.9", b"GET http://@ORIGIN@/\r\n"),
    refused(96, "HTTP 0.1", line_and_host(b"GET http://@ORIGIN@/ HTTP/0.1")),
    refused(96, "HTTP 1.10", line_and_host(b"GET http://@ORIGIN@/ HTTP/1.10")),
    refused(96, "lower case http", line_and_host(b"GET http://@ORIGIN@/ http/1.1")),
    refused(97, "HTTP 1.2", line_and_host(b"GET http://@ORIGIN@/ HTTP/1.2"), 505),
    refused(97, "HTTP 2.0", line_and_host(b"GET http://@ORIGIN@/ HTTP/2.0"), 505),
    refused(97, "HTTP 9.0", line_and_host(b"GET http://@ORIGIN@/ HTTP/9.0"), 505),
    refused(98, "method with comma", target(b"http://@ORIGIN@/", method=b"GE,T")),
    refused(98, "unknown method", target(b"http://@ORIGIN@/", method=b"BREW"), 501),
    refused(99, "HTTP 2 preface", b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", 400, 505),
    refused(100, "TLS ClientHello on the plain port", bytes.fromhex("16030102000100 01fc0303") + b"\0" * 500, CLOSED),
    refused(101, "SSH banner", b"SSH-2.0-OpenSSH_9.2\r\n", CLOSED),
    refused(101, "SMTP line", b"EHLO client.example\r\n", 400, CLOSED),
    refused(101, "binary", bytes(range(256)), 400, CLOSED),
    refused(101, "one byte then silence", b"G", 408, CLOSED),
    refused(102, "60000 commas", get(b"X-Forwarded-For: " + b"," * 60000 + b"\r\n"), 431),
    passed(102, "30000 commas", get(b"X-Forwarded-For: " + b"," * 30000 + b"\r\n"), lacks=(b"X-Forwarded-For",)),
    passed(103, "degenerate values", get(b'Date: x\r\nRange: bytes=--1,99999999999999999999-,,,\r\nContent-Range: bytes */*/*\r\nWarning: 999 - "\r\n'
                                         b'Vary: ,,*,,\r\nCache-Control: max-age=-99999999999999999999, =, "\r\n'), has=(b"Vary: ,,*,,\r\n",)),
    refused(104, "Connection names Host", get(b"Connection: Host\r\n")),
    refused(104, "Connection names a length", post(b"Connection: Content-Length\r\nContent-Length: 5\r\n", b"hello")),
    passed(104, "Connection names Authorization", get(b"Connection: Authorization\r\nAuthorization: Basic eA==\r\n"), has=(b"Authorization: Basic eA==\r\n",)),
    passed(105, "fields of this hop", get(b"Connection: X-Hop\r\nX-Hop: secret\r\nProxy-Connection: keep-alive\r\nKeep-Alive: timeout=5\r\nTE: trailers\r\nTrailer: X\r\n"),
           lacks=(b"X-Hop", b"Proxy-Connection", b"Keep-Alive", b"TE:", b"Trailer")),
    passed(107, "upgrade to h2c", get(b"Connection: Upgrade, HTTP2-Settings\r\nUpgrade: h2c\r\nHTTP2-Settings: AAMAAABkAARAAAAAAAIAAAAA\r\n"), lacks=(b"h2c", b"HTTP2-Settings")),
    refused(108, "unknown expectation", get(b"Expect: the-unexpected\r\n"), 417),
    Case(109, "expectation twice", post(b"Content-Length: 5\r\nExpect: 100-continue\r\nExpect: 100-continue\r\n"), (frozenset({100}), frozenset({200})),
         forwarded=1, has=(b"hello",), later=b"hello"),
    Case(110, "expectation, and the body never comes", post(b"Content-Length: 5\r\nExpect: 100-continue\r\n"), (frozenset({100}), frozenset({408, CLOSED})), partial=True),
    refused(111, "TRACE without hops left", line_and_host(b"TRACE http://@ORIGIN@/ HTTP/1.1", fields=b"Max-Forwards: 0\r\nCookie: a=b\r\n"), 405),
)

TARGETS = (
    refused(112, "no Host", b"GET http://@ORIGIN@/ HTTP/1.1\r\n\r\n"),
    refused(113, "two equal Host", get(b"Host: @ORIGIN@\r\n")),
    refused(113, "two different Host", get(b"Host: other.example\r\n")),
    refused(114, "Host with comma list", target(b"http://@ORIGIN@/", host=b"@ORIGIN@, other.example")),
    refused(114, "Host with space", target(b"http://@ORIGIN@/", host=b"@ORIGIN@ other.example")),
    refused(114, "Host with path", target(b"http://@ORIGIN@/", host=b"@ORIGIN@/")),
    refused(114, "Host with userinfo", target(b"http://@ORIGIN@/", host=b"user@@ORIGIN@")),
    refused(114, "Host with scheme", target(b"http://@ORIGIN@/", host=b"http://@ORIGIN@")),
    refused(115, "Host differs", target(b"http://@ORIGIN@/", host=b"other.example:@PORT@")),
    refused(116, "Host port differs", target(b"http://@ORIGIN@/", host=b"origin.example:81")),
    refused(116, "Host port missing", target(b"http://@ORIGIN@/", host=b"origin.example")),
    refused(117, "default port written in the target", target(b"http://nowhere.example:80/", host=b"nowhere.example"), 502, 503, 504),
    refused(117, "default port written in Host", target(b"http://nowhere.example/", host=b"nowhere.example:80"), 502, 503, 504),
    refused(118, "userinfo", target(b"http://user:pass@@ORIGIN@/")),
    refused(119, "fragment", target(b"http://@ORIGIN@/#x")),
    refused(120, "authority ended by a question mark", target(b"http://@ORIGIN@?@blocked.example/")),
    refused(120, "authority ended by a hash", target(b"http://@ORIGIN@#@blocked.example/")),
    refused(120, "authority ended by a backslash", target(b"http://@ORIGIN@\\@blocked.example/")),
    refused(121, "raw UTF-8 in the path", target("http://@ORIGIN@/ä".encode())),
    refused(121, "angle brackets and quote", target(b'http://@ORIGIN@/<script>"')),
    passed(122, "encoded NUL CR LF slash and dots", get(path=b"/%00%0d%0a%2f%2e%2e/../x"), has=(b"GET /%00%0d%0a%2f%2e%2e/../x ",)),
    passed(123, "overlong UTF-8", get(path=b"/%c0%ae%C0%AE/"), has=(b"GET /%c0%ae%C0%AE/ ",)),
    *(refused(124, f"scheme {scheme.decode()}", target(scheme + b"//@ORIGIN@/"), 400, 501)
      for scheme in (b"ftp:", b"file:", b"gopher:", b"urn:", b"whois:", b"javascript:", b"ws:", b"https:")),
    refused(125, "origin form", target(b"/")),
    refused(126, "GET star", target(b"*")),
    refused(126, "GET word", target(b"admin")),
    refused(126, "GET authority form", target(b"@ORIGIN@")),
    refused(127, "OPTIONS star", target(b"*", method=b"OPTIONS"), 200, 204, 501),
    *(refused(128, f"CONNECT with port {port.decode() or 'empty'}", connect(b"origin.example:" + port))
      for port in (b"", b"0", b"65536", b"99999", b"443abc")),
    refused(128, "CONNECT without port", connect(b"origin.example")),
    refused(129, "CONNECT with URL", connect(b"http://@ORIGIN@/", host=b"@ORIGIN@")),
    refused(129, "CONNECT with path", connect(b"@ORIGIN@/x", host=b"@ORIGIN@")),
    refused(129, "CONNECT with query", connect(b"@ORIGIN@?x", host=b"@ORIGIN@")),
    refused(130, "CONNECT where Host disagrees", connect(b"@ORIGIN@", host=b"other.example:@PORT@")),
    refused(131, "CONNECT with a length", connect(b"@ORIGIN@", fields=b"Content-Length: 5\r\n", body=b"hello")),
    refused(131, "CONNECT with chunks", connect(b"@ORIGIN@", fields=b"Transfer-Encoding: chunked\r\n", body=b"0\r\n\r\n")),
    refused(132, "bytes behind a denied CONNECT", connect(b"blocked.example:443", body=b"GET / HTTP/1.1\r\nHost: x\r\n\r\n"), 403, source="127.0.3.1"),
    *(refused(133, f"CONNECT to port {port}", connect(b"origin.example:%d" % port), 403) for port in (22, 25, 6667)),
    *(refused(134, f"CONNECT to {address.decode()}", connect(address + b":443"), 403)
      for address in (b"127.0.0.1", b"[::1]", b"0.0.0.0", b"169.254.169.254", b"[fe80::1]", b"10.0.0.1", b"172.16.0.1", b"192.168.0.1", b"[fd00::1]")),
    refused(134, "CONNECT to the console", connect(b"127.0.0.1:@CONSOLE@"), 403, 508),
    *(refused(135, f"CONNECT to {address.decode()}", connect(address + b":443"), 403)
      for address in (b"2130706433", b"017700000001", b"0x7f000001", b"127.1", b"[::ffff:127.0.0.1]", b"127.0.0.1.", b"[::FFFF:7F00:1]", b"[::ffff:0:127.0.0.1]",
                      b"[::127.0.0.1]", b"[64:ff9b::127.0.0.1]", b"[2002:7f00:1::]")),
    refused(135, "CONNECT with zone id", connect(b"[fe80::1%25lo]:443"), 400, 403),
    refused(136, "name with a private address", target(b"http://private.example:@PORT@/", host=b"private.example:@PORT@"), 403),
    passed(137, "name with a private and an open address", target(b"http://mixed.example:@PORT@/", host=b"mixed.example:@PORT@")),
    refused(138, "the proxy itself by address", target(b"http://127.0.0.1:@PROXY@/", host=b"127.0.0.1:@PROXY@"), 400, 403, 508),
    refused(138, "the proxy itself by name", target(b"http://itself.example:@PROXY@/", host=b"itself.example:@PROXY@"), 400, 403, 508),
    *(refused(245, f"the console at {host.decode()}", target(b"https://" + host + b":@CONSOLE@/", host=host + b":@CONSOLE@"), 400, 403, 501, 508)
      for host in (b"127.0.0.1", b"itself.example", b"2130706433", b"[::ffff:127.0.0.1]", b"0.0.0.0")),
    *(refused(245, f"CONNECT to the console at {host.decode()}", connect(host + b":@CONSOLE@"), 403, 508) for host in (b"itself.example", b"2130706433", b"[::1]")),
    *(refused(245, f"the console in plain HTTP at {host.decode()}", target(b"http://" + host + b":@CONSOLE@/", host=host + b":@CONSOLE@"), 400, 403, 508)
      for host in (b"127.0.0.1", b"itself.example")),
    passed(256, "an address claimed for somebody else", get(b"X-Forwarded-For: 127.0.0.9\r\nForwarded: for=127.0.0.9\r\n"),
           lacks=(b"X-Forwarded-For", b"Forwarded:", b"127.0.0.9")),
    refused(257, "a PROXY preface in text", b"PROXY TCP4 127.0.0.9 127.0.0.1 5000 3128\r\n" + get()),
    refused(257, "a PROXY preface in bytes", b"\r\n\r\n\x00\r\nQUIT\n\x21\x11\x00\x0c" + bytes(range(12)) + get(), CLOSED),
    refused(139, "our pseudonym in Via", get(b"Via: 1.1 other, 1.1 gatehouse\r\n"), 508),
    refused(139, "21 entries in Via", get(b"Via: " + b"1.1 a, " * 20 + b"1.1 a\r\n"), 508),
    *(refused(140, name, target(b"http://" + host + b"/", host=host))
      for name, host in (("host of 255 bytes", b"a." * 127 + b"a"), ("label of 64 bytes", b"a" * 64 + b".example"), ("empty label", b"a..example"))),
    refused(141, "raw UTF-8 host", target("http://ä.example/".encode(), host="ä.example".encode())),
    *(refused(142, f"blocked host as {host.decode()}", target(b"http://" + host + b"/", host=host), 403)
      for host in (b"blocked.example", b"blocked.example.", b"BLOCKED.Example")),
    *(refused(143, f"blocked URL as {url.decode()}", target(url, host=b"blocked.example"), 403)
      for url in (b"http://blocked.example:80/", b"HTTP://blocked.example/", b"http://blocked.example/%2e")),
    refused(143, "blocked host by CONNECT", connect(b"Blocked.Example.:443"), 403, source="127.0.3.1"),
    refused(144, "address where addresses are closed", target(b"http://127.0.2.1:@PORT@/", host=b"127.0.2.1:@PORT@"), 403, source="127.0.3.1"),
)

PASSWORD = "violet-harbour-lantern"  # of the account "user"
SECRET = base64.b64encode(f"user:{PASSWORD}".encode())  # must reach neither origin nor log
CREDENTIALS = (
    Case(106, "credentials for the proxy", get(b"Proxy-Authorization: Basic " + SECRET + b"\r\n"), (frozenset({200, 407}),), forwarded=1, lacks=(SECRET, b"Proxy-Authorization")),
)

CASES = FRAMING + CHUNKS + LINES + CREDENTIALS + TARGETS
