#!/usr/bin/env python3
"""Pages that are read on their way: what passes is the same byte for byte, what reaches a limit is closed before or while it is sent, and what
cannot be read is closed for those whose role fails closed (catalogue 192).

usage: content_test.py [--list] [text that the names of the cases must hold]
"""
import contextlib
import gzip
import hashlib
import pathlib
import shutil
import sqlite3
import sys
import threading
import zlib

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "support"))
from gateway import wait_until  # noqa: E402
from hostile import ROOM, HostileSuite, Recorder, covers, list_and_leave, reply, resident_kib, small_gateway, small_school  # noqa: E402
from origin import PATIENCE, Wire, pattern  # noqa: E402

OPEN_ROOM = "127.0.1.21"  # whose role fails open
TEACHERS_ROOM = "127.0.1.22"
HTML = "Content-Type: text/html; charset=utf-8"
BAD = b"<html><body><p>Come and <b>be</b> unk&#105;nd to others</p></body></html>"
PARAGRAPH = b"<p>The quick brown fox jumps over the lazy dog, again and again.</p>\n"

SENT = []  # bodies of messages that an origin got

CONTENT = """
[[term_list]]
id = "trouble"
title = "Being in trouble"
severity = "urgent"
terms = ["in deep trouble"]
[[term_list]]
id = "worry"
title = "Being worried"
severity = "concern"
terms = ["so worried"]
[[prompt]]
id = "assistants"
who = ["everyone"]
what = ["url:origin.example/assistant"]
reason = "Read like a search."
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
[[phrase_list]]
id = "harm-pages"
title = "Pages about harm"
category = "harm"
files = ["phrases/harm.txt"]
[[content]]
id = "closed-harm"
who = ["everyone"]
what = ["everything"]
phrases = ["harm-pages"]
limit = 50
reason = "Talk to somebody."
[[content]]
id = "told-harm"
who = ["everyone"]
what = ["everything"]
phrases = ["harm-pages"]
limit = 20
action = "tell"
reason = "Somebody may need help."
"""
PEOPLE = f"""
[[category]]
id = "harm"
title = "Harming oneself"
alert = "urgent"
[[category]]
id = "hate"
title = "Hate"
alert = "concern"
[[rule]]
id = "closed-harm-sites"
who = ["everyone"]
what = ["category:harm", "category:hate"]
action = "block"
reason = "Talk to somebody."
[[role]]
id = "teacher"
title = "Teacher"
people = "staff"
default = "allow"
default_reason = "Open."
[[network]]
id = "teachers-room"
title = "Teachers' room"
ranges = ["{TEACHERS_ROOM}"]
role = "teacher"
"""
LISTS = """
[[list]]
id = "{0}"
title = "{0}"
category = "{0}"
path = "lists/{0}.txt"
format = "domains"
owner = "officer"
reason = "For the test."
review_by = "2099-01-01"
"""


def reading_school(config):
    small_school(config)
    (config / "content.toml").write_text(CONTENT)
    (config / "phrases" / "unkind.txt").write_text("< be unkind ><60>\n< how to be kind ><-60>\n")
    (config / "phrases" / "harm.txt").write_text("< hurting oneself ><30>\n< how to hurt oneself ><30>\n")
    shutil.rmtree(config / "lists")
    (config / "lists").mkdir()
    for name in ("harm", "hate"):
        (config / "lists" / f"{name}.txt").write_text(f"{name}.example\n{name}2.example\n")
    (config / "lists.toml").write_text("".join(LISTS.format(name) for name in ("harm", "hate")))
    with open(config / "policy.toml", "a") as policy:
        policy.write('\n[[category]]\nid = "unkind"\ntitle = "Unkindness"\n[[category]]\nid = "private"\ntitle = "Private"\nnever_inspect = true\n'
                     '[[rule]]\nid = "closed-searches"\nwho = ["everyone"]\nwhat = ["search:trouble"]\naction = "block"\nreason = "Talk to somebody."\n'
                     '[[role]]\nid = "trusting"\ntitle = "Person"\ndefault = "allow"\ndefault_reason = "Open."\nfails = "open"\n'
                     f'[[network]]\nid = "open-room"\ntitle = "Room"\nranges = ["{OPEN_ROOM}"]\nrole = "trusting"\n' + PEOPLE)


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
    for number, (page, kind) in enumerate(((b'<meta charset="utf-16">' + BAD, "text/html"), (b"<!-- charset=utf-16be -->" + BAD, "text/html"),
                                           ("be unkind".encode("utf-16-le"), "text/html; charset=utf-16"), (BAD, "text/html; charset=cp037"),
                                           (b'{"a":"be unkind"}', "application/json; charset=utf-16le"))):
        assert is_closed(get(f"/charset-{number}", page, f"Content-Type: {kind}")), (page, kind)
    for number, (page, kind) in enumerate(((b'<html><script src="x.js"/>' + BAD + b"</html>", "application/xhtml+xml"), (b"<svg><style/></svg>" + BAD, "text/html"),
                                           (b"<rss><t><![CDATA[be unkind]]></t></rss>", "application/rss+xml"), (b'<!DOCTYPE html SYSTEM "a--b">' + BAD, "text/html"),
                                           (b"<!-- x --!>" + BAD, "text/html"), (b'<script>"</scriptx><style>"</script>' + BAD, "text/html"))):
        assert is_closed(get(f"/markup-{number}", page, f"Content-Type: {kind}; charset=utf-8")), (page, kind)


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


def write(text, *fields, path="/assistant/chat", kind="application/json", room=ROOM):
    """The gateway's answer to a message."""
    body = text.encode() if isinstance(text, str) else text
    with Wire(GATE, room) as wire:
        head = "".join(f"{line}\r\n" for line in (f"POST http://{ORIGIN.authority}{path} HTTP/1.1", f"Host: {ORIGIN.authority}", f"Content-Type: {kind}",
                                                  f"Content-Length: {len(body)}", *fields))
        return wire.send(head + "\r\n").send(body).answer()


def reports():
    """Texts of the reports that the gateway made itself."""
    with contextlib.closing(sqlite3.connect(f"file:{GATE.state / 'gatehouse.db'}?mode=ro", uri=True)) as database:
        return [text for text, in database.execute("SELECT text FROM reports WHERE urgency > 0 ORDER BY id")]


@covers("a message to an assistant is read like a search before it is sent: closed, told to somebody, and its words are nowhere")
def messages():
    for path in ("/assistant/chat", "/assistant/form", "/assistant/long", "/assistant/late", "/elsewhere"):
        ORIGIN.answer(path, swallow)
    closed = (('{"content":"I am in d33p\\ntrouble"}', (), "application/json"), ("f.req=%5B%22in+deep+tro%75ble%22%5D", (), "application/x-www-form-urlencoded"),
              (gzip.compress(b'{"content":"in deep trouble"}'), ("Content-Encoding: gzip",), "application/json"),
              (gzip.compress(b'{"content":"in deep trouble"}'), ("Content-Encoding: identity", "Content-Encoding: gzip"), "application/json"),
              ('--x\r\nContent-Disposition: form-data; name="q"\r\n\r\nin deep trouble\r\n--x--\r\n', (), "multipart/form-data; boundary=x"),
              ('--x\r\nContent-Disposition: form-data; name="q"\r\n\r\ncharset=utf-16be in deep trouble\r\n--x--\r\n', (), "multipart/form-data; boundary=x"),
              ('{"content":"in deep trouble"}', (), "application/json; charset=utf-16be"))
    for text, fields, kind in closed:
        answer = write(text, *fields, kind=kind)
        assert answer.status == 403 and b"This message was not sent" in answer.body and b"Talk to somebody." in answer.body, (text, answer.status, answer.body)
        assert b"0800 1111" in answer.body and b"/ask?" not in answer.body
    seen = b"".join((ORIGIN.all_bytes(), *SENT)).lower()
    assert b"trouble" not in seen and b"tro%75ble" not in seen, "a closed message reached its origin"
    rows = [row for row in wait_until(lambda: [row for row in GATE.access_rows() if row["gatehouse"].get("prompt")], what="rows of messages")]
    row = rows[0]
    assert (row["event"]["action"], row["rule"]["id"], row["gatehouse"]["term_list"]) == ("block", "closed-searches", "trouble"), row
    assert len(row["gatehouse"]["prompt"]) == 16
    wait_until(lambda: len(reports()) == 1, what="one report of all of them")
    assert "Being in trouble" in reports()[0] and "was not sent" in reports()[0] and "deep" not in reports()[0], reports()
    for kept in (GATE.state / "log").iterdir():
        assert b"in deep" not in kept.read_bytes() and b"in d33p" not in kept.read_bytes(), kept


def told():
    """Whose queue, about whom and what, of the reports that the gateway made of pages and visits."""
    routes = {2: "headteacher", 4: "dsl"}
    with contextlib.closing(sqlite3.connect(f"file:{GATE.state / 'gatehouse.db'}?mode=ro", uri=True)) as database:
        rows = database.execute("SELECT route, about_person, text FROM reports WHERE text LIKE '%page of%' OR text LIKE '%visit to%' ORDER BY id")
        return [(routes[route], who, text) for route, who, text in rows]


OPENED = ("Sec-Fetch-Dest: document", "Sec-Fetch-Mode: navigate", "Sec-Fetch-User: ?1")
PICTURE = ("Sec-Fetch-Dest: image", "Sec-Fetch-Mode: no-cors")


def visit(url, *fields, room=ROOM):
    with Wire(GATE, room) as wire:
        return wire.get(url, *fields).answer()


@covers("a page about harm, closed or shown, is told once: of a pupil to the safeguarding lead, of staff to the headteacher")
def told_pages():
    ORIGIN.answer("/harm?q=secret", reply(b"Hurting oneself, and how to hurt oneself", HTML))
    ORIGIN.answer("/about-harm?q=secret", reply(b"Why hurting oneself is no way out", HTML))
    page, mild = (f"http://{ORIGIN.authority}{path}?q=secret" for path in ("/harm", "/about-harm"))
    assert visit(page, *PICTURE).status == 403
    assert visit(page, *OPENED, "Sec-Purpose: prefetch;prerender").status == 403
    assert visit(mild, "Accept: image/avif,*/*;q=0.8").status == 200
    for _ in range(2):
        assert visit(page, *OPENED).status == 403
    assert visit(mild, *OPENED, room=TEACHERS_ROOM).status == 200
    wait_until(lambda: len(told()) >= 2, what="two reports")
    pupil, teacher = told()
    assert pupil[0] == "dsl" and teacher[0:2] == ("headteacher", "somebody at teachers-room"), told()
    assert "page of origin.example" in pupil[2] and "Harming oneself" in pupil[2] and "The page was closed" in pupil[2], pupil
    assert "The page was shown" in teacher[2] and "secret" not in pupil[2] + teacher[2] and "not certain" not in pupil[2], told()


@covers("who opens a site about harm is told of, in a tunnel and in plain, and not who meets it in a page; staff only if it is urgent")
def told_visits():
    room, before = "127.0.1.31", len(told())
    assert visit("http://harm.example/a.png", *PICTURE, room=room).status == 403
    assert visit("http://harm.example/a.png", "Accept: image/webp,*/*;q=0.5", room=room).status == 403
    assert visit("http://hate.example/", *OPENED, room=TEACHERS_ROOM).status == 403
    assert visit("http://hate.example/path?q=secret", *OPENED, room=room).status == 403
    assert visit("http://hate2.example/", *OPENED, room=room).status == 403, "the same thing, a moment later"
    with Wire(GATE, room) as wire:
        assert wire.connect("harm.example:443").status == 403
    wait_until(lambda: len(told()) >= before + 2, what="two reports")
    opened, tunnel = told()[before:]
    assert opened[0] == "dsl" and "visit to hate.example." in opened[2] and "It was not opened." in opened[2] and "secret" not in opened[2], opened
    assert "not certain" not in opened[2], opened
    assert tunnel[0] == "dsl" and "visit to harm.example." in tunnel[2] and "not certain that a person opened it" in tunnel[2], tunnel


@covers("a message that is let through arrives as it was, and what it is about is told")
def open_messages():
    for text in ('{"content":"what is photosynthesis?"}', '{"content":"I am so worried"}', '{"content":"' + "a long story, " * 20000 + '"}'):
        ORIGIN.answer("/assistant/echo", echo)
        answer = write(text, path="/assistant/echo")
        assert (answer.status, answer.body) == (200, hashlib.sha256(text.encode()).hexdigest().encode()), (text[:40], answer.status)
    wait_until(lambda: any("Being worried" in text and "The message was sent" in text for text in reports()), what="a report")
    assert write('{"content":"in deep trouble"}', path="/elsewhere").status == 200, "read is only what the policy names"


@covers("a term late in a long message ends the message; a coding that cannot be read closes it; who waits for a 100 gets one")
def odd_messages():
    ORIGIN.answer("/assistant/long", swallow)
    late = '{"content":"' + "a long story, " * 8000 + 'in deep trouble"}'
    answer = write(late, path="/assistant/long")
    assert answer.status == 403 and b"This message was not sent" in answer.body, answer.status
    assert not any(b"a long story" in body and b"in deep trouble" in body for body in SENT)
    answer = write(b"\x1f\x9d\x90", "Content-Encoding: compress")
    assert answer.status == 502 and b"cannot be checked" in answer.body, answer.status
    ORIGIN.answer("/assistant/wait", lambda request, connection: connection.sendall(b"HTTP/1.1 100 Continue\r\n\r\n") or swallow(request, connection))
    body = '{"content":"in deep trouble"}'
    with Wire(GATE, ROOM) as wire:
        wire.send(f"POST http://{ORIGIN.authority}/assistant/wait HTTP/1.1\r\nHost: {ORIGIN.authority}\r\nContent-Type: application/json\r\n"
                  f"Content-Length: {len(body)}\r\nExpect: 100-continue\r\n\r\n")
        assert wire.head()[0] == 100
        assert wire.send(body).answer().status == 403


@covers("a message whose sender takes its time goes on in part, and is read along")
def slow_messages():
    reached = threading.Event()

    def say_when_begun(request, connection):
        got = request.ahead
        while b"I am" not in got:
            got += connection.recv(65536)
        reached.set()
        SENT.append(got)
        with contextlib.suppress(OSError):
            SENT.append(connection.recv(65536))
        return False
    ORIGIN.answer("/assistant/slow", say_when_begun)
    with Wire(GATE, ROOM) as wire:
        wire.send(f"POST http://{ORIGIN.authority}/assistant/slow HTTP/1.1\r\nHost: {ORIGIN.authority}\r\nContent-Type: application/json\r\n"
                  "Transfer-Encoding: chunked\r\n\r\n10\r\n{\"content\":\"I am\r\n")
        assert reached.wait(PATIENCE)
        answer = wire.send("12\r\n in deep trouble\"}\r\n0\r\n\r\n").answer()
        assert answer.status == 403 and b"was not sent" in answer.body, answer.status
    assert not any(b"deep trouble" in body and b"story" not in body and b"elsewhere" not in body for body in SENT[-2:])


def swallow(request, connection):
    """An origin that reads what comes and answers once it is whole."""
    want, body = int(request.field(b"Content-Length") or 0), request.ahead
    while len(body) < want and (data := connection.recv(65536)):
        body += data
    SENT.append(body)
    if len(body) < want:
        return False
    connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok")
    return False


def echo(request, connection):
    want, body = int(request.field(b"Content-Length") or 0), request.ahead
    while len(body) < want:
        body += connection.recv(65536)
    digest = hashlib.sha256(body).hexdigest()
    connection.sendall(f"HTTP/1.1 200 OK\r\nContent-Length: {len(digest)}\r\n\r\n{digest}".encode())
    return False


@covers("an answer that comes word by word is read as the sentence that it is, and cut where it reaches the limit")
def streamed_answers():
    pieces = [b'data: {"id":"c-1","choices":[{"delta":{"content":"' + word + b'"}}]}\n\n' for word in (b"Come and be un", b"kind to", b" others")]
    passed = threading.Event()

    def word_by_word(request, connection):
        connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nTransfer-Encoding: chunked\r\n\r\n")
        for number, piece in enumerate((b": " + b"." * 1100 + b"\n\n", *pieces)):
            connection.sendall(b"%x\r\n%s\r\n" % (len(piece), piece))
            if number == 1:
                assert passed.wait(PATIENCE)
        return True
    ORIGIN.answer("/assistant/stream", word_by_word)
    with Wire(GATE, ROOM) as wire:
        wire.get(f"http://{ORIGIN.authority}/assistant/stream")
        assert wire.head()[0] == 200
        wire.take_until(b"be un")
        passed.set()
        try:
            while True:
                wire.fill()
        except OSError:
            pass  # a reset
        assert b"kind to" not in wire.buffer, wire.buffer
    row = GATE.wait_for_row(lambda row: row.get("url", {}).get("path") == "/assistant/stream")
    assert (row["event"]["action"], row["rule"]["id"]) == ("block", "closed-pages"), row


def frame(text, masked=True, first=0x81):
    data = text.encode()
    length = bytes([len(data)]) if len(data) < 126 else bytes([126]) + len(data).to_bytes(2, "big") if len(data) < 65536 else bytes([127]) + len(data).to_bytes(8, "big")
    if not masked:
        return bytes([first]) + length + data
    mask = b"\x11\x22\x33\x44"
    return bytes([first, length[0] | 0x80]) + length[1:] + mask + bytes(byte ^ mask[at % 4] for at, byte in enumerate(data))


@contextlib.contextmanager
def websocket(path, talk, room=ROOM):
    """A WebSocket to an origin that does what `talk(connection)` says once it is open."""
    def accept(request, connection):
        assert request.field(b"Sec-WebSocket-Extensions") is None, "what is compressed cannot be read"
        connection.sendall(b"HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Accept: x\r\n\r\n")
        with contextlib.suppress(OSError):
            talk(connection)
        return False
    ORIGIN.answer(path, accept)
    with Wire(GATE, room) as wire:
        answer = wire.get(f"http://{ORIGIN.authority}{path}", "Connection: Upgrade", "Upgrade: websocket", "Sec-WebSocket-Version: 13",
                          "Sec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==", "Sec-WebSocket-Extensions: permessage-deflate").answer()
        assert answer.status == 101, answer.status
        yield wire


def is_cut(wire):
    with contextlib.suppress(OSError, EOFError):
        while True:
            wire.fill()
    return True


@covers("what is said over a WebSocket is read on both sides; what passes is the same, what reaches a limit ends it")
def websockets():
    def echo_frames(connection):
        while data := connection.recv(65536):
            SENT.append(data)
            connection.sendall(data)
    hello = frame('{"content":"hello"}') + frame("x" * 3000) + frame("pieces", first=0x01) + frame("ping", first=0x89) + frame("", first=0x80)
    with websocket("/assistant/socket", echo_frames) as wire:
        assert wire.send(hello).take(len(hello)) == hello
        wire.send(frame('{"content":"I am in deep trouble"}'))
        assert is_cut(wire)
    assert not any(frame('{"content":"I am in deep trouble"}')[8:] in data for data in SENT)
    row = GATE.wait_for_row(lambda row: row.get("url", {}).get("path") == "/assistant/socket")
    assert (row["event"]["action"], row["rule"]["id"], row["gatehouse"]["term_list"]) == ("block", "closed-searches", "trouble"), row

    with websocket("/assistant/long-socket", echo_frames) as wire:
        wire.send(frame(" " * (256 * 1024) + "in deep trouble"))  # where one reading ends the next begins, with no letter lost
        assert is_cut(wire)
    row = GATE.wait_for_row(lambda row: row.get("url", {}).get("path") == "/assistant/long-socket")
    assert (row["event"]["action"], row["gatehouse"]["term_list"]) == ("block", "trouble"), row

    def say_word_by_word(connection):
        for word in ("Come and be un", "kind", " to others"):
            connection.sendall(frame('{"delta":"%s"}' % word, masked=False))
        connection.recv(1)
    with websocket("/talk", say_word_by_word) as wire:
        assert is_cut(wire)
        assert b"to others" not in wire.buffer, wire.buffer
    with websocket("/odd", lambda connection: connection.sendall(frame("compressed", masked=False, first=0xc1)) or connection.recv(1)) as wire:
        assert is_cut(wire) and wire.buffer == b""
    with websocket("/odd", lambda connection: connection.sendall(frame("compressed", masked=False, first=0xc1)) or connection.recv(1), OPEN_ROOM) as wire:
        wire.take_until(b"compressed")


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


CASES = (closed, codings, bombs, same_bytes, unread, good_phrases, cut, slow, broken_off, messages, told_pages, told_visits, open_messages, odd_messages, slow_messages, streamed_answers, websockets, published)
list_and_leave(CASES)

ORIGIN = Recorder()
with small_gateway(ORIGIN.port, edit=reading_school) as GATE:
    SUITE = HostileSuite(GATE, ORIGIN)
    for case in CASES:
        SUITE.play(case)
    SUITE.finish(GATE)
SUITE.close()
