#!/usr/bin/env python3
"""The transparent gateway on a network of its own: a client that knows of no proxy, sites outside, and the shipped nftables rules between them.
Ways round the gateway are tried without the rules, where each is open, and with them, where each is closed. Needs root.

usage: gateway_test.py [--list] [text that the names of the cases must hold]
"""
import contextlib
import pathlib
import re
import socket
import subprocess
import sys
import threading

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "support"))
import namespaces  # noqa: E402
from gateway import SOURCE, free_port, wait_until  # noqa: E402
from hello import Hello  # noqa: E402
from hostile import NAME, ORIGIN, SMALL_POLICY, HostileSuite, Recorder, covers, list_and_leave, small_gateway  # noqa: E402
from origin import PATIENCE, Wire  # noqa: E402

ALLOWED, BLOCKED = ("198.51.100.10", "2001:db8:99::10"), ("198.51.100.20", "2001:db8:99::20")
RESOLVER, STRANGER = ("198.51.100.53", "2001:db8:99::53"), ("198.51.100.8", "2001:db8:99::8")
NAMES = {"allowed.example": ALLOWED, "blocked.example": BLOCKED}
FAMILIES = (0, 1)  # IPv4, IPv6
RULES = SOURCE / "deploy" / "nftables"
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


def ways_round():
    """Name, function that is True if the way is open, and whether it stays open with the rules."""
    for family in FAMILIES:
        version = ("IPv4", "IPv6")[family]
        yield f"web past the gateway, port 80, {version}", lambda f=family: tcp(STRANGER[f], 80), False
        yield f"web past the gateway, port 443, {version}", lambda f=family: tcp(STRANGER[f], 443), False
        yield f"QUIC, {version}", lambda f=family: udp(STRANGER[f], 443), False
        yield f"QUIC on port 80, {version}", lambda f=family: udp(STRANGER[f], 80), False
        yield f"DNS over TLS, {version}", lambda f=family: tcp(STRANGER[f], 853), False
        yield f"DNS over QUIC, {version}", lambda f=family: udp(STRANGER[f], 853), False
        yield f"another name server, UDP, {version}", lambda f=family: udp(STRANGER[f], 53), False
        yield f"another name server, TCP, {version}", lambda f=family: tcp(STRANGER[f], 53), False
        yield f"the school's name server, UDP, {version}", lambda f=family: udp(RESOLVER[f], 53), True
        yield f"the school's name server, TCP, {version}", lambda f=family: tcp(RESOLVER[f], 53), True


@covers(155, "ways round the gateway: open without the rules, closed with them")
def closed_ways():
    for name, is_open, _ in ways_round():  # the first packets to an address may wait for its neighbour's answer
        wait_until(is_open, what=f"without our rules, {name}")
    for mode in ("redirect", "tproxy"):
        with rules(mode):
            wrong = [name for name, is_open, stays in ways_round() if is_open() != stays]
            assert not wrong, f"{mode}: {wrong}"


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
            follower = GATE.status()["pid"]
            with Direct(BLOCKED[1], 80) as wire:
                assert wire.send(request("blocked.example")).answer().status == 403
            subprocess.run(["kill", str(follower)], check=True)
            wait_until(lambda: not pathlib.Path(f"/proc/{follower}").exists(), what="its end")  # noqa: B023
        GATE.start()


@contextlib.contextmanager
def rules(mode):
    """The shipped file with this network's names, and for tproxy the routes that it asks for."""
    text = (RULES / f"{mode}.nft").read_text()
    for name, value in (("inside", '"near"'), ("web_port", REDIRECT if mode == "redirect" else TPROXY), ("resolver", f"{{ {RESOLVER[0]} }}"),
                        ("resolver6", f"{{ {RESOLVER[1]} }}")):
        text, count = re.subn(rf"(?m)^define {name}\s*=.*$", f"define {name} = {value}", text)
        assert count == 1, name
    subprocess.run(["nft", "-f", "-"], input=text, text=True, check=True)
    routes = [line.strip("# ").split(" && ") for line in text.splitlines() if " lookup 100 && " in line] if mode == "tproxy" else []
    commands = [command.split() for pair in routes for command in pair]
    assert bool(commands) == (mode == "tproxy")
    for command in commands:
        namespaces.run(*command)
    try:
        yield
    finally:
        for command in reversed(commands):
            namespaces.run(*("del" if word == "add" else word for word in command))
        namespaces.run("nft", "delete", "table", "inet", "gatehouse")


def open_school(config):
    (config / "timetable.toml").write_text("")
    (config / "lists.toml").write_text("")
    (config / "policy.toml").write_text(SMALL_POLICY + '\n[[rule]]\nid = "bare-addresses"\nwho = ["everyone"]\nwhat = ["signal:ip-literal"]\n'
                                                       'action = "block"\nreason = "Closed for the test."\n')


CASES = (redirected, tproxied, forged_host, bent_requests, forged_sni, no_sni, split_hello, wrong_protocol, no_loop, closed_ways, gateway_gone, handed_over)

if __name__ == "__main__":
    list_and_leave(CASES)
    namespaces.enter()
    namespaces.run("ip", "link", "set", "lo", "up")
    CLIENT = namespaces.Namespace("client", "near", "far", ["10.99.1.2/24", "fd99::2/64"], ["10.99.1.1/24", "fd99::1/64"], ["10.99.1.1", "fd99::1"])
    outside = [f"{pair[0]}/24" for pair in (ALLOWED, BLOCKED, RESOLVER, STRANGER)] + [f"{pair[1]}/64" for pair in (ALLOWED, BLOCKED, RESOLVER, STRANGER)]
    WORLD = namespaces.Namespace("world", "out", "web", outside, ["198.51.100.1/24", "2001:db8:99::1/64"], ["198.51.100.1", "2001:db8:99::1"])
    for setting in ("net/ipv4/ip_forward", "net/ipv6/conf/all/forwarding"):
        pathlib.Path("/proc/sys", setting).write_text("1")
    SITES = {address: Site(WORLD, address) for pair in (ALLOWED, BLOCKED) for address in pair}
    REDIRECT, TPROXY = free_port(), free_port()
    listen = "\n".join(f'{key} = ["0.0.0.0:{port}", "[::]:{port}"]' for key, port in (("redirect", REDIRECT), ("tproxy", TPROXY)))
    RECORDER = Recorder()
    GATE = small_gateway(RECORDER.port, edit=open_school, settings={"listen": listen,
                                                        "reach": 'private = ["127.0.0.0/8", "198.51.100.0/24", "2001:db8:99::/64"]'})
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
