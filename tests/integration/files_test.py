#!/usr/bin/env python3
"""What is fetched: told by its content, closed by kind and by size for whom the policy says so, checked for viruses by a real ClamAV daemon; what
passes is the same byte for byte, and what cannot be told or checked is closed for those whose role fails closed.

usage: files_test.py [--list] [text that the names of the cases must hold]
"""
import bz2
import contextlib
import gzip
import hashlib
import io
import lzma
import os
import pathlib
import select
import signal
import socket
import struct
import subprocess
import sys
import tarfile
import threading
import zipfile

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "support"))
from clamav import MARK, SIGNATURE, Clamd  # noqa: E402
from gateway import wait_until  # noqa: E402
from hostile import ROOM, HostileSuite, Recorder, covers, list_and_leave, reply, small_gateway, small_school  # noqa: E402
from origin import PATIENCE, Wire, pattern  # noqa: E402

OPEN_ROOM = "127.0.1.21"  # whose role fails open
FREE_ROOM = "127.0.1.22"  # for whom no entry of [[file]] holds
MIB = 1 << 20
OCTETS = "Content-Type: application/octet-stream"

CONTENT = """
[[file]]
id = "updates"
who = ["everyone"]
what = ["url:origin.example/updates"]
kinds = ["program"]
action = "allow"
reason = "Updates."
[[file]]
id = "no-programs"
clause = "12"
who = ["open", "lenient"]
what = ["everything"]
kinds = ["program", "script", "archive", "disk-image", "torrent", "web-program", "part"]
action = "block"
reason = "Programs are for the ICT team to install."
[[file]]
id = "no-large-films"
who = ["open"]
what = ["everything"]
kinds = ["video"]
larger_than = "1MiB"
action = "block"
reason = "Long films fill the line."
[[file]]
id = "nothing-huge"
who = ["open"]
what = ["everything"]
larger_than = "2MiB"
action = "block"
reason = "This is too large for a school day."
"""


def school(config):
    small_school(config)
    (config / "content.toml").write_text(CONTENT)
    with open(config / "policy.toml", "a") as policy:
        for role, room, fails in (("lenient", OPEN_ROOM, "open"), ("free", FREE_ROOM, "closed")):
            policy.write(f'[[role]]\nid = "{role}"\ntitle = "Person"\ndefault = "allow"\ndefault_reason = "Open."\nfails = "{fails}"\n'
                         f'[[network]]\nid = "{role}-room"\ntitle = "Room"\nranges = ["{room}"]\nrole = "{role}"\n')


def packed(files):
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, text in files.items():
            archive.writestr(name, text)
    return out.getvalue()


def tarred():
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w") as archive:
        archive.addfile(tarfile.TarInfo("x"), io.BytesIO(b""))
    return out.getvalue()


ELF = pathlib.Path("/bin/true").read_bytes()
PE = b"MZ" + bytes(58) + struct.pack("<I", 64) + b"PE\0\0" + bytes(200)
PNG = b"\x89PNG\r\n\x1a\n" + bytes(500)
ZIP = packed({"a.txt": "x" * 1000})
DOCX = packed({"[Content_Types].xml": "<Types/>", "_rels/.rels": "<r/>", "word/document.xml": "<w/>"})
PDF = b"%PDF-1.7\n" + bytes(range(256)) * 4
ISO = bytes(0x8001) + b"CD001\1" + bytes(20000)
FILM = b"\0\0\0\x20ftypisom" + bytes(3000)


def asked(path, room=ROOM, *fields):
    with Wire(GATE, room) as wire:
        return wire.get(f"http://{ORIGIN.authority}{path}", *fields).answer()


def get(path, body, *fields, room=ROOM):
    ORIGIN.answer(path, reply(body, *fields))
    return asked(path, room)


def is_closed(answer, reason=b"Programs are for the ICT team to install."):
    assert answer.status == 403 and reason in answer.body and b"This file is blocked" in answer.body, (answer.status, answer.body[:300])
    return True


def row_of(path):
    return GATE.wait_for_row(lambda row: row.get("url", {}).get("path") == path)


@covers(194, "a file is what it is, whatever the origin calls it")
def kinds():
    closed = {"program": [ELF, PE], "archive": [ZIP, tarred(), gzip.compress(b"x" * 500), bz2.compress(b"x" * 500), lzma.compress(b"x" * 500), b"7z\xbc\xaf\x27\x1c\0\4" + bytes(100)],
              "disk-image": [ISO], "script": [b"#!/bin/sh\necho hello\n"], "web-program": [b"\0asm\1\0\0\0" + bytes(50)],
              "torrent": [b"d8:announce20:http://t.example/an4:infod6:lengthi1e4:name1:x12:piece lengthi1e6:pieces20:" + bytes(20) + b"ee"]}
    number = 0
    for kind, bodies in closed.items():
        for body in bodies:
            for declared in (OCTETS, "Content-Type: image/png", "Content-Type: text/html"):
                number += 1
                assert is_closed(get(f"/kind-{number}", body, declared)), (kind, declared)
                row = row_of(f"/kind-{number}")
                ours = row["gatehouse"]
                assert (ours["file_kind"], ours["stage"], row["rule"]["id"], ours["clause"]) == (kind, "file", "no-programs", "12"), row
                assert get(f"/kind-{number}", body, declared, room=FREE_ROOM).body == body
    for kind, body in {"image": PNG, "document": PDF, "document ": DOCX, "video": FILM, "text": b"plain words", "other": os.urandom(4) + b"\0\1\2" * 300}.items():
        number += 1
        answer = get(f"/kind-{number}", body, OCTETS)
        assert (answer.status, answer.body) == (200, body), (kind, answer.status)
        assert row_of(f"/kind-{number}")["gatehouse"]["file_kind"] == kind.strip()


@covers("four bytes of a picture or film further on make no picture or film of a program")
def disguised():
    for number, (at, mark) in enumerate(((8, b"WEBP"), (8, b"WAVE"), (4, b"ftyp"), (4, b"moof"))):
        for body in (PE, ELF):
            assert is_closed(get(f"/disguised-{number}", body[:at] + mark + body[at + 4:], OCTETS)), (mark, body[:4])


@covers("where content says only that it is text or packed, the name that the file would get counts")
def names():
    for number, (path, body, fields) in enumerate((
            ("/run.bat", b"@echo off\r\n", ()), ("/x.PS1?y=1", b"Get-Process\n", ()), ("/game.apk", ZIP, ()), ("/a%2Ejar", ZIP, ()),
            ("/get", b"WScript.Echo 1\n", ('Content-Disposition: attachment; filename="say.vbs"',)),
            ("/get2", b"@echo off\n", ("Content-Disposition: attachment; filename=\"x.txt\"; filename*=UTF-8''run.cmd%20",)),
            ("/get3", b"<html>", ("Content-Type: text/html", 'Content-Disposition: attachment; filename=page.hta')))):
        assert is_closed(get(path, body, *fields)), (number, path)
    for path, body, fields in (("/about-setup.exe", b"<html>How to install it</html>", ("Content-Type: text/html",)),
                               ("/list.txt", b"@echo off\n", ()), ("/x.docx", DOCX, ()), ("/photo.exe.png", PNG, ())):
        assert get(path, body, *fields).status == 200, path


@covers("a name that a computer acts on closes whatever the file begins with, read as any browser reads it")
def names_beside_marks():
    attached = 'Content-Disposition: attachment; filename="{}"'.format
    bat = b"@echo off\r\n" * 20
    for number, (body, fields) in enumerate((
            (b"GIF89a\r\n" + bat, (attached("game.bat"),)), (b"ID3<script>alert(1)</script>" * 9, (attached("x.hta"),)),
            (b"GIF89a\1\0\1\0\0\0\0;" + ZIP, (attached("x.jar"),)), (PDF + ZIP, (attached("x.zip"),)),
            (bat, (attached("g.b\\at"),)), (bat, (attached("g.bat::$DATA"),)), (bat, ("Content-Disposition: attachment; filename*=UTF-8''g.bat%E2%80%8B",)),
            (bat, ('Content-Disposition: attachment; filename*=bogus; filename="g.bat"',)), (bat, ('Content-Disposition: attachment; filename=a.txt; filename="g.bat"',)),
            (bat, (attached("=?UTF-8?B?Zy5iYXQ=?="),)), (bat, ("Content-Disposition: inline", attached("g.bat"))))):
        assert is_closed(get(f"/beside-{number}", body, OCTETS, *fields)), (number, fields)
    assert get("/beside-page", b"GIF89a\r\n", "Content-Type: text/html").status == 200
    assert get("/beside-picture", PNG, "Content-Type: image/png", attached("holiday.png")).status == 200


@covers("names that pages load and speak of, too, count where a browser saves the file")
def saved_names():
    attached = 'Content-Disposition: attachment; filename="{}"'.format
    script, page, text = "Content-Type: text/javascript", "Content-Type: text/html", b"var x = 1;\n" * 20
    loads = ("Sec-Fetch-Mode: no-cors", "Sec-Fetch-Dest: script")
    opens = ("Sec-Fetch-Mode: navigate", "Sec-Fetch-Dest: document")
    downloads = ("Sec-Fetch-Mode: navigate", "Sec-Fetch-Dest: empty")
    for number, (path, asks, fields, status) in enumerate((
            ("/app.js", (), (script,), 200), ("/app.js", loads, (script,), 200), ("/app.js", opens, (script,), 200),
            ("/app.js", loads, (script, attached("app.js")), 200), ("/app.js", loads, (OCTETS,), 200),
            ("/app.js", (), (script, attached("app.js")), 403), ("/app.js", opens, (script, attached("app.js")), 403),
            ("/app.js", opens, (OCTETS,), 403), ("/app.js", ("Accept: text/html,*/*;q=0.8",), (OCTETS,), 403),
            ("/app.js", downloads, (script,), 403), ("/run.bat", downloads, (page,), 403),
            ("/run.bat", (*downloads, "Sec-Purpose: prefetch"), (page,), 200), ("/run.bat", opens, (page,), 200),
            ("/whois/example.com", opens, ("Content-Type: application/json",), 200), ("/whois/example.com", (), (OCTETS,), 200),
            *(("/get", opens, (OCTETS, attached(f"x.{ending}")), 403) for ending in ("js", "com", "url", "lnk", "scf", "reg", "vbs", "wsf", "cpl", "msc")))):
        ORIGIN.answer(path, reply(text, *fields))
        assert asked(path, ROOM, *asks).status == status, (number, path, asks, fields)


@covers("the path names no file of a picture or PDF that is what it is said to be and is shown in its place")
def shown_in_place():
    attached = 'Content-Disposition: attachment; filename="{}"'.format
    picture, pdf, bat = "Content-Type: image/png", "Content-Type: application/pdf", b"@echo off\r\n" * 20
    for path, body, fields in (("/favicon/brew.sh", PNG, (picture,)), ("/view.exe", PDF, (pdf,)),
                               ("/badge/brew.sh", b"<svg xmlns='http://www.w3.org/2000/svg'/>", ("Content-Type: image/svg+xml",))):
        assert get(path, body, *fields).status == 200, path
    for path, body, fields in (("/game.bat", b"GIF89a\r\n" + bat, (OCTETS,)), ("/game.bat", b"GIF89a\r\n" + bat, ("Content-Type: image/gif", attached(""))),
                               ("/game.bat", bat, (picture,)), ("/x.jar", PDF + ZIP, (pdf, attached("x.pdf"))), ("/x.jar", PDF + ZIP, (OCTETS,)),
                               ("/x.hta", b"ID3<script>alert(1)</script>" * 9, ("Content-Type: audio/mpeg",)), ("/view.exe", PE, (pdf,))):
        assert is_closed(get(path, body, *fields)), (path, fields)
    ORIGIN.answer("/link.jar", reply(b"GIF89a\1\0\1\0\0\0\0;" + ZIP, "Content-Type: image/gif"))
    assert is_closed(asked("/link.jar", ROOM, "Sec-Fetch-Mode: navigate", "Sec-Fetch-Dest: empty")), "the page's own link saves it"


@covers("a coding hides nothing, and what cannot be decoded is closed where the role fails closed")
def codings():
    assert is_closed(get("/coded", gzip.compress(ELF), OCTETS, "Content-Encoding: gzip"))
    assert is_closed(get("/coded-once", gzip.compress(ELF), OCTETS, "Content-Encoding: identity", "Content-Encoding: gzip"))
    assert is_closed(get("/coded-twice", gzip.compress(gzip.compress(ELF)), OCTETS, "Content-Encoding: gzip", "Content-Encoding: gzip"))
    for number, fields in enumerate((("Content-Encoding: compress",), ("Content-Encoding: gzip",))):
        answer = get(f"/undecoded-{number}", ELF, OCTETS, *fields)
        assert answer.status == 502 and b"This file cannot be checked" in answer.body, (answer.status, answer.body[:200])
        assert row_of(f"/undecoded-{number}")["gatehouse"]["refusal"] == "file-unreadable"
        assert get(f"/undecoded-{number}", ELF, OCTETS, *fields, room=OPEN_ROOM).body == ELF


@covers("an entry before the others opens what they close")
def allowed():
    assert get("/updates/x", ELF, OCTETS).body == ELF
    assert is_closed(get("/updates/y", ZIP, OCTETS))


@covers("size counts: as said before a byte is sent, as it comes where it is not said")
def sizes():
    huge = b"This is too large for a school day."
    assert is_closed(get("/said", PNG + bytes(3 * MIB), OCTETS), huge)
    assert is_closed(get("/film", FILM + bytes(MIB), "Content-Type: video/mp4"), b"Long films fill the line.")
    assert get("/short-film", FILM, "Content-Type: video/mp4").status == 200
    assert len(get("/large-picture", PNG + bytes(MIB), OCTETS).body) == len(PNG) + MIB
    assert get("/said", PNG + bytes(3 * MIB), OCTETS, room=OPEN_ROOM).status == 200

    def unsaid(request, connection):
        connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Type: image/png\r\nTransfer-Encoding: chunked\r\n\r\n")
        for piece in (PNG, *[bytes(65536)] * 48):
            connection.sendall(b"%x\r\n%s\r\n" % (len(piece), piece))
        connection.sendall(b"0\r\n\r\n")
        return True
    ORIGIN.answer("/unsaid", unsaid)
    got = 0
    with Wire(GATE, ROOM) as wire:
        wire.get(f"http://{ORIGIN.authority}/unsaid")
        try:
            while data := wire.socket.recv(65536):
                got += len(data)
                assert not data.endswith(b"0\r\n\r\n")
        except ConnectionResetError:
            pass
    assert got < 2.5 * MIB, got  # how much the client read before the reset is its own affair
    assert row_of("/unsaid")["rule"]["id"] == "nothing-huge"


@covers("a piece of a file is a piece unless it is said to be what browsers fetch in pieces")
def parts():
    def piece(first, kind):
        return lambda request, connection: not connection.sendall(
            f"HTTP/1.1 206 Partial Content\r\nContent-Type: {kind}\r\nContent-Range: bytes {first}-{first + 99}/{len(ELF)}\r\nContent-Length: 100\r\n\r\n".encode()
            + ELF[first:first + 100])
    for path, first, kind, status in (("/part-1", 1, "application/octet-stream", 403), ("/part-2", 0, "application/octet-stream", 403),
                                      ("/part-3", 1, "video/mp4", 206), ("/part-4", 1, "application/pdf", 206)):
        ORIGIN.answer(path, piece(first, kind))
        assert asked(path, ROOM, f"Range: bytes={first}-").status == status, path
    assert row_of("/part-1")["gatehouse"]["file_kind"] == "part"
    ORIGIN.answer("/part-of-film", lambda request, connection: not connection.sendall(
        b"HTTP/1.1 206 Partial Content\r\nContent-Type: video/mp4\r\nContent-Range: bytes 5-9/9999999\r\nContent-Length: 5\r\n\r\nxxxxx"))
    assert is_closed(asked("/part-of-film", ROOM, "Range: bytes=5-9"), b"Long films fill the line.")


@covers("a piece that nobody asked for is read as a whole file")
def unasked_parts():
    attached = 'Content-Disposition: attachment; filename="{}"'.format
    for number, fields in enumerate(((f"Content-Range: bytes 1-{len(PE)}/{len(PE) + 1}",), ())):
        ORIGIN.answer(f"/unasked-{number}", reply(PE, "Content-Type: image/png", *fields, status="206 Partial Content"))
        assert is_closed(asked(f"/unasked-{number}")), number
        assert is_closed(asked(f"/unasked-{number}", ROOM, "Range: bytes=0-")), number
    ORIGIN.answer("/asked", reply(PE, "Content-Type: image/png", attached("setup.exe"), "Content-Range: bytes 5-99/9999", status="206 Partial Content"))
    assert is_closed(asked("/asked", ROOM, "Range: bytes=5-")), "its name tells"
    ORIGIN.answer("/piece-of-pdf", reply(PDF, "Content-Type: application/pdf", "Content-Range: bytes 5-99/9999", status="206 Partial Content"))
    assert asked("/piece-of-pdf", ROOM, "Range: bytes=5-").body == PDF
    assert row_of("/piece-of-pdf")["gatehouse"]["virus"] == "not-checked"


@covers("the beginning of a file is waited for, but not for long")
def slow():
    released = threading.Event()

    def drip(request, connection):
        connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nContent-Length: 20\r\n\r\nhello")
        released.wait(PATIENCE)
        connection.sendall(b"x" * 15)
        return True
    ORIGIN.answer("/slow", drip)
    with Wire(GATE, ROOM) as wire:
        wire.get(f"http://{ORIGIN.authority}/slow").take_until(b"hello")
        released.set()
        wire.take_until(b"x" * 15)
    gone_on = threading.Event()

    def one_byte_first(request, connection):
        connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Type: application/octet-stream\r\nContent-Length: %d\r\n\r\nM" % len(PE))
        gone_on.wait(PATIENCE)
        connection.sendall(PE[1:])
        return True
    ORIGIN.answer("/one-byte-first", one_byte_first)
    with Wire(GATE, ROOM) as wire:
        wire.get(f"http://{ORIGIN.authority}/one-byte-first").socket.settimeout(0.8)  # longer than the beginning of text is waited for
        try:
            raise AssertionError(f"one byte told what it is: {wire.socket.recv(100)}")
        except TimeoutError:
            wire.socket.settimeout(PATIENCE)
        gone_on.set()
        assert is_closed(wire.answer())
    named = b"\x1f\x8b\x08\x08" + bytes(6) + b"n" * 200_000 + b"\0" + gzip.compress(PE)[10:]  # a gzip whose own name is long (RFC 1952 2.3.1)
    answer = get("/long-name", named, OCTETS, "Content-Encoding: gzip")
    assert answer.status == 502 and b"This file cannot be checked" in answer.body, answer.status
    ORIGIN.answer("/events", lambda request, connection: not connection.sendall(
        b"HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nTransfer-Encoding: chunked\r\n\r\n8\r\ndata: x\n\r\n") or released.wait(0))
    with Wire(GATE, ROOM) as wire:
        wire.get(f"http://{ORIGIN.authority}/events").take_until(b"data: x")


@covers("what passes is the same byte for byte, in every framing, checked for viruses or not")
def same_bytes():
    for number, body in enumerate((b"", PDF, PDF + os.urandom(100_000), PDF + os.urandom(MIB), b"".join(pattern(MIB)))):
        for room in (ROOM, FREE_ROOM):
            answer = get(f"/whole-{number}", body, OCTETS, room=room)
            assert (answer.status, hashlib.sha256(answer.body).digest()) == (200, hashlib.sha256(body).digest()), (number, answer.status, len(answer.body))

        def chunked(request, connection, body=body):
            pieces = b"".join(b"%x\r\n%s\r\n" % (len(body[at:at + 7000]), body[at:at + 7000]) for at in range(0, len(body), 7000))
            connection.sendall(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n" + pieces + b"0\r\n\r\n")
            return True
        ORIGIN.answer(f"/chunked-{number}", chunked)
        assert asked(f"/chunked-{number}").body == body, number

        def until_close(request, connection, body=body):
            connection.sendall(b"HTTP/1.1 200 OK\r\n\r\n" + body)
            return False
        ORIGIN.answer(f"/ended-{number}", until_close)
        assert asked(f"/ended-{number}").body == body, number


@covers("what ClamAV finds is stopped for everyone, packed or not, with a page that frightens nobody")
def viruses():
    bad = PDF + MARK
    for number, (body, fields) in enumerate(((bad, ()), (gzip.compress(bad), ("Content-Encoding: gzip",)), (packed({"a.txt": bad}), ()),
                                             (b"plain " + MARK, ("Content-Disposition: attachment; filename=a.txt",)))):
        for room in (FREE_ROOM,) if number == 2 else (ROOM, OPEN_ROOM, FREE_ROOM):
            answer = get(f"/bad-{number}", body, OCTETS, *fields, room=room)
            assert answer.status == 403 and b"This file was stopped" in answer.body and b"you have done nothing wrong" in answer.body, (number, answer.status)
            assert MARK not in answer.body and b"Ask for this site" not in answer.body
        row = row_of(f"/bad-{number}")
        assert (row["event"]["action"], row["rule"]["id"], row["gatehouse"]["stage"]) == ("block", "virus", "virus"), row
        assert row["gatehouse"]["virus"].startswith(SIGNATURE), row
    assert get("/shown", b"a page about " + MARK, "Content-Type: text/html").status == 200


@covers("of a larger file what was sent is never the whole of it")
def cut():
    body = PDF + os.urandom(MIB) + MARK
    ORIGIN.answer("/large-bad", reply(body, OCTETS))
    got = b""
    with Wire(GATE, FREE_ROOM) as wire:
        wire.get(f"http://{ORIGIN.authority}/large-bad")
        try:
            while data := wire.socket.recv(65536):
                got += data
        except ConnectionResetError:
            pass
    assert MARK not in got and len(got) < len(body) - 8000, len(got)
    assert row_of("/large-bad")["gatehouse"]["virus"].startswith(SIGNATURE)


@covers("few files of a client wait whole for their check, of others the last bytes; none reaches it whole before the answer")
def many_kept():
    places, more = 16, 2  # most_files_kept
    begin, end = PDF + os.urandom(100_000), os.urandom(20_000) + MARK
    gone_on = threading.Event()

    def halting(request, connection):
        connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n" % (len(begin) + len(end)) + begin)
        gone_on.wait(PATIENCE)
        connection.sendall(end)
        return True
    ORIGIN.answer("/halting", halting)
    with contextlib.ExitStack() as stack:
        wires = [stack.enter_context(Wire(GATE, FREE_ROOM)).get(f"http://{ORIGIN.authority}/halting") for _ in range(places + more)]
        wait_until(lambda: len(select.select([wire.socket for wire in wires], [], [], 0)[0]) == more, what="the first bytes of those that are not kept")
        gone_on.set()
        pages = 0
        for wire in wires:
            try:
                answer = wire.answer()
                assert answer.status == 403 and b"This file was stopped" in answer.body, answer.status
                pages += 1
            except (EOFError, ConnectionResetError):
                assert MARK not in wire.buffer
    assert pages == places, pages
    wait_until(lambda: "antivirus.sent_in_part" in GATE.log_path.read_text(), what="a line in the log")
    assert get("/after", PDF + bytes(100_000), OCTETS, room=FREE_ROOM).status == 200
    ORIGIN.answer("/bad-after", reply(begin + end, OCTETS))
    assert asked("/bad-after", FREE_ROOM).status == 403, "the places are given back"


@covers("what is larger than the check takes passes, and the row says that it was not checked")
def too_large():
    body = PDF + bytes(3 * MIB) + MARK
    answer = get("/beyond", body, OCTETS, room=FREE_ROOM)
    assert answer.status == 200 and answer.body == body
    assert row_of("/beyond")["gatehouse"]["virus"] == "not-checked"


@covers("without ClamAV files are closed where the role fails closed, and open elsewhere; it is asked again with the next file")
def absent():
    CLAMD.stop()
    try:
        answer = get("/unchecked", PDF, OCTETS)
        assert answer.status == 502 and b"This file cannot be checked yet" in answer.body, (answer.status, answer.body[:200])
        assert row_of("/unchecked")["gatehouse"]["refusal"] == "virus-check-failed"
        assert get("/unchecked-open", PDF, OCTETS, room=OPEN_ROOM).body == PDF
        assert row_of("/unchecked-open")["gatehouse"]["virus"] == "not-checked"
        assert get("/picture", PNG, OCTETS).status == 200
        assert "clamd.sock" in GATE.command("doctor", check=False)
    finally:
        CLAMD.start()
    assert get("/checked", PDF, OCTETS).body == PDF


@covers("a ClamAV that takes a file and says nothing, or nonsense, is not waited for longer than its patience")
def silent():
    CLAMD.stop()
    try:
        for number, words in enumerate((b"", b"stream: maybe\0", b"\0", b"x" * 5000)):
            with socket.socket(socket.AF_UNIX) as listener:
                listener.bind(str(CLAMD.socket))
                listener.listen()

                def serve(words=words, listener=listener):
                    connection, _ = listener.accept()
                    with connection, contextlib.suppress(OSError):
                        connection.recv(65536)
                        connection.sendall(words)
                        while connection.recv(65536):
                            pass
                server = threading.Thread(target=serve, daemon=True)
                server.start()
                answer = get(f"/nonsense-{number}", PDF, OCTETS)
                assert answer.status == 502, (words, answer.status)
                server.join(PATIENCE)
            CLAMD.socket.unlink()
    finally:
        CLAMD.start()


def helpers():
    return [int(word) for word in subprocess.run(["pgrep", "-P", str(GATE.process.pid), "-f", "gatehouse-kinds"], capture_output=True, text=True).stdout.split()]


@covers("the program that looks into files holds nothing, may do nothing, and is started again when it ends or hangs")
def helper():
    assert get("/first", ZIP, OCTETS, room=FREE_ROOM).status == 200
    pid, = helpers()
    status = pathlib.Path(f"/proc/{pid}/status").read_text()
    assert "Seccomp:\t2" in status and "NoNewPrivs:\t1" in status, status
    assert len(list(pathlib.Path(f"/proc/{pid}/fd").iterdir())) == 4
    os.kill(pid, signal.SIGKILL)
    answer = get("/second", ZIP, OCTETS)
    assert answer.status == 502 and b"This file cannot be checked" in answer.body, answer.status
    wait_until(lambda: is_closed_again("/third"), what="the next helper")
    pid, = helpers()
    os.kill(pid, signal.SIGSTOP)
    assert get("/fourth", ZIP, OCTETS).status == 502
    wait_until(lambda: is_closed_again("/fifth"), what="the next helper")


def is_closed_again(path):
    answer = get(path, ZIP, OCTETS)
    return answer.status == 403 and is_closed(answer)


@covers("many files at once are told one after the other, and none is lost")
def many():
    wrong = []

    def fetch(number):
        answer = get(f"/many-{number}", ZIP if number % 2 else DOCX, OCTETS)
        if answer.status != (403 if number % 2 else 200):
            wrong.append((number, answer.status))
    threads = [threading.Thread(target=fetch, args=(number,)) for number in range(60)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not wrong, wrong


CASES = (kinds, disguised, names, names_beside_marks, saved_names, shown_in_place, codings, allowed, sizes, parts, unasked_parts, slow, same_bytes, viruses, cut, many_kept, too_large, absent, silent, helper, many)
list_and_leave(CASES)

ORIGIN = Recorder()
with Clamd() as CLAMD, small_gateway(ORIGIN.port, edit=school, settings={"antivirus": f'socket = "{CLAMD.socket}"\nmost = "2MiB"\npatience = "2s"'}) as GATE:
    SUITE = HostileSuite(GATE, ORIGIN)
    for case in CASES:
        SUITE.play(case)
    SUITE.finish(GATE)
SUITE.close()
