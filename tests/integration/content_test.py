#!/usr/bin/env python3
"""Pages that are read on their way: what passes is the same byte for byte, what reaches a limit is closed before or while it is sent, and what
cannot be read is closed for those whose role fails closed (catalogue 192).

usage: content_test.py [--list] [text that the names of the cases must hold]
"""
import gzip
import hashlib
import pathlib
import sys
import threading
import zlib

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "support"))
from hostile import ROOM, HostileSuite, Recorder, covers, list_and_leave, reply, resident_kib, small_gateway, small_school  # noqa: E402
from origin import PATIENCE, Wire, pattern  # noqa: E402

OPEN_ROOM = "127.0.1.21"  # whose role fails open
HTML = "Content-Type: text/html; charset=utf-8"
BAD = b"<html><body><p>Come and <b>be</b> unk&#105;nd to others</p></body></html>"
PARAGRAPH = b"<p>The quick brown fox jumps over the lazy dog, again and again.</p>\n"

CONTENT = """
[[phrase_list]]
id = "unkind-pages"
title = "Unkind pages"
category = "unkind"
files = ["phrases/unkind.txt"]
[[content]]
id = "closed-pages"
clause = "12"
who = ["everyone"]
what = ["everything"]
phrases = ["unkind-pages"]
limit = 50
reason = "This page is unkind."
"""


def reading_school(config):
    small_school(config)
    (config / "content.toml").write_text(CONTENT)
    (config / "phrases" / "unkind.txt").write_text("< be unkind ><60>\n< how to be kind ><-60>\n")
    with open(config / "policy.toml", "a") as policy:
        policy.write('\n[[category]]\nid = "unkind"\ntitle = "Unkindness"\n[[category]]\nid = "private"\ntitle = "Private"\nnever_inspect = true\n'
                     '[[role]]\nid = "trusting"\ntitle = "Person"\ndefault = "allow"\ndefault_reason = "Open."\nfails = "open"\n'
                     f'[[network]]\nid = "open-room"\ntitle = "Room"\nranges = ["{OPEN_ROOM}"]\nrole = "trusting"\n')


def get(path, body, *fields, room=ROOM, **more):
    """The gateway's answer to a request that an origin answers so."""
    ORIGIN.answer(path, reply(body, *fields, **more))
    with Wire(GATE, room) as wire:
        return wire.get(f"http://{ORIGIN.authority}{path}").answer()


def is_closed(answer):
    assert answer.status == 403 and b"This page is unkind." in answer.body and answer.field("Gatehouse-Decision"), (answer.status, answer.body[:200])
    assert b"Come and" not in answer.body
    return True


@covers("a page that reaches the limit is answered by the block page, and the connection goes on")
def closed():
    ORIGIN.answer("/bad", reply(BAD, HTML))
    with Wire(GATE, ROOM) as wire:
        assert is_closed(wire.get(f"http://{ORIGIN.authority}/bad").answer())
        assert wire.get(f"http://{ORIGIN.authority}/next").answer().body == b"/next"
    row = GATE.wait_for_row(lambda row: row.get("url", {}).get("path") == "/bad")
    ours = row["gatehouse"]
    assert (row["event"]["action"], row["rule"]["id"], row["rule"]["category"]) == ("block", "closed-pages", "unkind"), row
    assert (ours["stage"], ours["clause"], ours["list"], row["http"]["response"]["status_code"]) == ("content", "12", "unkind-pages", 403), row


@covers(192, "every coding is read, and a page in one that is not known is closed where the role fails closed")
def codings():
    raw = zlib.compressobj(9, zlib.DEFLATED, -15)
    coded = {"gzip": gzip.compress(BAD), "deflate": zlib.compress(BAD), "Deflate": raw.compress(BAD) + raw.flush(), "gzip, gzip": gzip.compress(gzip.compress(BAD))}
    for number, (coding, body) in enumerate(coded.items()):
        assert is_closed(get(f"/coded-{number}", body, HTML, f"Content-Encoding: {coding}")), coding
    for number, (coding, body) in enumerate((("compress", b"\x1f\x9d" + BAD), ("gzip", BAD), ("gzip", gzip.compress(bytes(64 << 20))))):
        answer = get(f"/unread-{number}", body, HTML, f"Content-Encoding: {coding}")
        assert answer.status == 502 and b"This page cannot be checked" in answer.body, (coding, answer.status)
        answer = get(f"/unread-{number}", body, HTML, f"Content-Encoding: {coding}", room=OPEN_ROOM)
        assert (answer.status, answer.body) == (200, body), (coding, answer.status)
    row = GATE.wait_for_row(lambda row: row.get("url", {}).get("path") == "/unread-0")
    assert row["gatehouse"]["refusal"] == "content-unreadable", row


@covers(192, "bombs leave memory where it was")
def bombs():
    body = gzip.compress(bytes(256 << 20))
    get("/bomb", body, HTML, "Content-Encoding: gzip")
    before = resident_kib(GATE)
    for _ in range(20):
        assert get("/bomb", body, HTML, "Content-Encoding: gzip").status == 502
    assert resident_kib(GATE) - before < 32 * 1024, f"{resident_kib(GATE) - before} KiB more"


@covers("what passes is the same byte for byte, in every framing and coding")
def same_bytes():
    page = b"<html>" + PARAGRAPH * 20000 + b"</html>"
    for number, body in enumerate((b"", b"x", page[:60000], page[:70000], page, gzip.compress(page), b"".join(pattern(300000)))):
        fields = (HTML, "Content-Encoding: gzip") if body.startswith(b"\x1f\x8b") else (HTML,)
        answer = get(f"/whole-{number}", body, *fields)
        assert (answer.status, hashlib.sha256(answer.body).digest()) == (200, hashlib.sha256(body).digest()), (number, len(answer.body))

        def chunked(request, connection, body=body, fields=fields):
            head = "".join(f"{line}\r\n" for line in ("HTTP/1.1 200 OK", *fields, "Transfer-Encoding: chunked"))
            pieces = b"".join(b"%x\r\n%s\r\n" % (len(body[at:at + 1000]), body[at:at + 1000]) for at in range(0, len(body), 1000))
            connection.sendall(head.encode() + b"\r\n" + pieces + b"0\r\n\r\n")
            return True
        ORIGIN.answer(f"/chunked-{number}", chunked)
        with Wire(GATE, ROOM) as wire:
            answer = wire.get(f"http://{ORIGIN.authority}/chunked-{number}").answer()
            assert (answer.status, answer.body) == (200, body), number
            assert wire.get(f"http://{ORIGIN.authority}/after-{number}").answer().status == 200

        def until_close(request, connection, body=body, fields=fields):
            connection.sendall("".join(f"{line}\r\n" for line in ("HTTP/1.1 200 OK", *fields, "Connection: close")).encode() + b"\r\n" + body)
        ORIGIN.answer(f"/until-close-{number}", until_close)
        with Wire(GATE, ROOM) as wire:
            assert wire.get(f"http://{ORIGIN.authority}/until-close-{number}").answer().body == body, number


@covers("what has no text for people passes unread, and so do answers without a body")
def unread():
    for number, kind in enumerate(("image/png", "application/octet-stream", "text/css", "text/javascript")):
        answer = get(f"/kind-{number}", BAD, f"Content-Type: {kind}")
        assert (answer.status, answer.body) == (200, BAD), kind
    ORIGIN.answer("/head", reply(BAD, HTML))
    ORIGIN.answer("/not-modified", lambda request, connection: connection.sendall(b"HTTP/1.1 304 Not Modified\r\n" + HTML.encode() + b"\r\n\r\n") or True)
    with Wire(GATE, ROOM) as wire:
        assert wire.get(f"http://{ORIGIN.authority}/head", method="HEAD").answer("HEAD").status == 200
        assert wire.get(f"http://{ORIGIN.authority}/not-modified", "If-None-Match: \"x\"").answer().status == 304
    for number, kind in enumerate((HTML, "Content-Type: application/json", "Content-Type: text/plain", "X-No-Type: 1")):
        assert is_closed(get(f"/read-{number}", b"be unkind", kind)), kind


@covers("good phrases count down, wherever in the first part of the page they stand")
def good_phrases():
    assert get("/kind", BAD + PARAGRAPH * 100 + b"How to be kind", HTML).status == 200
    assert is_closed(get("/kind-script", BAD + b"<script>How to be kind</script>", HTML))


@covers("a page that shows itself late is cut, and nothing makes the half look whole")
def cut():
    head = b"<html>" + PARAGRAPH * 2000
    body = head + BAD + PARAGRAPH * 2000
    reached = threading.Event()

    def in_two(request, connection):
        connection.sendall(f"HTTP/1.1 200 OK\r\n{HTML}\r\nContent-Length: {len(body)}\r\n\r\n".encode() + head)
        assert reached.wait(PATIENCE)
        connection.sendall(body[len(head):])
        return True
    ORIGIN.answer("/late", in_two)
    with Wire(GATE, ROOM) as wire:
        wire.get(f"http://{ORIGIN.authority}/late")
        assert wire.head()[0] == 200
        got = wire.take(len(head))
        reached.set()
        try:
            while True:
                wire.fill()
        except OSError:
            pass  # a reset
        assert got == head and b"Come and" not in wire.buffer, wire.buffer[-200:]
    row = GATE.wait_for_row(lambda row: row.get("url", {}).get("path") == "/late")
    assert (row["event"]["action"], row["rule"]["id"], row["gatehouse"]["refusal"]) == ("block", "closed-pages", "closed-by-content"), row
    assert row["gatehouse"]["code"] == "TCP_MISS_ABORTED", row


@covers("a page that comes slowly is held back for a moment only, events not at all")
def slow():
    for kind in (HTML, "Content-Type: text/event-stream"):
        reached = threading.Event()

        def in_two(request, connection):
            connection.sendall(f"HTTP/1.1 200 OK\r\n{kind}\r\nTransfer-Encoding: chunked\r\n\r\n6\r\nfirst \r\n".encode())
            assert reached.wait(PATIENCE)
            connection.sendall(b"6\r\nsecond\r\n0\r\n\r\n")
            return True
        ORIGIN.answer("/slow", in_two)
        with Wire(GATE, ROOM) as wire:
            wire.get(f"http://{ORIGIN.authority}/slow")
            assert wire.head()[0] == 200
            wire.take_until(b"first ")
            reached.set()
            wire.take_until(b"0\r\n\r\n")
            assert wire.get(f"http://{ORIGIN.authority}/behind").answer().status == 200


@covers("an answer that breaks off while it is held back is told as such")
def broken_off():
    ORIGIN.answer("/broken", lambda request, connection: connection.sendall(f"HTTP/1.1 200 OK\r\n{HTML}\r\nContent-Length: 1000\r\n\r\nhalf".encode()))
    with Wire(GATE, ROOM) as wire:
        answer = wire.get(f"http://{ORIGIN.authority}/broken").answer()
        assert answer.status == 502 and b"half" not in answer.body[:4], answer.status


@covers("what a school publishes counts for the next page")
def published():
    content = GATE.config / "content.toml"
    before = content.read_text()
    content.write_text(before.replace("limit = 50", "limit = 70"))
    GATE.publish()
    assert get("/published", BAD, HTML).status == 200
    content.write_text(before)
    GATE.publish()
    assert is_closed(get("/published", BAD, HTML))


CASES = (closed, codings, bombs, same_bytes, unread, good_phrases, cut, slow, broken_off, published)
list_and_leave(CASES)

ORIGIN = Recorder()
with small_gateway(ORIGIN.port, edit=reading_school) as GATE:
    SUITE = HostileSuite(GATE, ORIGIN)
    for case in CASES:
        SUITE.play(case)
    SUITE.finish(GATE)
SUITE.close()
