#!/usr/bin/env python3
"""The transparent gateway on a network of its own: a client that knows of no proxy, sites outside, and between them the rules
that `gatehouse gateway apply` puts in force, taken back by itself if nobody keeps them. Ways round the gateway are tried without the rules,
where each is open, and with them, where each is closed. The name server's zone is tried with unbound. Needs root.

usage: gateway_test.py [--list] [text that the names of the cases must hold]
"""
import contextlib
import os
import pathlib
import re
import shutil
import signal
import socket
import ssl
import struct
import subprocess
import sys
import tempfile
import threading

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "support"))
import namespaces  # noqa: E402
import names  # noqa: E402
import quic  # noqa: E402
from gateway import COMMAND, SOURCE, wait_until  # noqa: E402
from hello import Hello  # noqa: E402
from hostile import NAME, ORIGIN, SMALL_POLICY, HostileSuite, Recorder, covers, list_and_leave, small_gateway  # noqa: E402
from origin import PATIENCE, Wire  # noqa: E402
from ports import free_port  # noqa: E402

ALLOWED, BLOCKED = ("198.51.100.10", "2001:db8:99::10"), ("198.51.100.20", "2001:db8:99::20")
RESOLVER, STRANGER = ("198.51.100.53", "2001:db8:99::53"), ("198.51.100.8", "2001:db8:99::8")
NAMES = {"allowed.example": ALLOWED, "blocked.example": BLOCKED}
FAMILIES = (0, 1)  # IPv4, IPv6
LOCAL = ("203.0.113.9", "2001:db8:77::9")  # what devices reach directly
UNBOUND = SOURCE / "deploy" / "unbound"
QUIET = 0.3  # seconds in which an answer would have come


class Site:
    """Both ports of a web site. Says its name to every request or hello, and keeps what it read."""

    def __init__(self, world, address):
        self.address, self.lock, self.read = address, threading.Lock(), b""
        for port in (80, 443):
            family = socket.AF_INET6 if ":" in address else socket.AF_INET
            listener = world.inside(lambda: socket.create_server((address, port), family=family, backlog=64))  # noqa: B023
            threading.Thread(target=self.accept, args=(listener, port), daemon=True).start()

    def accept(self, listener, port):
        while True:
            connection, _ = listener.accept()
            threading.Thread(target=self.serve, args=(connection, port), daemon=True).start()

    def serve(self, connection, port):
        with contextlib.suppress(OSError), connection:
            while data := connection.recv(65536):
                with self.lock:
                    self.read += data
                name = self.address.encode()
                if port == 80:
                    name = b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n%s" % (len(name), name)
                connection.sendall(name)

    def take(self):
        with self.lock:
            taken, self.read = self.read, b""
        return taken


class Direct(Wire):
    """A connection of the client to an address outside, as a device without a proxy setting makes it."""

    def __init__(self, address, port):
        self.socket = CLIENT.inside(socket.create_connection, (address, port), PATIENCE)
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.buffer = b""


def request(host, path="/", extra=""):
    return f"GET {path} HTTP/1.1\r\nHost: {host}\r\n{extra}\r\n"


def hello(name):
    return Hello(name and name.encode()).data


def closed(wire):
    """True if the other side ended the connection without a byte."""
    try:
        return wire.rest() == b""
    except ConnectionResetError:
        return True


def hear(address, data):
    """Through an intercepted connection to port 443: what came back, empty if it was closed."""
    with Direct(address, 443) as wire:
        wire.send(data)
        try:
            return wire.socket.recv(65536)
        except ConnectionResetError:
            return b""


def forget():
    for site in SITES.values():
        site.take()


def taken(pair):
    """What either address of a site has read: the gateway chooses which of them it asks."""
    return b"".join(SITES[address].take() for address in pair)


def is_from(answer, pair):
    return answer in [address.encode() for address in pair]


def same_verdict_both_ways():
    for family in FAMILIES:
        forget()
        with Direct(ALLOWED[family], 80) as wire:
            answer = wire.send(request("allowed.example")).answer()
            assert answer.status == 200 and is_from(answer.body, ALLOWED), (family, answer.status)
            assert wire.send(request("allowed.example", "/second")).answer().status == 200
        seen = taken(ALLOWED)
        assert b"Host: allowed.example\r\n" in seen and b"Via:" in seen, seen
        with Direct(BLOCKED[family], 80) as wire:
            answer = wire.send(request("blocked.example")).answer()
            assert answer.status == 403 and b"Closed for the test." in answer.body
        first = hello("allowed.example")
        assert is_from(hear(ALLOWED[family], first), ALLOWED)
        assert taken(ALLOWED) == first, "the hello was changed on its way"
        assert hear(BLOCKED[family], hello("blocked.example")) == b""
        assert taken(BLOCKED) == b""


@covers("redirected: allowed and blocked, HTTP and TLS, IPv4 and IPv6")
def redirected():
    with rules("redirect"):
        same_verdict_both_ways()
        row = GATE.wait_for_row(lambda row: row.get("destination", {}).get("domain") == "blocked.example" and row["destination"]["port"] == 443)
        assert row["source"]["ip"].startswith(("10.99.1.", "fd99:")), row


@covers("tproxy: the same with destinations untouched")
def tproxied():
    with rules("tproxy"):
        same_verdict_both_ways()


@covers(145, "Host that names another site than the address: where the name leads, and nowhere else")
def forged_host():
    for mode in ("redirect", "tproxy"):
        with rules(mode):
            for family in FAMILIES:
                forget()
                with Direct(BLOCKED[family], 80) as wire:
                    answer = wire.send(request("allowed.example")).answer()
                    assert answer.status == 200 and is_from(answer.body, ALLOWED), answer.body
                with Direct(ALLOWED[family], 80) as wire:
                    assert wire.send(request("blocked.example")).answer().status == 403
                assert taken(BLOCKED) == b"", "a closed site was reached under another name"


@covers(145, "Host with another port than the connection's, a request that no origin server gets, and a name nobody knows")
def bent_requests():
    with rules("redirect"):
        for text, status in ((request("allowed.example:8080"), 400), ("CONNECT allowed.example:443 HTTP/1.1\r\nHost: allowed.example:443\r\n\r\n", 400),
                             (request("allowed.example", "http://blocked.example/"), 400), (request("a b"), 400),
                             ("GET / HTTP/1.1\r\n\r\n", 400), (request("unknown.example"), 502)):
            forget()
            with Direct(ALLOWED[0], 80) as wire:
                assert wire.send(text).answer().status == status, text
            assert all(site.take() == b"" for site in SITES.values()), text
        with Direct(ALLOWED[0], 80) as wire:  # HTTP/1.0 without Host: the address is all there is
            assert wire.send("GET / HTTP/1.0\r\n\r\n").answer().status == 403, "the rule about bare addresses"


@covers(145, 147, "name in the ClientHello that does not belong to the address: where the name leads, and nowhere else")
def forged_sni():
    for mode in ("redirect", "tproxy"):
        with rules(mode):
            for family in FAMILIES:
                forget()
                assert is_from(hear(BLOCKED[family], hello("allowed.example")), ALLOWED)
                assert hear(ALLOWED[family], hello("blocked.example")) == b""
                assert hear(ALLOWED[family], hello("education.self-check.invalid")) == b"", "nothing stands behind a test site"
                assert b"self-check" not in taken(ALLOWED)
                assert taken(BLOCKED) == b""


@covers(148, "ClientHello without a name: the address decides")
def no_sni():
    with rules("redirect"):
        for family in FAMILIES:
            forget()
            assert hear(ALLOWED[family], hello(None)) == b"", "the rule about bare addresses"
            assert SITES[ALLOWED[family]].take() == b""
        row = GATE.wait_for_row(lambda row: row.get("destination", {}).get("domain") == ALLOWED[0] and row["event"]["action"] == "block")
        assert "ip-literal" in row["gatehouse"]["signals"], row


@covers(149, 153, "ClientHello in single bytes, in many records, with a name in capitals and a dot")
def split_hello():
    with rules("redirect"):
        for name, open_ in (("blocked.example", False), ("BLOCKED.Example.", False), ("allowed.example", True)):
            made = Hello(name.encode())
            for data in (made.data, made.in_records(1)):
                forget()
                with Direct(ALLOWED[0], 443) as wire:
                    with contextlib.suppress(ConnectionResetError, BrokenPipeError):
                        for at in range(0, len(data), 7):
                            wire.send(data[at:at + 7])
                    with contextlib.suppress(ConnectionResetError):
                        heard = wire.socket.recv(65536)
                        assert (heard != b"") == open_, (name, heard)
                assert SITES[BLOCKED[0]].take() == b""


@covers(154, "no TLS on port 443, TLS on port 80")
def wrong_protocol():
    with rules("redirect"):
        for port, data in ((443, b"GET / HTTP/1.1\r\nHost: allowed.example\r\n\r\n"), (443, b"SSH-2.0-OpenSSH_9.2\r\n"), (80, hello("allowed.example"))):
            forget()
            with Direct(ALLOWED[0], port) as wire:
                assert closed(wire.send(data)), (port, data)
            assert SITES[ALLOWED[0]].take() == b""


@covers(138, "connection to the listeners themselves")
def no_loop():
    for mode in ("redirect", "tproxy"):
        with rules(mode):
            for address in ("10.99.1.1", "fd99::1"):
                for port in (REDIRECT, TPROXY):
                    with Direct(address, port) as wire:
                        with contextlib.suppress(OSError):
                            wire.send(request("allowed.example"))
                        assert closed(wire), (mode, address, port)


def udp(address, port, data=b"x" * 1200):
    """True if a datagram reached the address outside and its answer came back."""
    family = socket.AF_INET6 if ":" in address else socket.AF_INET
    server = WORLD.inside(socket.socket, family, socket.SOCK_DGRAM)
    client = CLIENT.inside(socket.socket, family, socket.SOCK_DGRAM)
    with server, client:
        server.bind((address, port))
        server.settimeout(QUIET)
        client.settimeout(QUIET)
        client.connect((address, port))
        try:
            client.send(data)
            _, peer = server.recvfrom(2048)
            server.sendto(b"y", peer)
            return client.recv(16) == b"y"
        except OSError:
            return False


def tcp(address, port):
    """True if a connection to the address outside came about there, not at the gateway."""
    family = socket.AF_INET6 if ":" in address else socket.AF_INET
    with WORLD.inside(lambda: socket.create_server((address, port), family=family)) as server:
        server.settimeout(QUIET)
        try:
            with CLIENT.inside(socket.create_connection, (address, port), 2 * QUIET):
                server.accept()[0].close()
            return True
        except OSError:
            return False


def raw(address, protocol, data=b""):
    """True if a packet of a protocol that is neither TCP nor UDP reached the address outside."""
    family = socket.AF_INET6 if ":" in address else socket.AF_INET
    mark = os.urandom(16)
    with WORLD.inside(socket.socket, family, socket.SOCK_RAW, protocol) as server, CLIENT.inside(socket.socket, family, socket.SOCK_RAW, protocol) as client:
        server.settimeout(QUIET)
        client.connect((address, 0))
        try:
            client.send(data + mark)
            while not server.recv(2048).endswith(mark):
                pass
            return True
        except OSError:
            return False


def ping(address):
    kind = 128 if ":" in address else 8
    checksum = 0  # ICMPv6 gets its from the kernel; the other side here looks at neither
    return raw(address, socket.IPPROTO_ICMPV6 if ":" in address else socket.IPPROTO_ICMP, struct.pack(">BBHHH", kind, 0, checksum, 1, 1))


def ways_round():
    """Name, function that is True if the way is open, and whether it stays open with the rules."""
    for family in FAMILIES:
        version = ("IPv4", "IPv6")[family]
        for name, port in (("web past the gateway, port 80", 80), ("web past the gateway, port 443", 443), ("DNS over TLS", 853),
                           ("another name server, TCP", 53), ("a proxy elsewhere, port 8080", 8080), ("a proxy elsewhere, port 3128", 3128),
                           ("SOCKS, port 1080", 1080), ("SSH", 22), ("Tor", 9001), ("PPTP", 1723), ("OpenVPN, TCP", 1194), ("mail, port 587", 587)):
            yield f"{name}, {version}", lambda f=family, p=port: tcp(STRANGER[f], p), False
        for name, port in (("QUIC", 443), ("QUIC on port 80", 80), ("DNS over QUIC", 853), ("another name server, UDP", 53), ("WireGuard", 51820),
                           ("OpenVPN", 1194), ("IKE", 500), ("IPsec through NAT", 4500), ("Teredo", 3544), ("L2TP", 1701), ("multicast DNS", 5353)):
            yield f"{name}, {version}", lambda f=family, p=port: udp(STRANGER[f], p), False
        for name, protocol in (("GRE", 47), ("ESP", 50), ("an unknown protocol", 253), ("IPv6 in IP", 41)):
            yield f"{name}, {version}", lambda f=family, p=protocol: raw(STRANGER[f], p), False
        yield f"a tunnel of pings, {version}", lambda f=family: ping(STRANGER[f]), False
        yield f"the school's name server, UDP, {version}", lambda f=family: udp(RESOLVER[f], 53), True
        yield f"the school's name server, TCP, {version}", lambda f=family: tcp(RESOLVER[f], 53), True
        yield f"the school's name server by another port, {version}", lambda f=family: tcp(RESOLVER[f], 8053), False
        yield f"time, which is let out, {version}", lambda f=family: udp(STRANGER[f], 123), True
        for name, port in (("a printer of the school", 631), ("a page of the printer", 80), ("a page of the printer, TLS", 443)):
            yield f"{name}, {version}", lambda f=family, p=port: tcp(LOCAL[f], p), True


@covers(155, "ways round the gateway: open without the rules, closed with them")
def closed_ways():
    for name, is_open, _ in ways_round():  # the first packets to an address may wait for its neighbour's answer
        wait_until(is_open, what=f"without our rules, {name}")
    for mode in ("redirect", "tproxy"):
        with rules(mode):
            wrong = [name for name, is_open, stays in ways_round() if is_open() != stays]
            assert not wrong, f"{mode}: {wrong}"


def refused(address, *datagrams):
    """Sends datagrams to port 443 from one port of the client, as one flow."""
    family = socket.AF_INET6 if ":" in address else socket.AF_INET
    with CLIENT.inside(socket.socket, family, socket.SOCK_DGRAM) as client:
        for data in datagrams:
            client.sendto(data, (address, 443))  # not connected: what was refused does not keep the next from leaving


def quic_row(name, method="QUIC"):
    row = GATE.wait_for_row(lambda row: row["http"]["request"].get("method") == method and row["url"].get("domain") == name)
    assert row["event"]["reason"] == f"{method.lower()}-refused", row
    return row


@covers("refused QUIC is named in the log: both versions and families, several packets, sent again, and what is not QUIC")
def quic_named():
    for mode in ("redirect", "tproxy"):
        with rules(mode):
            large = Hello(f"large.{mode}.example".encode(), extensions=[(51, bytes(1500))]).handshake[0]
            first = quic.initial(quic.crypto(700, large[700:1100]) + quic.crypto(0, large[:300]), b"sameconn")
            second = quic.initial(quic.crypto(300, large[300:700]) + quic.crypto(1100, large[1100:]), b"sameconn", packet=1)
            refused(ALLOWED[0], first, second, first, second)
            for family in FAMILIES:
                for version in quic.SALTS:
                    name = f"v{version}.{mode}.{family}.example"
                    packet = quic.initial(quic.crypto(0, Hello(name.encode()).handshake[0]), version=version)
                    refused(ALLOWED[family], packet, packet)
                    row = quic_row(name)
                    assert row["source"]["ip"] == ("10.99.1.2", "fd99::2")[family], row
            packet = quic.initial(quic.crypto(0, Hello(b"blocked.example").handshake[0]))
            refused(BLOCKED[0], packet)
            assert quic_row("blocked.example")["event"]["action"] == "block"
            assert quic_row(f"large.{mode}.example")["event"]["action"] == "allow"
            refused(STRANGER[1], b"a game", b"a game")
            quic_row(STRANGER[1], "UDP")
            rows = [row["url"].get("domain") for row in GATE.access_rows() if row["http"]["request"].get("method") == "QUIC"]
            assert rows.count(f"large.{mode}.example") == 1 and rows.count(f"v1.{mode}.0.example") == 1, rows
            old = GATE.process
            GATE.command("restart", "--json")  # the one that follows reads them when the one before has let go
            wait_until(lambda: refused(ALLOWED[0], quic.initial(quic.crypto(0, Hello(f"after.{mode}.example".encode()).handshake[0])))  # noqa: B023
                       or any(row["url"].get("domain") == f"after.{mode}.example" for row in GATE.access_rows()), what="its row")  # noqa: B023
            assert old.wait(20) == 0
            end_follower()
        GATE.start()


@covers("Chromium's QUIC is refused, named, and falls back to TCP")
def chromium_quic():
    browser = shutil.which("chromium")
    with rules("redirect"), tempfile.TemporaryDirectory() as folder:
        words = ["nsenter", f"--net=/run/netns/{CLIENT.name}", browser, "--headless=new", "--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-background-networking",
                 "--no-proxy-server", f"--user-data-dir={folder}", "--origin-to-force-quic-on=allowed.example:443", f"--host-resolver-rules=MAP allowed.example {ALLOWED[0]}",
                 "--timeout=3000", "--dump-dom", "https://allowed.example/"]
        subprocess.run(words, capture_output=True, check=False, timeout=60)
        quic_row("allowed.example")


@covers("without the gateway there is no web")
def gateway_gone():
    with rules("redirect"):
        GATE.stop()
        try:
            with contextlib.suppress(ConnectionRefusedError, ConnectionResetError):
                with Direct(ALLOWED[0], 80) as wire:
                    assert closed(wire.send(request("allowed.example")))
                raise AssertionError("somebody listened")
            assert SITES[ALLOWED[0]].take() == b""
        finally:
            GATE.start()


def end_follower():
    """Ends the gateway that was started by another one, which has ended."""
    follower = GATE.status()["pid"]
    subprocess.run(["kill", str(follower)], check=True)
    wait_until(lambda: not pathlib.Path(f"/proc/{follower}").exists(), what="its end")


@covers("a gateway that follows another takes its listeners over")
def handed_over():
    for mode in ("redirect", "tproxy"):
        with rules(mode), Direct(ALLOWED[0], 80) as kept:
            assert kept.send(request("allowed.example")).answer().status == 200
            old = GATE.process
            GATE.command("restart", "--json")
            assert is_from(hear(ALLOWED[0], hello("allowed.example")), ALLOWED)
            assert kept.send(request("allowed.example", "/last", "Connection: close\r\n")).answer().status == 200
            assert old.wait(20) == 0
            with Direct(BLOCKED[1], 80) as wire:
                assert wire.send(request("blocked.example")).answer().status == 403
            end_follower()
        GATE.start()


def choose(mode):
    path = GATE.config / "gatehouse.toml"
    text, count = re.subn(r'(?m)^intercept = .*$', f'intercept = "{mode}"', path.read_text())
    assert count == 1, text
    path.write_text(text)


@contextlib.contextmanager
def rules(mode):
    """The rules and routes that the configuration makes, in force."""
    choose(mode)
    GATE.command("gateway", "apply", "--keep")
    try:
        yield
    finally:
        GATE.command("gateway", "revert")


def in_force():
    """Our table, our routing rules and our routes, as the kernel has them."""
    shown = [["nft", "list", "table", "inet", "gatehouse"]]
    shown += [["ip", version, *what] for version in ("-4", "-6") for what in (["rule", "list", "fwmark", "0x1"], ["route", "show", "table", "3128"])]
    return "".join(re.sub(r"packets \d+ bytes \d+", "", subprocess.run(words, capture_output=True, text=True, check=False).stdout) for words in shown)


class Applying:
    """`gatehouse gateway apply`, waiting for its answer."""

    def __init__(self, seconds=60):
        words = [COMMAND, "gateway", "apply", "--seconds", str(seconds), "--config", GATE.config]
        self.process = subprocess.Popen(words, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, env=GATE.environment)
        self.said = self.process.stdout.readline() + self.process.stdout.readline()
        assert "in force" in self.said and "Type keep" in self.said, self.said

    def answer(self, text):
        with contextlib.suppress(BrokenPipeError):
            self.process.stdin.write(text)
            self.process.stdin.close()
        self.said = self.process.stdout.read()
        return self.process.wait(60)


@covers("apply: kept with a word, taken back without it, with a wrong one, and when the command is killed")
def dead_man():
    choose("redirect")
    assert in_force() == ""
    applying = Applying()
    with Direct(BLOCKED[0], 80) as wire:
        assert wire.send(request("blocked.example")).answer().status == 403, "not in force while it asks"
    assert applying.answer("keep\n") == 0 and "stay" in applying.said, applying.said
    kept = in_force()
    assert "redirect to" in kept
    choose("tproxy")
    for answer in ("", "yes\n", "do not keep\n", "keep"):
        applying = Applying(1)
        assert "tproxy" in in_force()
        assert applying.answer(answer) == 1 and "taken back" in applying.said, applying.said
        assert in_force() == kept, "not what was there before"
    applying = Applying()
    applying.process.kill()
    applying.process.wait()
    wait_until(lambda: in_force() == kept, what="the rules from before")
    GATE.command("gateway", "revert")
    assert in_force() == ""
    GATE.command("gateway", "revert")  # a second time does no harm
    applying = Applying()
    applying.process.send_signal(signal.SIGINT)
    applying.process.wait()
    wait_until(lambda: in_force() == "", what="a machine without rules")


@covers("rules of others stay; without the rights of an administrator nothing changes")
def other_rules():
    subprocess.run(["nft", "add table inet school; add chain inet school x { type filter hook forward priority 5; policy accept; }"], check=True)
    for mode in ("redirect", "tproxy"):
        with rules(mode):
            GATE.command("gateway", "apply", "--keep")  # again, over itself
            assert in_force().count("fwmark 0x1 lookup 3128") == (2 if mode == "tproxy" else 0), in_force()
    assert subprocess.run(["nft", "list", "table", "inet", "school"], capture_output=True, check=False).returncode == 0
    nobody = ["setpriv", "--reuid", "65534", "--bounding-set=-net_admin", "--inh-caps=-all"]
    with tempfile.TemporaryDirectory(prefix="gatehouse-gateway-") as folder:  # where everybody may read it
        pathlib.Path(folder).chmod(0o755)
        shutil.copy(GATE.config / "gatehouse.toml", folder)
        done = subprocess.run([*nobody, COMMAND, "gateway", "apply", "--keep", "--config", folder], capture_output=True, text=True, check=False)
    assert done.returncode == 1 and "not permitted" in done.stderr, done
    assert in_force() == ""


def open_school(config):
    (config / "timetable.toml").write_text("")
    (config / "lists.toml").write_text("")
    (config / "content.toml").write_text("")
    (config / "policy.toml").write_text(SMALL_POLICY + '\n[[rule]]\nid = "bare-addresses"\nwho = ["everyone"]\nwhat = ["signal:ip-literal"]\n'
                                                       'action = "block"\nreason = "Closed for the test."\n')


class Question:
    """What a device asks the school's name server, and what it heard."""

    def __init__(self, port, name, kind):
        identity = os.urandom(2)
        query = identity + struct.pack(">HHHHH", 0x0100, 1, 0, 0, 0) + names.encode_name(name) + struct.pack(">HH", kind, 1)
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as asking:
            asking.settimeout(PATIENCE)
            asking.sendto(query, ("127.0.0.1", port))
            self.heard = asking.recv(4096)
        assert self.heard[:2] == identity
        self.code, self.records = self.heard[3] & 15, struct.unpack(">H", self.heard[6:8])[0]

    def leads_to(self, address):
        return self.code == names.NOERROR and socket.inet_aton(address) in self.heard


@contextlib.contextmanager
def unbound(upstream):
    """unbound as deploy/unbound sets it up, with the zone of this configuration; its port."""
    folder, port = pathlib.Path(tempfile.mkdtemp(prefix="gatehouse-unbound-")), free_port()
    (folder / "gatehouse.rpz").write_text(GATE.command("gateway", "render", "zone"))
    shutil.copy(UNBOUND / "no_ech.py", folder)
    own = (UNBOUND / "gatehouse.conf").read_text().replace("/etc/unbound", str(folder))
    (folder / "unbound.conf").write_text(f'''{own}
server:
  interface: 127.0.0.1@{port}
  directory: "{folder}"
  username: ""
  chroot: ""
  pidfile: "{folder}/pid"
  use-syslog: no
  do-daemonize: no
  do-not-query-localhost: no
forward-zone:
  name: "."
  forward-addr: 127.0.0.1@{upstream.port}
remote-control:
  control-enable: no
''')
    assignment = next(line for line in (UNBOUND / "unbound.service.conf").read_text().splitlines() if line.startswith("Environment="))
    key, value = assignment.removeprefix("Environment=").split("=", 1)
    with open(folder / "log", "wb") as log:
        process = subprocess.Popen(["unbound", "-d", "-c", folder / "unbound.conf"], stderr=log, env={**os.environ, key: value})
    try:
        wait_until(lambda: "start of service" in (folder / "log").read_text() or process.poll() is not None, what="unbound")
        assert process.poll() is None, (folder / "log").read_text()
        yield port
    finally:
        process.terminate()
        process.wait(20)
        shutil.rmtree(folder)


@covers("the name server's zone: safe search, no Private Relay, no keys of Encrypted ClientHello, everything else as ever")
def name_server():
    https = names.record("site.example", 65, struct.pack(">H", 1) + b"\0" + struct.pack(">HH", 5, 4) + b"key!")

    def site(question, _):
        return names.response(question, [https, *names.addresses("site.example", "198.51.100.31")])
    upstream = names.NameServer({"www.find.example": "198.51.100.30", "strict.find.example": "198.51.100.32", "mail.find.example": "198.51.100.33",
                                 "find.example": "198.51.100.30", "clips.example": "198.51.100.34", "mask.icloud.com": "198.51.100.35",
                                 "use-application-dns.net": "198.51.100.36", "site.example": site})
    policy = GATE.config / "policy.toml"
    before = policy.read_text()
    policy.write_text(before + '''
[[safe_search]]
id    = "find"
hosts = ["find.example", "www.find.example"]
use   = "strict.find.example"
who   = ["everyone"]
[[safe_search]]
id    = "clips"
hosts = ["clips.example"]
use   = "strict.find.example"
who   = ["user:ann"]
''')
    try:
        with unbound(upstream) as port:
            for name in ("find.example", "www.find.example"):
                assert Question(port, name, names.A).leads_to("198.51.100.32"), name
            for name, address in (("mail.find.example", "198.51.100.33"), ("clips.example", "198.51.100.34"), ("site.example", "198.51.100.31")):
                assert Question(port, name, names.A).leads_to(address), name
            for name in ("mask.icloud.com", "mask-h2.icloud.com", "use-application-dns.net"):
                for kind in (names.A, names.AAAA):
                    assert Question(port, name, kind).code == names.NXDOMAIN, name
            for kind in (64, 65):
                answer = Question(port, "site.example", kind)
                assert answer.code == names.NOERROR and answer.records == 0 and b"key!" not in answer.heard, (kind, answer.heard)
            assert Question(upstream.port, "site.example", 65).records == 1, "it would have been there"
    finally:
        policy.write_text(before)


@covers("a device without a proxy finds out whether it trusts the certificate: an address from the name server's zone, answered on the way there")
def trust_check():
    check = "certificate-check.gatehouse.example"
    nowhere = names.NameServer({})
    with unbound(nowhere) as port:
        assert Question(port, check, names.A).leads_to("192.0.2.1")
    for mode in ("redirect", "tproxy"):
        with rules(mode), Direct("192.0.2.1", 443) as wire:
            wire.begin_tls(check, GATE.ca_certificate())
            answer = wire.send(request(check)).answer()
            assert answer.status == 200 and b"This device trusts the school" in answer.body, (mode, answer.status, answer.body[:300])
        with rules(mode), Direct("192.0.2.1", 443) as wire:
            try:
                wire.begin_tls(check, "/etc/ssl/certs/ca-certificates.crt")
                raise AssertionError("the device took a certificate of a CA that it does not know")
            except ssl.SSLError:
                pass


CASES = (redirected, tproxied, forged_host, bent_requests, forged_sni, no_sni, split_hello, wrong_protocol, no_loop, closed_ways, quic_named, chromium_quic, gateway_gone, handed_over,
         dead_man, other_rules, name_server, trust_check)

if __name__ == "__main__":
    list_and_leave(CASES)
    namespaces.enter()
    namespaces.run("ip", "link", "set", "lo", "up")
    CLIENT = namespaces.Namespace("client", "near", "far", ["10.99.1.2/24", "fd99::2/64"], ["10.99.1.1/24", "fd99::1/64"], ["10.99.1.1", "fd99::1"])
    outside = [f"{pair[0]}/24" for pair in (ALLOWED, BLOCKED, RESOLVER, STRANGER, LOCAL)] + [f"{pair[1]}/64" for pair in (ALLOWED, BLOCKED, RESOLVER, STRANGER, LOCAL)]
    WORLD = namespaces.Namespace("world", "out", "web", outside, ["198.51.100.1/24", "2001:db8:99::1/64", "203.0.113.1/24", "2001:db8:77::1/64"],
                                 ["198.51.100.1", "2001:db8:99::1"])
    for setting in ("net/ipv4/ip_forward", "net/ipv6/conf/all/forwarding"):
        pathlib.Path("/proc/sys", setting).write_text("1")
    SITES = {address: Site(WORLD, address) for pair in (ALLOWED, BLOCKED) for address in pair}
    REDIRECT, TPROXY = free_port(), free_port()
    listen = "\n".join(f'{key} = ["0.0.0.0:{port}", "[::]:{port}"]' for key, port in (("redirect", REDIRECT), ("tproxy", TPROXY)))
    RECORDER = Recorder()
    router = (f'inside = ["near"]\nintercept = "redirect"\nresolvers = ["{RESOLVER[0]}", "{RESOLVER[1]}"]\n'
              'local = ["203.0.113.0/24", "2001:db8:77::/64"]\nlet_out = ["udp/123"]')
    GATE = small_gateway(RECORDER.port, edit=open_school, ca=True, settings={
        "listen": listen, "gateway": router, "reach": 'private = ["127.0.0.0/8", "198.51.100.0/24", "2001:db8:99::/64"]'})
    GATE.hosts.write_text(f"{ORIGIN} {NAME}\n" + "".join(f"{address} {name}\n" for name, pair in NAMES.items() for address in pair))
    SUITE = HostileSuite(GATE, RECORDER)
    try:
        with GATE:
            for case in CASES:
                SUITE.play(case)
            SUITE.finish(GATE)
    finally:
        CLIENT.close()
        WORLD.close()
    SUITE.close()
