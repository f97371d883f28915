#!/usr/bin/env python3
"""Tunnels that are looked into: what passes is the same, each request inside is decided anew, and an origin that cannot prove its name is
never shown as if it had (catalogue 2.6).

usage: inspection_test.py [--list] [text that the names of the cases must hold]
"""
import base64
import contextlib
import hashlib
import html
import json
import os
import pathlib
import re
import shutil
import signal
import socket
import sqlite3
import ssl
import subprocess
import sys
import tempfile

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "support"))
from certificates import EC, Issuer, context_of, openssl  # noqa: E402
from console import add_to_list, sign_in  # noqa: E402
from gateway import wait_until  # noqa: E402
from hostile import ROOM, SMALL_POLICY, TRUSTING_ROOM, HostileSuite, Recorder, covers, list_and_leave, small_gateway  # noqa: E402
from origin import HttpHandler, Origin, Wire  # noqa: E402

GOOD_SITES = ("good", "private", "bank", "blocked", "other", "pinned", "drafted")
SIGNED_IN = {}
STAPLED = ("stapled-good", "stapled-revoked", "unstapled", "must-and-good", "must-and-none")
OLD = ("old-tls-1-1", "old-tls-1-0", "only-h2", "cipher-plain-rsa", "cipher-cbc", "cipher-null")
GUID = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11"
ASKED = []  # addresses of origins, request by request
HEARD = []  # every request line that an origin read, with its Host


class Pages(HttpHandler):
    def do_GET(self):
        HEARD.append((self.command, self.path, self.headers.get("Host"), self.headers.get("Proxy-Authorization")))
        ASKED.append(self.server.address)
        if self.headers.get("Upgrade") == "websocket":
            return self.talk()
        if self.path == "/large":
            self.answer(body=LARGE, Content_Type="application/octet-stream")
        elif self.path == "/session":
            self.answer(body=str(self.connection.session_reused).encode(), Connection="close")
        elif self.path == "/port":
            self.answer(body=str(self.client_address[1]).encode())
        elif self.path == "/cut":
            self.send_response(200)
            self.send_header("Content-Length", "100000")
            self.end_headers()
            self.wfile.write(b"x" * 1000)
            self.wfile.flush()
            self.connection.detach_and_close = True
            os.close(self.connection.detach())  # without close_notify
        elif self.path == "/until-close":
            self.close_connection = True
            self.send_response(200)
            self.send_header("Connection", "close")
            self.end_headers()
            self.wfile.write(b"x" * 1000)
            self.wfile.flush()
            os.close(self.connection.detach())
        else:
            self.answer(body=f"{self.headers['Host']}{self.path}".encode(), Content_Type="text/plain")

    def do_POST(self):
        digest, size = hashlib.sha256(), 0
        for piece in self.body_pieces():
            digest.update(piece)
            size += len(piece)
        HEARD.append((self.command, self.path, self.headers.get("Host"), None))
        self.answer(body=f"{size} {digest.hexdigest()}".encode(), Port=str(self.client_address[1]))

    def talk(self):
        accept = base64.b64encode(hashlib.sha1((self.headers["Sec-WebSocket-Key"] + GUID).encode()).digest()).decode()
        self.send_response(101)
        for name, value in (("Connection", "Upgrade"), ("Upgrade", "websocket"), ("Sec-WebSocket-Accept", accept)):
            self.send_header(name, value)
        self.end_headers()
        self.close_connection = True
        while data := self.connection.recv(65536):
            self.connection.sendall(data)


LARGE = os.urandom(1 << 20) * 8


def address_of(host):
    return ADDRESSES[host]


def serve(host, cert, key):
    """An origin of that name with that certificate."""
    return Origin(Pages, address_of(host), 443, tls=context_of(cert, key))


def tunnel(host="good.example", room=TRUSTING_ROOM, trust=None):
    """A connection inside TLS as a browser has it, the certificate verified against the school's CA."""
    wire = Wire(GATE, room)
    status = wire.connect(f"{host}:443").status
    assert status == 200, f"CONNECT got {status}"
    return wire.begin_tls(host, trust or GATE.ca_certificate())


def ask(wire, path, host="good.example", extra="", method="GET"):
    return wire.send(f"{method} {path} HTTP/1.1\r\nHost: {host}\r\n{extra}\r\n").answer(method)


def person(login):
    """Signed in once for all cases."""
    if login not in SIGNED_IN:
        SIGNED_IN[login] = sign_in(GATE, login, GATE.passwords[login])
    return SIGNED_IN[login]


def issuer_seen(wire):
    return dict(pair[0] for pair in wire.socket.getpeercert()["issuer"])["commonName"]


@covers("what is inside is decided and logged request by request, over one verified connection")
def requests_inside():
    HEARD.clear()
    with tunnel() as wire:
        assert wire.socket.selected_alpn_protocol() in (None, "http/1.1")
        for number in range(3):
            answer = ask(wire, f"/page-{number}?q=secret", "good.example", "Proxy-Authorization: Basic eDp5\r\n")
            assert (answer.status, answer.body) == (200, f"good.example/page-{number}?q=secret".encode()), answer.status
        blocked = ask(wire, "/closed/page", "good.example")
        assert blocked.status == 403 and b"This page is closed." in blocked.body and blocked.field("Gatehouse-Decision")
        assert ask(wire, "/open", "good.example").status == 200
    assert [path for _, path, _, _ in HEARD] == ["/page-0?q=secret", "/page-1?q=secret", "/page-2?q=secret", "/open"], HEARD
    assert all(secret is None for *_, secret in HEARD), "credentials for the proxy reached the origin"
    row = GATE.wait_for_row(lambda row: row.get("url", {}).get("path") == "/closed/page")
    assert row["event"]["action"] == "block" and row["rule"]["id"] == "closed-page", row
    assert "secret" not in (GATE.state / "log" / "access.json").read_text(), "a query string was logged"
    told = GATE.explain("--role", "open", "--network", "trusting-room", "https://good.example/closed/page")
    assert (told["verdict"], told["rule"]) == ("block", "closed-page"), told


@covers("bodies, uploads, ranges and WebSocket come through as they are")
def bodies_inside():
    host = "good.example"
    with tunnel() as wire:
        answer = ask(wire, "/large", host)
        assert hashlib.sha256(answer.body).digest() == hashlib.sha256(LARGE).digest()
        body = os.urandom(300_000)
        wire.send(f"POST /up HTTP/1.1\r\nHost: {host}\r\nContent-Length: {len(body)}\r\n\r\n").send(body)
        assert wire.answer().body.decode() == f"{len(body)} {hashlib.sha256(body).hexdigest()}"
        wire.send(f"POST /up HTTP/1.1\r\nHost: {host}\r\nTransfer-Encoding: chunked\r\n\r\n")
        wire.send(b"%x\r\n%s\r\n0\r\n\r\n" % (len(body), body))
        assert wire.answer().body.decode() == f"{len(body)} {hashlib.sha256(body).hexdigest()}"
    with tunnel() as wire:
        answer = ask(wire, "/socket", host, "Connection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\n")
        assert answer.status == 101, answer.status
        for size in (5, 70_000):
            data = os.urandom(size)
            assert wire.send(data).take(size) == data


@covers(146, "name inside that is not the tunnel's: 421, and nothing reaches an origin")
def other_host_inside():
    for host in ("blocked.example", "good.example:8443", "other.example"):
        HEARD.clear()
        with tunnel() as wire:
            assert ask(wire, "/", host).status == 421, host
        assert HEARD == []


@covers("ambiguous requests inside are refused as outside")
def hostile_inside():
    host = "good.example"
    for text in (f"POST / HTTP/1.1\r\nHost: {host}\r\nContent-Length: 4\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n", f"GET / HTTP/1.1\r\nHost: {host}\r\nHost: {host}\r\n\r\n",
                 f"GET http://{host}/ HTTP/1.1\r\nHost: {host}\r\n\r\n", f"CONNECT {host} HTTP/1.1\r\nHost: {host}\r\n\r\n", f"GET / HTTP/1.1\nHost: {host}\n\n"):
        HEARD.clear()
        with tunnel() as wire:
            assert wire.send(text).answer().status == 400, text
        assert HEARD == [], text


@covers("what is private, what the policy leaves alone and devices without the CA keep the origin's own certificate")
def not_inspected():
    for host, room in (("bank.example", TRUSTING_ROOM), ("private.example", TRUSTING_ROOM), ("good.example", ROOM)):
        with tunnel(host, room, ROOT.cert) as wire:
            assert issuer_seen(wire) == "between", (host, room)
            assert ask(wire, "/", host).status == 200
    with tunnel() as wire:
        assert "Test school" in issuer_seen(wire), issuer_seen(wire)


@covers(146, "a tunnel to a bare address goes on as one to the name in its hello: decided, dialled and looked into as that")
def bare_address():
    elsewhere = "127.0.3.203"
    Origin(Pages, elsewhere, 443, tls=context_of(*BETWEEN.leaf("elsewhere", "DNS:elsewhere.example,DNS:private.example", [BETWEEN])))

    def open_to_addresses(config):
        inspecting_school(config)
        file = config / "policy.toml"
        text = file.read_text().replace(', "signal:sni-mismatch"', "")
        file.write_text(text.replace('what = ["everything"]\naction = "inspect"', 'what = ["host:good.example", "host:blocked.example"]\naction = "inspect"'))

    def inside(gate, name, trust):
        wire = Wire(gate, TRUSTING_ROOM)
        assert wire.connect(f"{elsewhere}:443").status == 200
        return wire.begin_tls(name, trust)
    with small_gateway(RECORDER.port, names=ADDRESSES, edit=open_to_addresses, ca=True, settings={"reach": 'extra_roots = ["roots.pem"]'}) as gate:
        ASKED.clear()
        with inside(gate, "good.example", gate.ca_certificate()) as wire:
            assert "Test school" in issuer_seen(wire), issuer_seen(wire)
            assert (ask(wire, "/").status, ASKED) == (200, [address_of("good.example")])
            assert ask(wire, "/", elsewhere).status == 200  # who dials an address may say it here too: it means this tunnel
            assert ASKED == 2 * [address_of("good.example")], ASKED
            assert ask(wire, "/", "127.0.3.204").status == 421
        with inside(gate, "good.example", gate.ca_certificate()) as wire:
            assert ask(wire, "/closed").status == 403
        ASKED.clear()
        with inside(gate, "private.example", ROOT.cert) as wire:
            assert (issuer_seen(wire), ask(wire, "/", "private.example").status) == ("between", 200)
            assert ASKED == [address_of("private.example")], ASKED
        with inside(gate, "blocked.example", gate.ca_certificate()) as wire:
            assert ask(wire, "/", "blocked.example").status == 403
        for name in ("nowhere.example", "elsewhere.example"):
            with contextlib.suppress(ssl.SSLError, OSError), inside(gate, name, ROOT.cert) as wire:
                raise AssertionError(f"{name} leads nowhere, and was carried")
        row = gate.wait_for_row(lambda row: "elsewhere.example" in str(row["url"]))
        assert row["event"]["reason"] == "no-such-name" or "dns" in row["event"]["reason"], row
        assert elsewhere not in json.dumps(row.get("destination", {})), f"nothing was carried to it: {row}"
        row = gate.wait_for_row(lambda row: "blocked.example" in str(row["url"]) and row["event"]["outcome"] != "success")
        assert elsewhere not in json.dumps(row.get("destination", {})), row
    with inside(GATE, "good.example", GATE.ca_certificate()) as wire:
        assert ask(wire, "/").status == 403, "a rule closes it"


BAD = {  # name of the certificate -> cause
    "expired": "origin-expired", "future": "origin-not-yet-valid", "wrong-host": "origin-wrong-name", "self-signed": "origin-untrusted",
    "unknown-root": "origin-untrusted", "incomplete": "origin-untrusted", "no-ca": "origin-untrusted", "common-name": "origin-wrong-name",
    "wildcard-top": "origin-wrong-name", "wildcard-part": "origin-wrong-name", "wildcard-deep": "origin-wrong-name", "address-as-name": "origin-wrong-name",
    "rsa-1024": "origin-weak", "sha-1": "origin-weak", "md5": "origin-weak", "client-only": "origin-untrusted"}


def host_of(name):
    return f"{name}.example"


def make_bad(folder):
    """name -> (certificate, key)"""
    stranger = Issuer(folder, "stranger")
    leaf_that_signs = Issuer(folder, "leaf-that-signs", BETWEEN, "basicConstraints=CA:FALSE\nsubjectAltName=DNS:no-ca.example")

    def make(name, san=None, **options):
        return BETWEEN.leaf(name, san or f"DNS:{host_of(name)}", [BETWEEN], **options)
    made = {"expired": make("expired", clock="2020-01-01 12:00:00"), "future": make("future", clock="2035-01-01 12:00:00"),
            "wrong-host": make("wrong-host", "DNS:else.example"), "unknown-root": stranger.leaf("unknown-root", "DNS:unknown-root.example", [stranger]),
            "incomplete": BETWEEN.leaf("incomplete", "DNS:incomplete.example"),
            "no-ca": leaf_that_signs.leaf("no-ca", "DNS:no-ca.example", [leaf_that_signs, BETWEEN]),
            "common-name": BETWEEN.leaf("common-name", None, [BETWEEN], subject="common-name.example"), "wildcard-top": make("wildcard-top", "DNS:*"),
            "wildcard-part": make("wildcard-part", "DNS:wild*.example"), "wildcard-deep": make("wildcard-deep", "DNS:*.*.example"),
            "address-as-name": make("address-as-name", f"DNS:{ADDRESSES['address-as-name.example']}"), "rsa-1024": make("rsa-1024", key=["-newkey", "rsa:1024"]),
            "sha-1": make("sha-1", digest="sha1")}
    with_rsa = Issuer(folder, "with-rsa", BETWEEN, key=["-newkey", "rsa:2048"])
    made["md5"] = with_rsa.leaf("md5", "DNS:md5.example", [with_rsa, BETWEEN], digest="md5")
    made["client-only"] = BETWEEN.sign("client-only", "basicConstraints=CA:FALSE\nextendedKeyUsage=clientAuth\nsubjectAltName=DNS:client-only.example")
    made["client-only"][0].write_text(made["client-only"][0].read_text() + BETWEEN.cert.read_text())
    cert, key = pathlib.Path(folder) / "self.pem", pathlib.Path(folder) / "self.key"
    openssl("req", "-x509", *EC, "-nodes", "-days", "30", "-subj", "/CN=self-signed", "-addext", "subjectAltName=DNS:self-signed.example", "-keyout", key, "-out", cert)
    made["self-signed"] = (cert, key)
    return made


def is_refused(host, cause):
    HEARD.clear()
    with tunnel(host) as wire:
        answer = ask(wire, "/", host)
        assert answer.status == 502, (cause, answer.status)
        assert b"not safe to open" in answer.body or b"safely" in answer.body, answer.body
    assert HEARD == [], "a request reached an origin that had proved nothing"
    row = GATE.wait_for_row(lambda row: row.get("destination", {}).get("domain") == host)
    assert row["event"]["reason"] == cause, row["event"]


@covers(158, 159, 160, 162, 167, "certificates that are wrong in one way each: a page with the cause, and no request leaves")
def bad_certificates():
    for name, (cert, key) in make_bad(FOLDER).items():
        try:
            serve(host_of(name), cert, key)
            is_refused(host_of(name), BAD[name])
        except (AssertionError, ssl.SSLError, OSError) as error:
            raise AssertionError(f"{name}: {error!r}") from error


@covers(161, "certificates with very many names, and with a NUL in one")
def many_names():
    names = ",".join(f"DNS:host-{number}.example" for number in range(900))
    serve("many.example", *BETWEEN.leaf("many", f"{names},DNS:many.example", [BETWEEN]))
    with tunnel("many.example") as wire:
        assert ask(wire, "/", "many.example").status == 200
    names = ",".join(f"DNS:host-{number}.example" for number in range(10_000))
    serve("far-too-many.example", *BETWEEN.leaf("far-too-many", f"{names},DNS:far-too-many.example", [BETWEEN]))
    is_refused("far-too-many.example", "origin-tls-failed")
    name = b"nul.example\0.evil.example"
    encoded = bytes([0x30, len(name) + 2, 0x82, len(name)]) + name
    serve("nul.example", *BETWEEN.leaf("nul", None, [BETWEEN], more="subjectAltName=DER:" + encoded.hex(":")))
    is_refused("nul.example", "origin-wrong-name")


@covers(162, "a chain without end")
def long_chain():
    chain, issuer = [BETWEEN], BETWEEN
    for number in range(12):
        issuer = Issuer(FOLDER, f"link-{number}", issuer)
        chain.insert(0, issuer)
    serve("end-of-chain.example", *issuer.leaf("end-of-chain", "DNS:end-of-chain.example", chain))
    is_refused("end-of-chain.example", "origin-untrusted")


class Openssl:
    """openssl s_server, which can staple, refuse protocols and insist on others."""

    def __init__(self, host, cert, key, *words):
        self.address = address_of(host)
        self.process = subprocess.Popen(["openssl", "s_server", "-accept", f"{self.address}:443", "-cert", cert, "-cert_chain", cert, "-key", key, "-www", "-quiet",
                                         *map(str, words)], stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)

    def __enter__(self):
        wait_until(self.listens, what="s_server")
        return self

    def listens(self):
        assert self.process.poll() is None, f"s_server ended: {self.process.args}"
        with socket.socket() as probe:
            return probe.connect_ex((self.address, 443)) == 0

    def __exit__(self, *_):
        self.process.kill()
        self.process.wait()


@covers(163, "staples: revoked is refused, good and missing are not, must-staple wants one")
def staples():
    must = "tlsfeature=status_request"
    for name, more, revoked, cause in zip(STAPLED, ("", "", "", must, must), (False, True, None, False, None),
                                          (None, "origin-revoked", None, None, "origin-revoked")):
        cert, key = BETWEEN.leaf(name, f"DNS:{host_of(name)}", [BETWEEN], more=more)
        words = [] if revoked is None else ["-status_file", BETWEEN.staple(cert, revoked)]
        with Openssl(host_of(name), cert, key, *words):
            if cause:
                is_refused(host_of(name), cause)
            else:
                with tunnel(host_of(name)) as wire:
                    assert ask(wire, "/", host_of(name)).status == 200, name


@covers("what a revocation list names is refused; the staples of others are judged as without the list")
def listed():
    with Openssl(host_of("listed"), *LISTED):
        is_refused(host_of("listed"), "origin-revoked")
    status = GATE.status()
    assert status["origins_proved"] > 0 and status["origins_without_sct"] > 0, status


@covers(164, 171, "old protocols, ciphers without forward secrecy and origins that speak only HTTP/2 are told, not spoken with")
def old_protocols():
    for name, words in zip(OLD, (["-tls1_1", "-cipher", "DEFAULT@SECLEVEL=0"], ["-tls1", "-cipher", "DEFAULT@SECLEVEL=0"], ["-alpn", "h2"],
                                 ["-tls1_2", "-cipher", "AES128-GCM-SHA256"], ["-tls1_2", "-cipher", "ECDHE-RSA-AES128-SHA"],
                                 ["-tls1_2", "-cipher", "NULL-SHA256:@SECLEVEL=0"])):
        rsa = {"key": ["-newkey", "rsa:2048"]} if name.startswith("cipher") else {}
        with Openssl(host_of(name), *BETWEEN.leaf(name, f"DNS:{host_of(name)}", [BETWEEN], **rsa), *words):
            is_refused(host_of(name), "origin-tls-failed")


@covers(166, "origin that wants a certificate of the client: a page that says so")
def wants_certificate():
    with Openssl("wants-certificate.example", *BETWEEN.leaf("wants-certificate", "DNS:wants-certificate.example", [BETWEEN]), "-verify", "1"):
        with tunnel("wants-certificate.example") as wire:
            answer = ask(wire, "/", "wants-certificate.example")
            assert answer.status == 502 and b"talk to your device alone" in answer.body, answer.body
    GATE.wait_for_row(lambda row: row["event"].get("reason") == "origin-wants-certificate")


@covers(168, "name that was good and turns bad is refused, whatever is kept")
def turns_bad():
    origin = serve("turning.example", *BETWEEN.leaf("turning", "DNS:turning.example", [BETWEEN]))
    with tunnel("turning.example") as wire:
        assert ask(wire, "/session", "turning.example").status == 200
    origin.tls = context_of(*BETWEEN.leaf("turned", "DNS:turning.example", [BETWEEN], clock="2020-01-01 12:00:00"))
    HEARD.clear()
    with tunnel("turning.example") as wire:
        assert ask(wire, "/", "turning.example").status == 502
    assert HEARD == []


@covers("sessions with an origin are resumed; an origin that has forgotten them is verified anew")
def resumed():
    cert, key = BETWEEN.leaf("resuming", "DNS:resuming.example", [BETWEEN])
    origin = serve("resuming.example", cert, key)
    for version in (ssl.TLSVersion.TLSv1_2, ssl.TLSVersion.TLSv1_3):
        seen = []
        for fresh in (True, False, False, True, False):
            if fresh:
                origin.tls = context_of(cert, key)
                origin.tls.maximum_version = version
            with tunnel("resuming.example") as wire:
                answer = ask(wire, "/session", "resuming.example")
                assert answer.status == 200
                seen.append(answer.body == b"True")
        assert seen == [False, True, True, False, True], (version, seen)


@covers("a connection that proved its name serves the next tunnel, but no request that could not be repeated")
def kept():
    ports = []
    for _ in range(2):
        with tunnel() as wire:
            ports.append(ask(wire, "/port", "good.example", "Connection: close\r\n").body)
            assert wire.is_closed()
    assert ports[0] == ports[1], f"two connections to the origin: {ports}"
    with tunnel() as wire:
        answer = ask(wire, "/upload", "good.example", "Content-Length: 0\r\nConnection: close\r\n", method="POST")
        assert answer.status == 200 and wire.is_closed()
    with tunnel() as wire:
        wire.send("POST /upload HTTP/1.1\r\nHost: good.example\r\nContent-Length: 4\r\nConnection: close\r\n\r\nbody")
        assert wire.answer().field("Port").encode() != ports[0], "an upload took a connection that may have ended"
    with tunnel() as wire:
        assert ask(wire, "/session", "good.example").status == 200  # the origin ends this one
    with tunnel() as wire:
        assert ask(wire, "/port", "good.example").status == 200


@covers(170, "origin that ends without close_notify in a body: never a whole answer")
def truncated():
    for path in ("/cut", "/until-close"):
        with tunnel() as wire:
            try:
                answer = ask(wire, path, "good.example")
                raise AssertionError(f"{path}: {answer.status} with {len(answer.body)} bytes as if it were whole")
            except (EOFError, ConnectionError, ssl.SSLError):
                pass


@covers("the signer is a process of its own; one that is killed is replaced, and what it had signed serves on")
def signer():
    def signers():
        return [int(pid) for pid in subprocess.run(["pgrep", "-P", str(GATE.process.pid), "-x", "gatehouse-signe"], capture_output=True, text=True,
                                                   check=False).stdout.split()]
    old = signers()
    assert len(old) == 1, f"one worker, {old}"
    for pid in old:
        os.kill(pid, signal.SIGKILL)
    with tunnel() as wire:
        assert ask(wire, "/page", "good.example").status == 200

    def is_minted():
        with contextlib.suppress(OSError, EOFError, ssl.SSLError):
            with tunnel("blocked.example") as wire:
                return ask(wire, "/", "blocked.example").status == 403
    wait_until(is_minted, what="a leaf by the next signer")
    assert len(signers()) == 1 and signers() != old


def refuse_certificate(host="good.example", room=TRUSTING_ROOM):
    """As an app that takes no certificate but its own."""
    try:
        tunnel(host, room, trust=ROOT.cert)
        raise AssertionError("the client took a certificate that it does not trust")
    except ssl.SSLError:
        pass


@covers(172, "an app that insists on its own certificate is put before the officer, who leaves it alone; nothing does so by itself")
def pinned():
    HEARD.clear()
    with tunnel("other.example") as wire:
        assert ask(wire, "/", "other.example").status == 200  # the device takes the certificate elsewhere
    for _ in range(3):
        refuse_certificate("pinned.example")
    assert [heard for heard in HEARD if heard[2] == "pinned.example"] == []
    GATE.wait_for_row(lambda row: row["event"].get("reason") == "client-rejects-ca")
    officer = person("olive")
    page = wait_until(lambda: next((page for page in [officer.get("/inspection")] if "pinned.example" in page.text), None), what="the app on the page")
    assert page.status == 200 and "Pages and searches are seen" in page.text and "Person" in page.text
    link = html.unescape(re.search(r'href="(/lists/add[^"]*pinned[^"]*)"', page.text)[1])
    form = officer.get(link)
    assert "pinned.example" in form.text and "refusals" in form.text, form.text
    refuse_certificate("pinned.example")  # as before, until the officer says so
    assert add_to_list(officer, "pinned.example", "school-private")
    with tunnel("pinned.example", trust=ROOT.cert) as wire:
        assert issuer_seen(wire) == "between", "it is left alone now"
        assert ask(wire, "/", "pinned.example").status == 200


@covers("a draft that ends or begins looking into a site: its page says of how many it does, and what is published does so")
def drafted():
    host, officer = "drafted.example", person("olive")
    ends, begins = "would look into no longer", "does not look into now and would with the draft"

    def told(what):
        text = re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", officer.get("/draft/effect?days=1").text))
        found = re.search(what + r": (\d+)\.", text)
        return found and int(found[1])

    def publish():
        page = officer.fill("/draft", "/draft/publish", message="For the test.", due="")
        assert page.location == "/history?done=published", (page.status, page.location, page.text[-1500:])

    with tunnel(host) as wire:
        assert [ask(wire, path, host).status for path in ("/1", "/2")] == [200, 200]
    add = {"list": "school-private", "target": host, "reason": "Tried out.", "review": "2099-06-01", "when": "draft"}
    assert officer.fill("/lists/add", "/lists/add", **add).status == 303
    wait_until(lambda: told(ends) == 2, what="both requests inside, which would not be seen")
    assert told(begins) is None
    with tunnel(host) as wire:
        assert "Test school" in issuer_seen(wire) and ask(wire, "/3", host).status == 200, "the draft is not live"
    publish()
    for _ in range(2):
        with tunnel(host, trust=ROOT.cert) as wire:
            assert issuer_seen(wire) == "between" and ask(wire, "/4", host).status == 200, "not looked into any more"
    entry = re.search(rf'href="(/lists/entry\?id=(\d+))">{re.escape(host)}<', officer.get("/lists?list=school-private").text)
    assert officer.fill(entry[1], "/lists/remove", id=entry[2], reason="Tried out.", when="draft").status == 303
    wait_until(lambda: told(begins) == 2, what="both connections that would be looked into")
    assert told(ends) is None
    publish()
    with tunnel(host) as wire:
        assert "Test school" in issuer_seen(wire) and ask(wire, "/5", host).status == 200, "looked into again"
    GATE.wait_for_row(lambda row: row.get("url", {}).get("domain") == host and row["url"].get("path") == "/5")


@covers("devices that do not have the certificate are all on their page, fifty at a time")
def untrusting():
    rooms = {f"127.0.5.{number}" for number in range(10, 63)}
    for room in sorted(rooms):
        refuse_certificate(room=room)
    lead = person("ian")

    def shown(page):
        return set(re.findall(r">(127\.0\.5\.\d+)<", page.text))
    first = wait_until(lambda: next((page for page in [lead.get("/inspection")] if "1 to 50 of 53" in page.text), None), what="all of them")
    assert len(shown(first)) == 50 and 'aria-label="Pages: Devices that take' in first.text, first.text[-2500:]
    second = lead.get(html.unescape(re.search(r'href="(/inspection\?devices=2)"', first.text)[1]))
    assert len(shown(second)) == 3 and shown(first) | shown(second) == rooms and "51 to 53 of 53" in second.text, second.text[-2500:]


@covers("the address by which a device finds out whether it trusts the certificate answers to everyone, and to nobody who does not")
def trust_check():
    check = "certificate-check.gatehouse.example"
    for room in (TRUSTING_ROOM, ROOM):  # whatever the policy believes of the device
        with tunnel(check, room) as wire:
            answer = ask(wire, "/", check)
            assert answer.status == 200 and b"This device trusts the school" in answer.body and b"/device" in answer.body, answer.body[:300]
        with tunnel(check, room) as wire:
            answer = ask(wire, "/picture.svg", check)
            assert answer.body.startswith(b"<svg") and answer.field("Content-Type") == "image/svg+xml", answer.body[:100]
            assert b"This device trusts it." in answer.body and answer.field("Content-Language") == "en", answer.body
    for path in ("/", "/picture.svg"):
        with tunnel(check) as wire:
            answer = ask(wire, path, check, "Accept-Language: pl\r\n")
            assert "To urządzenie" in answer.body.decode() and answer.field("Content-Language") == "pl", answer.body
    refuse_certificate(check)
    GATE.wait_for_row(lambda row: row.get("url", {}).get("domain") == check and row["event"].get("reason") == "client-rejects-ca")


@covers("safe search: the strict name is connected to, inspected or not, in clear or not; its own name and certificate stay")
def safe_search():
    for room, trust in ((TRUSTING_ROOM, None), (ROOM, ROOT.cert)):
        ASKED.clear()
        with tunnel("search.example", room, trust) as wire:
            for path in ("/?q=volcano", "/?q=again"):
                answer = ask(wire, path, "search.example")
                assert (answer.status, answer.body) == (200, f"search.example{path}".encode()), answer.status
        assert ASKED == [ADDRESSES["strict.example"]] * 2, ASKED
    with Wire(GATE, TRUSTING_ROOM) as wire:
        for host, address in (("search.example", "strict.example"), ("www.search.example", "www.search.example"), ("search.example", "strict.example")):
            ASKED.clear()
            assert wire.get(f"http://{host}/").answer().status == 200
            assert ASKED == [ADDRESSES[address]], (host, ASKED)
    told = GATE.explain("--role", "open", "https://search.example/")
    assert (told["safe_search"], told["safe_search_host"]) == ("engine", "strict.example"), told


@covers("a rule that closes the site ends what is inside at the next request")
def closed_meanwhile():
    with tunnel() as wire:
        assert ask(wire, "/", "good.example").status == 200
        policy = GATE.config / "policy.toml"
        before = policy.read_text()
        policy.write_text(before.replace('what = ["host:blocked.example"]', 'what = ["host:blocked.example", "host:good.example"]'))
        GATE.publish()
        assert ask(wire, "/", "good.example").status == 403
        policy.write_text(before)
        GATE.publish()


@covers("what would have to be seen is refused where it cannot be: the page inside TLS, a 403 where the CA is not trusted, nothing to the origin")
def refused():
    policy = GATE.config / "policy.toml"
    before = policy.read_text()
    entry = ('[[inspection]]\nid = "{}"\nwho = ["everyone"]\nwhat = ["host:other.example"]\naction = "{}"\nclause = "7"\n'
             'reason = "This site is open where the school can see it."\n\n')
    try:
        for entries, on_school_device in ((("seen", "inspect"), ("unseen", "refuse")), 200), ((("unseen", "refuse"),), 403):
            policy.write_text(before.replace("[[inspection]]", "".join(entry.format(*one) for one in entries) + "[[inspection]]", 1))
            GATE.publish()
            HEARD.clear()
            with tunnel("other.example") as wire:
                answer = ask(wire, "/", "other.example")
                assert answer.status == on_school_device and (answer.status == 200 or b"where the school can see it" in answer.body)
            with Wire(GATE, ROOM) as wire:
                assert wire.connect("other.example:443").status == 403
            assert len(HEARD) == (1 if on_school_device == 200 else 0), HEARD
        row = GATE.wait_for_row(lambda row: row.get("rule", {}).get("id") == "unseen" and row["event"]["action"] == "block")
        assert (row["gatehouse"]["clause"], row["gatehouse"]["stage"]) == ("7", "inspection"), row
    finally:
        policy.write_text(before)
        GATE.publish()


def alerts():
    """Who, how urgent, and whose queue, of the reports that the gateway made itself."""
    routes = ("none", "officer", "headteacher", "ict-lead", "dsl", "dpo", "chief-executive", "marketing", "auditor")
    with contextlib.closing(sqlite3.connect(f"file:{GATE.state / 'gatehouse.db'}?mode=ro", uri=True)) as database:
        return [(who, urgency, routes[route]) for who, urgency, route in database.execute("SELECT about_person, urgency, route FROM reports WHERE urgency > 0")]


@covers("what is searched for is decided and recorded; what a translator or an archive shows is judged as if it were asked for")
def carried():
    HEARD.clear()
    with tunnel("search.example") as wire:
        closed = ask(wire, "/find?x=1&q=I+am+in+tr0uble", "search.example")
        assert closed.status == 403 and b"This search is blocked" in closed.body and b"Talk to somebody." in closed.body, closed.body
        assert b"0800 1111" in closed.body, "an urgent search is answered with somebody to talk to"
        assert b"/ask?" not in closed.body and b"/tell?" in closed.body, "there is no site to ask for, but somebody to tell"
        assert ask(wire, "/find?q=still+in+trouble", "search.example").status == 403
        for hidden in ("/find?q=" + 520 * "+" + "in+trouble", "/find?q=" + 70 * "a+" + "in+trouble", "/find?x=" + 2040 * "a" + "&q=in+trouble"):
            assert ask(wire, hidden, "search.example").status == 403, hidden
        assert ask(wire, "/find?q=sunshine+in+trouble+song", "search.example").status == 200
        assert ask(wire, "/find?q=caf%C3%A9", "search.example").status == 200
        assert ask(wire, "/find?q=odd%FF%E2%80%AEend", "search.example").status == 200
    assert len(HEARD) == 3 and not any("tr0uble" in path for _, path, _, _ in HEARD), HEARD
    row = GATE.wait_for_row(lambda row: row["gatehouse"].get("search") == "i am in tr0uble")
    assert (row["event"]["action"], row["rule"]["id"], row["gatehouse"]["term_list"]) == ("block", "closed-searches", "trouble"), row
    row = GATE.wait_for_row(lambda row: row["gatehouse"].get("search") == "sunshine in trouble song")
    assert row["event"]["action"] == "allow" and "term_list" not in row["gatehouse"], row
    GATE.wait_for_row(lambda row: row["gatehouse"].get("search") == "caf\u00e9")
    GATE.wait_for_row(lambda row: row["gatehouse"].get("search") == "odd\ufffdend")
    rows = json.loads(GATE.command("log", "--text", "odd", "--json"))["rows"]
    assert [row["search"] for row in rows] == ["odd\ufffdend"], "bytes that are no text leave the log readable"
    HEARD.clear()
    with tunnel() as wire:
        behind = ask(wire, "/web/2020/http://blocked.example/page", "good.example")
        assert behind.status == 403 and b"<strong>blocked.example</strong>" in behind.body and b"The archive would have shown it" in behind.body, behind.body
        for hidden in ("http://blocked.example%2Fpage", "http://a%40blocked.example/", "http://" + 2040 * "a" + "@blocked.example/"):
            assert ask(wire, "/web/2020/" + hidden, "good.example").status == 403, hidden
        assert ask(wire, "/web/2020/http://other.example/page", "good.example").status == 200
    assert [path for _, path, _, _ in HEARD] == ["/web/2020/http://other.example/page"], HEARD
    with Wire(GATE, ROOM) as wire:
        assert wire.connect("blocked-example.translate.example:443").status == 403
    row = GATE.wait_for_row(lambda row: row["gatehouse"].get("wrapped") == "blocked.example" and row["destination"]["domain"].endswith("translate.example"))
    assert (row["event"]["action"], row["rule"]["id"]) == ("block", "closed-site"), row
    wait_until(lambda: alerts() == [("somebody at trusting-room", 3, "dsl")], what="one alert for both searches of one person")
    told = GATE.explain("--role", "open", "--network", "trusting-room", "https://search.example/find?q=in+trouble")
    assert (told["verdict"], told["search"], told["term_list"], told["severity"]) == ("block", "in trouble", "trouble", "urgent"), told


CONTENT = """
[[search_engine]]
id = "engine"
title = "The engine"
hosts = ["search.example"]
paths = ["/find"]
parameters = ["q"]
[[wrapper]]
id = "archive"
title = "The archive"
hosts = ["good.example"]
address = "path"
paths = ["/web/*/"]
[[wrapper]]
id = "translator"
title = "The translator"
hosts = ["translate.example"]
address = "name"
[[term_list]]
id = "trouble"
title = "Being in trouble"
severity = "urgent"
terms = ["in trouble"]
unless = ["trouble song"]
"""


def inspecting_school(config):
    """Everything is looked into but a bank and one site."""
    lists = config / "lists"
    shutil.rmtree(lists)
    lists.mkdir()
    (lists / "banks.txt").write_text("bank.example\n")
    (config / "lists.toml").write_text('[[list]]\nid = "banks"\ntitle = "Banks"\ncategory = "bank"\npath = "lists/banks.txt"\nformat = "domains"\n'
                                       'owner = "officer"\nreason = "Private."\nreview_by = "2099-01-01"\n')
    with open(config / "lists.toml", "a") as listed:
        listed.write('[[list]]\nid = "school-private"\ntitle = "Left alone"\ncategory = "school-private"\npath = ""\nformat = "domains"\n'
                     'owner = "officer"\nreason = "By the school."\nreview_by = "2099-01-01"\n')
    (config / "timetable.toml").write_text("")
    entry = '\n[[inspection]]\nid = "{}"\nwho = ["everyone"]\nwhat = ["{}"]\naction = "{}"\nreason = "For the test."\n'
    closed = '[[rule]]\nid = "closed-page"\nwho = ["everyone"]\nwhat = ["url:good.example/closed"]\naction = "block"\nreason = "This page is closed."\n'
    closed += '[[rule]]\nid = "closed-searches"\nwho = ["everyone"]\nwhat = ["search:trouble"]\naction = "block"\nreason = "Talk to somebody."\n'
    (config / "content.toml").write_text(CONTENT)
    rooms = SMALL_POLICY.replace('ranges = ["127.0.1.10"]', 'ranges = ["127.0.1.10", "127.0.5.0/24"]')
    policy = rooms.replace("[[rule]]", closed + "[[rule]]", 1) + '[[category]]\nid = "bank"\ntitle = "Banks"\nnever_inspect = true\n[[category]]\nid = "school-private"\ntitle = "Left alone"\nnever_inspect = true\n'
    (config / "policy.toml").write_text(policy + entry.format("leave-alone", "host:private.example", "do-not-inspect")
                                        + entry.format("all", "everything", "inspect"))
    with open(config / "policy.toml", "a") as policy:
        policy.write('\n[[safe_search]]\nid = "engine"\nhosts = ["Search.Example."]\nuse = "strict.example"\nwho = ["everyone"]\n')
    shutil.copy(ROOT.cert, config / "roots.pem")


CASES = (requests_inside, bodies_inside, other_host_inside, hostile_inside, not_inspected, bare_address, bad_certificates, many_names, long_chain, staples, listed, old_protocols,
         wants_certificate, turns_bad, resumed, kept, truncated, pinned, drafted, untrusting, trust_check, signer, safe_search, closed_meanwhile, refused,
         carried)

if __name__ == "__main__":
    list_and_leave(CASES)
    FOLDER = tempfile.mkdtemp(prefix="gatehouse-test-")
    try:
        ROOT = Issuer(FOLDER, "root")
        BETWEEN = Issuer(FOLDER, "between", ROOT)
        hosts = [host_of(name) for name in (*BAD, "many", "far-too-many", "nul", "end-of-chain", "turning", "resuming", "wants-certificate", "listed", *STAPLED, *OLD)]
        ADDRESSES = {host: f"127.0.3.{number + 10}" for number, host in enumerate(hosts)} | {host_of(name): "127.0.3.1" for name in GOOD_SITES}
        ADDRESSES |= {"search.example": "127.0.3.200", "strict.example": "127.0.3.201", "www.search.example": "127.0.3.202"}
        for host in ("search.example", "strict.example"):
            serve(host, *BETWEEN.leaf(f"search-at-{host}", "DNS:search.example", [BETWEEN]))
        for host in ("search.example", "strict.example", "www.search.example"):
            Origin(Pages, ADDRESSES[host], 80)
        serve("good.example", *BETWEEN.leaf("good", ",".join(f"DNS:{host_of(name)}" for name in GOOD_SITES), [BETWEEN]))
        LISTED = BETWEEN.leaf("listed", f"DNS:{host_of('listed')}", [BETWEEN])
        BETWEEN.revocation_list(pathlib.Path(FOLDER, "lists.pem"), [LISTED[0]])
        RECORDER = Recorder()
        GATE = small_gateway(RECORDER.port, names=ADDRESSES, edit=inspecting_school, ca=True, accounts=[("officer", "olive"), ("ict-lead", "ian")], settings={"reach": f'extra_roots = ["roots.pem"]\nrevoked = ["{FOLDER}/lists.pem"]'})
        SUITE = HostileSuite(GATE, RECORDER)
        with GATE:
            for case in CASES:
                SUITE.play(case)
            SUITE.finish(GATE)
    finally:
        shutil.rmtree(FOLDER, ignore_errors=True)
    SUITE.close()
