"""A name server for tests: answers over UDP and TCP what it is told, right or wrong, and counts what it was asked."""
import ipaddress
import socket
import socketserver
import struct
import threading

A, CNAME, AAAA = 1, 5, 28
NOERROR, SERVFAIL, NXDOMAIN, REFUSED = 0, 2, 3, 5


class Question:
    def __init__(self, data):
        self.id, = struct.unpack(">H", data[:2])
        labels, at = [], 12
        while data[at]:
            labels.append(data[at + 1:at + 1 + data[at]].decode("latin-1"))
            at += 1 + data[at]
        self.name = ".".join(labels).lower()
        self.kind, = struct.unpack(">H", data[at + 1:at + 3])
        self.section = data[12:at + 5]


def encode_name(name):
    return b"".join(bytes([len(label)]) + label.encode() for label in name.split(".") if label) + b"\0"


def record(name, kind, data, ttl=60):
    return encode_name(name) + struct.pack(">HHIH", kind, 1, ttl & 0xffffffff, len(data)) + data


def addresses(name, *texts, ttl=60):
    """Address records of both families."""
    packed = [ipaddress.ip_address(text) for text in texts]
    return [record(name, A if address.version == 4 else AAAA, address.packed, ttl) for address in packed]


def response(question, records=(), code=NOERROR, **odd):
    """odd: id or section other than the question's, truncated=True."""
    wanted = [one for one in records if struct.unpack(">H", one[len(encode_name(question.name)):][:2])[0] in (question.kind, CNAME)] \
        if odd.pop("only_kind", True) else list(records)
    flags = 0x8180 | code | (0x0200 if odd.get("truncated") else 0)
    return struct.pack(">HHHHHH", odd.get("id", question.id), flags, 1, len(wanted), 0, 0) + odd.get("section", question.section) + b"".join(wanted)


class NameServer:
    """zone: name -> addresses, or function(question, over_tcp) -> bytes, list of bytes, or None for silence. Unknown names: NXDOMAIN."""

    def __init__(self, zone=None, address="127.0.0.1", port=0):
        self.zone, self.asked, self.lock = dict(zone or {}), [], threading.Lock()
        self.address, self.dead, self.port = address, False, port
        server = self

        class Udp(socketserver.BaseRequestHandler):
            def handle(self):
                data, reply_from = self.request
                for answer in server.answers(data, False):
                    reply_from.sendto(answer, self.client_address)

        class Tcp(socketserver.BaseRequestHandler):
            def handle(self):
                self.request.settimeout(20)
                while len(size := self.request.recv(2)) == 2:
                    for answer in server.answers(self.request.recv(struct.unpack(">H", size)[0]), True):
                        self.request.sendall(struct.pack(">H", len(answer)) + answer)

        for kind in (socketserver.ThreadingUDPServer, socketserver.ThreadingTCPServer):
            kind.allow_reuse_address = kind.daemon_threads = True
        self.servers = self.bind_both(Udp, Tcp)
        self.port = self.servers[0].server_address[1]
        for one in self.servers:
            threading.Thread(target=one.serve_forever, args=(0.05,), daemon=True).start()
        self.servers[0].socket.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4 << 20)

    def bind_both(self, udp, tcp):
        """One number for both; a free one for UDP may be taken for TCP, then another is tried."""
        for _ in range(100):
            first = socketserver.ThreadingUDPServer((self.address, self.port), udp)
            try:
                return [first, socketserver.ThreadingTCPServer(first.server_address, tcp)]
            except OSError:
                first.server_close()
                if self.port:
                    raise
        raise OSError("no port is free for both UDP and TCP")

    def __str__(self):
        return f"{self.address}:{self.port}"

    def answers(self, data, over_tcp):
        question = Question(data)
        with self.lock:
            self.asked.append((question.name, question.kind))
        if self.dead:
            return []
        found = self.zone.get(question.name)
        if found is None:
            return [response(question, code=NXDOMAIN)]
        if not callable(found):
            return [response(question, addresses(question.name, *([found] if isinstance(found, str) else found)))]
        made = found(question, over_tcp)
        return [] if made is None else made if isinstance(made, list) else [made]

    def count(self, name):
        with self.lock:
            return sum(1 for asked, _ in self.asked if asked == name)
