#!/usr/bin/env python3
"""The programs people use, through the gateway: curl, Requests, git, apt, WebSocket; and every framing of HTTP/1.1, up to 1 GB.
What one end sent is what the other end got, byte for byte.
"""
import base64
import hashlib
import os
import pathlib
import subprocess
import sys
import tempfile
import threading
import urllib.parse

import requests

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "support"))
from gateway import Gateway, Suite  # noqa: E402
from origin import BLOCK, HttpHandler, Origin, Wire, make_certificate, pattern, pattern_hash  # noqa: E402

GIGABYTE = 1_000_000_007  # a prime: no buffer size divides it
ROOM = "127.0.1.20"
SUITE = Suite()
FOLDER = tempfile.TemporaryDirectory(prefix="gatehouse-clients-")
ROOT = pathlib.Path(FOLDER.name)
WEBSOCKET_GUID = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11"
SEEN = []  # request heads that the origin got, as (method, path, client port)


class Files(HttpHandler):
    """Bodies of any size and framing under /length /chunked /close; files under /apt; git under /git; odd answers elsewhere."""

    def do_GET(self):
        SEEN.append((self.command, self.path, self.client_address[1]))
        path, _, query = self.path.partition("?")
        if path.startswith("/git/"):
            return self.run_git(path, query)
        if path.startswith("/apt/"):
            return self.send_file(ROOT / path[1:])
        return getattr(self, "get_" + path.split("/")[1].replace("-", "_"))(query)

    do_HEAD = do_GET

    def send_file(self, path):
        return self.answer(200, path.read_bytes()) if path.is_file() else self.answer(404, b"no such file")

    def get_hello(self, query):
        self.answer(200, b"hello " + query.encode(), Content_Type="text/plain")

    def get_length(self, query):
        self.send_response(200)
        self.send_header("Content-Length", query)
        self.end_headers()
        if self.command == "GET":
            for piece in pattern(int(query)):
                self.wfile.write(piece)

    def get_chunked(self, query):
        self.send_response(200)
        self.send_header("Transfer-Encoding", "chunked")
        self.end_headers()
        extension = b";name=value"  # on the first chunk only: their sum over a body is limited
        for piece in pattern(int(query)):
            # Chunks of a size of their own, so that reads, chunks and blocks never fall together.
            for at in range(0, len(piece), 300_007):
                part = piece[at:at + 300_007]
                self.wfile.write(b"%x%s\r\n" % (len(part), extension) + part + b"\r\n")
                extension = b""
        self.wfile.write(b"0\r\n\r\n")

    def get_close(self, query):
        self.send_response(200)
        self.send_header("Connection", "close")
        self.end_headers()
        for piece in pattern(int(query)):
            self.wfile.write(piece)
        self.close_connection = True

    def get_status(self, query):
        self.answer(int(query), ETag='"tag"')

    def get_range(self, _):
        wanted = self.headers.get("Range", "")[6:].split(",")
        spans = [tuple(int(number) for number in span.split("-")) for span in wanted]
        if len(spans) == 1:
            first, last = spans[0]
            return self.answer(206, BLOCK[first:last + 1], Content_Range=f"bytes {first}-{last}/{len(BLOCK)}")
        body = b"".join(b"\r\n--CUT\r\nContent-Range: bytes %d-%d/%d\r\n\r\n" % (first, last, len(BLOCK)) + BLOCK[first:last + 1]
                        for first, last in spans) + b"\r\n--CUT--\r\n"
        self.answer(206, body, Content_Type="multipart/byteranges; boundary=CUT")

    def get_websocket(self, _):
        key = self.headers["Sec-WebSocket-Key"] + WEBSOCKET_GUID
        self.send_response(101)
        self.send_header("Connection", "Upgrade")
        self.send_header("Upgrade", "websocket")
        self.send_header("Sec-WebSocket-Accept", base64.b64encode(hashlib.sha1(key.encode()).digest()).decode())
        self.end_headers()
        self.wfile.write(frame(b"first word of the server", mask=False))  # right behind the head
        while (payload := read_frame(self.rfile.read)) is not None:
            self.wfile.write(frame(payload[::-1], mask=False))
        self.close_connection = True

    def do_POST(self):
        path, _, query = self.path.partition("?")
        if path.startswith("/git/"):
            return self.run_git(path, query)
        if path == "/early":  # a final answer before the body is read
            self.answer(413, b"too large", Connection="close")
            self.close_connection = True
            return None
        digest, size = hashlib.sha256(), 0
        for piece in self.body_pieces():
            digest.update(piece)
            size += len(piece)
        framing = "chunked" if "Transfer-Encoding" in self.headers else "length"
        return self.answer(200, f"{framing} {size} {digest.hexdigest()}".encode())

    do_PUT = do_POST

    def run_git(self, path, query):
        environment = dict(os.environ, GIT_PROJECT_ROOT=str(ROOT / "git"), GIT_HTTP_EXPORT_ALL="1", REMOTE_USER="pupil",
                           REQUEST_METHOD=self.command, PATH_INFO=path[4:], QUERY_STRING=query,
                           CONTENT_TYPE=self.headers.get("Content-Type", ""), HTTP_CONTENT_ENCODING=self.headers.get("Content-Encoding", ""),
                           GIT_PROTOCOL=self.headers.get("Git-Protocol", ""))
        done = subprocess.run(["git", "http-backend"], input=b"".join(self.body_pieces()), capture_output=True, env=environment, check=True)
        head, _, body = done.stdout.partition(b"\r\n\r\n")
        fields = dict(line.split(": ", 1) for line in head.decode().split("\r\n"))
        status = int(fields.pop("Status", "200").split(" ")[0])
        self.answer(status, body, **{name.replace("-", "_"): value for name, value in fields.items()})


def frame(payload, mask=True, opcode=2):
    """A WebSocket frame of less than 64 KiB (RFC 6455 §5.2)."""
    key = b"\x11\x22\x33\x44" if mask else b""
    size = len(payload)
    length = bytes([size | (128 if mask else 0)]) if size < 126 else bytes([126 | (128 if mask else 0)]) + size.to_bytes(2, "big")
    data = bytes(byte ^ key[at % 4] for at, byte in enumerate(payload)) if mask else payload
    return bytes([128 | opcode]) + length + key + data


def read_frame(read):
    """The payload; nothing at a close frame or at the end."""
    head = read(2)
    if len(head) < 2 or head[0] & 15 == 8:
        return None
    size = head[1] & 127
    if size == 126:
        size = int.from_bytes(read(2), "big")
    key = read(4) if head[1] & 128 else b"\0\0\0\0"
    return bytes(byte ^ key[at % 4] for at, byte in enumerate(read(size)))


def name_updates(config):
    """Packages come from a place of updates: elsewhere programs are closed for pupils, who sit at this address."""
    with open(config / "lists" / "updates.txt", "a") as updates:
        updates.write("www.school.example\n")


CERTIFICATE, TLS = make_certificate(ROOT, "git.school.example", "secure.school.example")
PLAIN, SECURE, SIX = Origin(Files), Origin(Files, tls=TLS), Origin(Files, address="::1")
GATE = Gateway(names={"www.school.example": PLAIN.address, "git.school.example": SECURE.address, "secure.school.example": SECURE.address,
                      "six.school.example": "::1", "www.instagram.com": PLAIN.address},
               ports=[PLAIN.port, SECURE.port, SIX.port], edit=name_updates)
SITE = f"http://www.school.example:{PLAIN.port}"
BLOCKED = f"http://www.instagram.com:{PLAIN.port}/hello?never"


def proxy():
    return f"http://127.0.0.1:{GATE.proxy_port}"


def equal(left, right, what="values"):
    if left != right:
        raise AssertionError(f"{what} differ: {str(left)[:300]} and {str(right)[:300]}")


def run(*words, **more):
    done = subprocess.run([str(word) for word in words], capture_output=True, timeout=120, **more)
    if done.returncode:
        raise AssertionError(f"{words[0]} ended with {done.returncode}: {done.stdout[-500:]}{done.stderr[-1500:]}")
    return done.stdout


def curl(*words, **more):
    return run("curl", "-sS", "--fail", "--interface", ROOM, "-x", proxy(), *words, **more)


def hash_of_curl(url, *words):
    """SHA-256 of what curl prints, read in pieces."""
    with subprocess.Popen(["curl", "-sS", "--fail", "--interface", ROOM, "-x", proxy(), *words, url], stdout=subprocess.PIPE) as client:
        digest = hashlib.sha256()
        while piece := client.stdout.read(1 << 18):
            digest.update(piece)
    equal(client.returncode, 0, "curl's exit status and 0")
    return digest.hexdigest()


def a_gigabyte_comes_down_with_a_content_length():
    equal(hash_of_curl(f"{SITE}/length?{GIGABYTE}"), pattern_hash(GIGABYTE))


def a_gigabyte_comes_down_in_chunks():
    equal(hash_of_curl(f"{SITE}/chunked?{GIGABYTE}"), pattern_hash(GIGABYTE))


def a_gigabyte_comes_down_until_the_close():
    equal(hash_of_curl(f"{SITE}/close?{GIGABYTE}"), pattern_hash(GIGABYTE))


def a_gigabyte_comes_down_through_a_tunnel():
    equal(hash_of_curl(f"https://secure.school.example:{SECURE.port}/length?{GIGABYTE}", "--cacert", CERTIFICATE), pattern_hash(GIGABYTE))


class Upload:
    """A body with a length that Requests asks for, made while it is read."""

    def __init__(self, size):
        self.size, self.pieces = size, pattern(size)

    def __len__(self):
        return self.size

    def read(self, _=None):
        return next(self.pieces, b"")


def a_gigabyte_goes_up_with_a_content_length():
    done = requests.put(f"{SITE}/upload", data=Upload(GIGABYTE), proxies={"http": proxy()}, timeout=120)
    equal(done.text, f"length {GIGABYTE} {pattern_hash(GIGABYTE)}")


def a_gigabyte_goes_up_in_chunks():
    done = requests.post(f"{SITE}/upload", data=pattern(GIGABYTE), proxies={"http": proxy()}, timeout=120)
    equal(done.text, f"chunked {GIGABYTE} {pattern_hash(GIGABYTE)}")


def both_ways_at_every_small_size():
    with requests.Session() as session:
        session.proxies = {"http": proxy()}
        for size in (0, 1, 2, 4095, 4096, 4097, 65535, 65536, 65537, 131072, 1 << 20):
            for kind in ("length", "chunked", "close"):
                equal(hashlib.sha256(session.get(f"{SITE}/{kind}?{size}", timeout=30).content).hexdigest(), pattern_hash(size), f"{kind} {size}")
            body = b"".join(pattern(size))
            equal(session.post(f"{SITE}/upload", data=body, timeout=30).text, f"length {size} {pattern_hash(size)}")
            if size:
                equal(session.post(f"{SITE}/upload", data=iter([body]), timeout=30).text, f"chunked {size} {pattern_hash(size)}")


def requests_speaks_https_and_plain():
    equal(requests.get(f"{SITE}/hello?a", proxies={"http": proxy()}, timeout=30).content, b"hello a")
    done = requests.get(f"https://secure.school.example:{SECURE.port}/hello?b", proxies={"https": proxy()}, verify=str(CERTIFICATE), timeout=30)
    equal(done.content, b"hello b")
    blocked = requests.get(BLOCKED, proxies={"http": proxy()}, timeout=30)
    equal((blocked.status_code, blocked.headers["Cache-Control"]), (403, "no-store"))
    assert blocked.headers["Gatehouse-Decision"], "a block has a decision"


def curl_sees_the_block_with_its_decision():
    head = run("curl", "-sS", "-i", "--interface", "127.0.1.10", "-x", proxy(), BLOCKED).decode()
    assert head.startswith("HTTP/1.1 403") and "gatehouse-decision: " in head.lower(), head[:300]


def answers_without_a_body_leave_the_connection_in_step():
    with Wire(GATE) as wire:
        for method, path, status in (("HEAD", "/length?5000", 200), ("GET", "/status?204", 204), ("GET", "/status?304", 304),
                                     ("HEAD", "/hello?x", 200), ("GET", "/status?204", 204)):
            answer = wire.get(SITE + path, method=method).answer(method)
            equal((answer.status, answer.body), (status, b""), path)
            if path == "/length?5000":
                equal(answer.field("content-length"), "5000")
        equal(wire.get(f"{SITE}/hello?end").answer().body, b"hello end")


def ranges_pass_as_they_are():
    with Wire(GATE) as wire:
        one = wire.get(f"{SITE}/range", "Range: bytes=1000-1999").answer()
        equal((one.status, one.field("content-range"), one.body), (206, f"bytes 1000-1999/{len(BLOCK)}", BLOCK[1000:2000]))
        many = wire.get(f"{SITE}/range", "Range: bytes=0-9,500-1499").answer()
        equal((many.status, many.field("content-type")), (206, "multipart/byteranges; boundary=CUT"))
        assert BLOCK[:10] in many.body and BLOCK[500:1500] in many.body and many.body.endswith(b"\r\n--CUT--\r\n")


def an_expectation_is_answered_before_the_body():
    with Wire(GATE) as wire:
        wire.get(f"{SITE}/upload", "Expect: 100-continue", "Content-Length: 5", method="POST")
        status, _ = wire.head()
        equal(status, 100)
        equal(wire.send("12345").answer().body.decode(), f"length 5 {hashlib.sha256(b'12345').hexdigest()}")
        equal(wire.get(f"{SITE}/hello?next").answer().body, b"hello next")


def an_early_answer_to_an_upload_arrives():
    with Wire(GATE) as wire:
        wire.get(f"{SITE}/early", f"Content-Length: {1 << 30}", method="POST")
        wire.socket.settimeout(30)
        answer = wire.send(BLOCK[:1000]).answer()
        equal((answer.status, answer.body), (413, b"too large"))
        assert wire.is_closed(), "what is left of the body must not be read as a request"


def pipelined_requests_are_answered_in_order():
    with Wire(GATE, "127.0.0.1") as wire:
        for _ in range(5):
            wire.get(f"{SITE}/hello?one").get(BLOCKED).get(f"{SITE}/hello?two").get(f"{SITE}/hello?three", method="HEAD")
        for _ in range(5):
            equal(wire.answer().body, b"hello one")
            denied = wire.answer()
            equal(denied.status, 403)
            assert b"<html" in denied.body
            equal(wire.answer().body, b"hello two")
            equal(wire.answer("HEAD").body, b"")
    assert not any("never" in path for _, path, _ in SEEN), "a blocked request reached the origin"


def a_kept_connection_is_used_again():
    SEEN.clear()
    with Wire(GATE) as wire:
        for number in range(50):
            equal(wire.get(f"{SITE}/hello?{number}").answer().body, b"hello %d" % number)
    assert len({port for _, _, port in SEEN}) == 1, f"{len({port for _, _, port in SEEN})} connections to the origin for one client"


def a_client_that_has_finished_writing_still_gets_its_answer():
    with Wire(GATE) as wire:
        wire.get(f"{SITE}/length?3000000")
        wire.socket.shutdown(1)
        equal(hashlib.sha256(wire.answer().body).hexdigest(), pattern_hash(3000000))
        assert wire.is_closed()


def half_a_tunnel_stays_open():
    with Wire(GATE) as wire:
        equal(wire.connect(f"secure.school.example:{SECURE.port}").status, 200)
        wire.begin_tls("secure.school.example", CERTIFICATE)
        wire.send(f"GET /close?2000000 HTTP/1.1\r\nHost: secure.school.example:{SECURE.port}\r\n\r\n")
        equal(hashlib.sha256(wire.answer().body).hexdigest(), pattern_hash(2000000))


def an_old_client_is_served():
    with Wire(GATE) as wire:
        answer = wire.get(f"{SITE}/chunked?200000", version="1.0").answer()
        equal(answer.field("transfer-encoding"), None, "HTTP/1.0 knows no chunks")
        equal(hashlib.sha256(answer.body).hexdigest(), pattern_hash(200000))
    with Wire(GATE) as wire:
        for number in range(3):
            equal(wire.get(f"{SITE}/hello?{number}", "Connection: keep-alive", version="1.0").answer().body, b"hello %d" % number)


def talk_websocket(wire, target, host):
    key = base64.b64encode(b"sixteen bytes ok").decode()
    wire.send(f"GET {target} HTTP/1.1\r\nHost: {host}\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\n"
              f"Sec-WebSocket-Key: {key}\r\n\r\n")
    answer = wire.answer()
    equal((answer.status, (answer.field("upgrade") or "").lower()), (101, "websocket"))
    equal(answer.field("sec-websocket-accept"), base64.b64encode(hashlib.sha1((key + WEBSOCKET_GUID).encode()).digest()).decode())
    equal(read_frame(wire.take), b"first word of the server")
    for payload in (b"", b"word", bytes(range(256)) * 3, BLOCK[:60000]):
        equal(read_frame(wire.send(frame(payload)).take), payload[::-1])
    wire.send(frame(b"\x03\xe8", opcode=8))
    assert wire.is_closed()


def websocket_opens_by_upgrade():
    with Wire(GATE) as wire:
        talk_websocket(wire, f"{SITE}/websocket", f"www.school.example:{PLAIN.port}")


def websocket_opens_in_a_tunnel():
    host = f"secure.school.example:{SECURE.port}"
    with Wire(GATE) as wire:
        equal(wire.connect(host).status, 200)
        talk_websocket(wire.begin_tls("secure.school.example", CERTIFICATE), "/websocket", host)


def an_origin_with_ipv6_is_reached():
    equal(hash_of_curl(f"http://six.school.example:{SIX.port}/length?1000003"), pattern_hash(1000003))
    equal(curl(f"http://[::1]:{SIX.port}/hello?literal"), b"hello literal")


def a_head_of_a_megabyte_is_refused_cleanly():
    for line in ("X-Long: " + "a" * (1 << 20), "\r\n".join(f"X-Many-{number}: {'b' * 100}" for number in range(10000))):
        with Wire(GATE) as wire:
            feeder = threading.Thread(target=send_quietly, args=(wire, f"GET {SITE}/hello?big HTTP/1.1\r\nHost: www.school.example\r\n{line}\r\n\r\n"))
            feeder.start()
            equal(wire.answer().status, 431)
            feeder.join()
            assert wire.is_closed()
    assert not any("big" in path for _, path, _ in SEEN)


def send_quietly(wire, text):
    try:
        wire.send(text)
    except OSError:
        pass  # the gateway may close as soon as it has seen too much


def git_clones_pushes_and_fetches_over_https():
    bare, first, second = ROOT / "git" / "school.git", ROOT / "first", ROOT / "second"
    url = f"https://git.school.example:{SECURE.port}/git/school.git"
    home = dict(os.environ, HOME=str(ROOT), GIT_CONFIG_NOSYSTEM="1", GIT_CONFIG_GLOBAL=str(ROOT / "gitconfig"), GIT_SSL_CAINFO=str(CERTIFICATE))
    (ROOT / "gitconfig").write_text(f"[user]\nname=Test\nemail=test@school.example\n[safe]\ndirectory=*\n[init]\ndefaultBranch=main\n"
                                    f"[http]\nproxy={proxy()}\nsslCAInfo={CERTIFICATE}\n")
    run("git", "init", "-q", "--bare", bare, env=home)
    run("git", "-C", bare, "config", "http.receivepack", "true", env=home)
    run("git", "init", "-q", first, env=home)
    (first / "large.bin").write_bytes(BLOCK + BLOCK)  # larger than http.postBuffer: git then sends chunks
    (first / "text").write_text("homework\n")
    run("git", "-C", first, "add", ".", env=home)
    run("git", "-C", first, "commit", "-qm", "first", env=home)
    run("git", "-C", first, "push", "-q", url, "main", env=home)
    run("git", "clone", "-q", url, second, env=home)
    equal((second / "large.bin").read_bytes(), BLOCK + BLOCK)
    (second / "text").write_text("corrected\n")
    run("git", "-C", second, "commit", "-qam", "second", env=home)
    run("git", "-C", second, "push", "-q", "origin", "main", env=home)
    run("git", "-C", first, "pull", "-q", url, "main", env=home)
    equal((first / "text").read_text(), "corrected\n")


def apt_updates_and_downloads_a_package():
    package, repository, state = ROOT / "package", ROOT / "apt", ROOT / "apt-state"
    (package / "DEBIAN").mkdir(parents=True)
    (package / "DEBIAN" / "control").write_text("Package: school-bell\nVersion: 1.0\nArchitecture: all\nMaintainer: Test <test@school.example>\n"
                                                "Description: rings\n")
    (package / "bell.bin").write_bytes(BLOCK)
    repository.mkdir()
    run("dpkg-deb", "-b", package, repository / "school-bell_1.0_all.deb")
    deb = (repository / "school-bell_1.0_all.deb").read_bytes()
    (repository / "Packages").write_text((package / "DEBIAN" / "control").read_text()
                                         + f"Filename: ./school-bell_1.0_all.deb\nSize: {len(deb)}\nSHA256: {hashlib.sha256(deb).hexdigest()}\n\n")
    for folder in ("lists/partial", "cache/archives/partial", "etc"):
        (state / folder).mkdir(parents=True)
    (state / "sources.list").write_text(f"deb [trusted=yes] {SITE}/apt/ ./\n")
    (state / "status").write_text("")
    options = {"Acquire::http::Proxy": proxy(), "Dir::Etc": state / "etc", "Dir::Etc::SourceList": state / "sources.list",
               "Dir::State::Lists": state / "lists", "Dir::State::status": state / "status", "Dir::Cache": state / "cache",
               "APT::Sandbox::User": "", "Acquire::Languages": "none", "Dir::Log": state}
    words = ["apt-get", "-q", *(f"-o{name}={value}" for name, value in options.items())]
    run(*words, "update")
    run(*words, "download", "school-bell", cwd=state)
    equal((state / "school-bell_1.0_all.deb").read_bytes(), deb)
    row = GATE.wait_for_row(lambda row: row.get("url", {}).get("path", "").endswith(".deb"))
    assert row["user_agent"]["original"].startswith("Debian APT"), row


def the_gateway_is_still_well():
    status = GATE.status()
    equal((GATE.is_alive(), status["log_rows_dropped"], status["incidents_dropped"]), (True, 0, 0))
    resident = next(line for line in pathlib.Path(f"/proc/{GATE.process.pid}/status").read_text().splitlines() if line.startswith("VmHWM"))
    assert int(resident.split()[1]) < 400_000, f"memory grew with the bodies: {resident}"


with GATE:
    SUITE.run(requests_speaks_https_and_plain, curl_sees_the_block_with_its_decision, answers_without_a_body_leave_the_connection_in_step,
              ranges_pass_as_they_are, an_expectation_is_answered_before_the_body, an_early_answer_to_an_upload_arrives,
              pipelined_requests_are_answered_in_order, a_kept_connection_is_used_again,
              a_client_that_has_finished_writing_still_gets_its_answer, half_a_tunnel_stays_open, an_old_client_is_served,
              websocket_opens_by_upgrade, websocket_opens_in_a_tunnel, an_origin_with_ipv6_is_reached,
              a_head_of_a_megabyte_is_refused_cleanly, git_clones_pushes_and_fetches_over_https, apt_updates_and_downloads_a_package,
              both_ways_at_every_small_size, a_gigabyte_comes_down_with_a_content_length, a_gigabyte_comes_down_in_chunks,
              a_gigabyte_comes_down_until_the_close, a_gigabyte_comes_down_through_a_tunnel, a_gigabyte_goes_up_with_a_content_length,
              a_gigabyte_goes_up_in_chunks, the_gateway_is_still_well)
FOLDER.cleanup()
SUITE.close()
