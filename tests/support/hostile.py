"""What the suites of hostile input and faults share: a small open school, an origin that records, and the three oracles of every case.

A case is a function that says which lines of the catalogue it covers: @covers(173, "two framings"). Oracle 1, what the client got, is the
function's own business; oracle 2, what the origin saw, is asked through Recorder; oracle 3 is asked here after every case: the daemon lives,
no sanitizer has spoken, and a clean request on a new connection gets its own answer (which also finds answers given to the wrong request).
With --list a suite prints "line<TAB>name" for each of its cases and plays none.
"""
import contextlib
import os
import re
import socket
import sys
import threading
import traceback

from gateway import Gateway, wait_until
from origin import PATIENCE, Wire

ORIGIN = "127.0.2.1"
NAME = "origin.example"
ROOM = "127.0.1.20"
TRUSTING_ROOM = "127.0.1.10"  # its computers trust the school's CA
SANITIZER = re.compile(rb"ERROR: \w+Sanitizer|runtime error:|WARNING: ThreadSanitizer")

SMALL_POLICY = """
school = "Test school"
unknown_role = "open"
[[role]]
id = "open"
title = "Person"
default = "allow"
default_reason = "Open."
[[network]]
id = "trusting-room"
title = "Room that trusts the CA"
ranges = ["127.0.1.10"]
role = "open"
trusts_ca = true
[[rule]]
id = "closed-site"
who = ["everyone"]
what = ["host:blocked.example"]
action = "block"
reason = "Closed for the test."
[[rule]]
id = "disguised"
who = ["everyone"]
what = ["signal:not-tls", "signal:sni-mismatch"]
action = "block"
reason = "Closed for the test."
"""


def small_school(config):
    """A policy of a few lines instead of the example school's."""
    (config / "policy.toml").write_text(SMALL_POLICY)
    (config / "timetable.toml").write_text("")
    (config / "lists.toml").write_text("")
    (config / "content.toml").write_text("")


def small_gateway(origin_port, names=None, settings=None, workers=1, **more):
    """One worker, so that every case and its clean request share one pool of origin connections."""
    return Gateway(names={NAME: ORIGIN, **(names or {})}, edit=more.pop("edit", small_school), ports=[origin_port], workers=workers, ca=more.pop("ca", False),
                   settings=settings, **more)


class Request:
    """What the recording origin read: one head, the number of its connection, and what came right behind the head."""

    def __init__(self, head, connection, ahead):
        self.head, self.connection, self.ahead = head, connection, ahead
        self.method, self.path = (head.split(b" ", 2) + [b"", b""])[:2]

    def field(self, name):
        found = re.search(rb"(?im)^" + re.escape(name) + rb":[ \t]*([^\r\n]*)", self.head)
        return found and found[1]


class Recorder:
    """An origin on a loopback address that keeps every byte it reads. `answer(path, function)` says what to do with a request for that path:
    function(request, connection) sends what it likes and returns True if the connection goes on. Other paths are answered with themselves."""

    def __init__(self, address=ORIGIN, port=0):
        self.listener = socket.create_server((address, port), backlog=1024)
        self.address, self.port = address, self.listener.getsockname()[1]
        self.authority = f"{NAME}:{self.port}"
        self.lock = threading.Lock()
        self.scripts, self.requests, self.bytes, self.accepted = {}, [], {}, 0
        threading.Thread(target=self._accept, daemon=True).start()

    def answer(self, path, function):
        if isinstance(function, bytes):
            data = function
            function = lambda request, connection: connection.sendall(data) or True  # noqa: E731
        self.scripts[path.encode()] = function

    def seen(self, path=None):
        with self.lock:
            return [request for request in self.requests if path is None or request.path == path.encode()]

    def all_bytes(self):
        with self.lock:
            return b"".join(b"".join(parts) for parts in self.bytes.values())

    def _accept(self):
        while True:
            try:
                connection, _ = self.listener.accept()
            except OSError:
                return
            with self.lock:
                self.accepted += 1
                number = self.accepted
                self.bytes[number] = []
            threading.Thread(target=self._serve, args=(connection, number), daemon=True).start()

    def _read(self, connection, number):
        data = connection.recv(65536)
        if not data:
            raise EOFError
        with self.lock:
            self.bytes[number].append(data[:4096])
        return data

    def _serve(self, connection, number):
        buffer = b""
        connection.settimeout(PATIENCE)
        with contextlib.suppress(OSError, EOFError), connection:
            while True:
                while b"\r\n\r\n" not in buffer:
                    buffer += self._read(connection, number)
                head, _, buffer = buffer.partition(b"\r\n\r\n")
                request = Request(head, number, buffer)
                with self.lock:
                    self.requests.append(request)
                script = self.scripts.get(request.path)
                if script is None:
                    left = int(request.field(b"Content-Length") or 0)
                    while len(buffer) < left:
                        buffer += self._read(connection, number)
                    buffer = buffer[left:]
                    script = reply(request.path)
                if not script(request, connection):
                    return


def reply(body, *fields, status="200 OK"):
    def send(request, connection):
        head = "".join(f"{line}\r\n" for line in (f"HTTP/1.1 {status}", *fields, f"Content-Length: {len(body)}"))
        connection.sendall(head.encode() + b"\r\n" + (b"" if request.method == b"HEAD" else body))
        return True
    return send


def covers(*what):
    """Lines of the catalogue, then the name of the case."""
    *lines, name = what

    def mark(function):
        function.lines, function.title = lines, name
        return function
    return mark


class HostileSuite:
    """Plays cases and asks the third oracle behind each."""

    def __init__(self, gate=None, origin=None):
        self.passed = self.failed = self.count = 0
        self.gate, self.origin = gate, origin
        self.wanted = [word for word in sys.argv[1:] if not word.startswith("-")]

    def check_clean(self, gate=None, origin=None):
        gate, origin = gate or self.gate, origin or self.origin
        assert gate.is_alive(), f"the daemon ended with {gate.process.returncode}: {gate.log_path.read_text(errors='replace')[-2000:]}"
        assert not SANITIZER.search(gate.log_path.read_bytes()), gate.log_path.read_text(errors="replace")[:4000]
        self.count += 1
        path = f"/clean-{self.count}"
        with Wire(gate, ROOM) as wire:
            answer = wire.get(f"http://{origin.authority}{path}", "Connection: close").answer()
        assert (answer.status, answer.body) == (200, path.encode()), f"the clean request got {answer.status} {answer.body[:80]!r}"

    def play(self, case):
        title = f"{','.join(map(str, case.lines))} {case.title}"
        if self.wanted and not any(word in title for word in self.wanted):
            return
        try:
            case()
            if self.gate is not None:
                self.check_clean()
            self.passed += 1
            print(f"ok   {title}", flush=True)
        except Exception:
            self.failed += 1
            print(f"FAIL {title}\n{traceback.format_exc()}", flush=True)

    def finish(self, gate):
        """The daemon ends in order, and at its end no sanitizer has anything to say (leaks are told then)."""
        try:
            code = gate.stop()
            assert code == 0, f"exit status {code}: {gate.log_path.read_text(errors='replace')[-2000:]}"
            assert not SANITIZER.search(gate.log_path.read_bytes()), gate.log_path.read_text(errors="replace")[:4000]
            self.passed += 1
        except AssertionError as error:
            self.failed += 1
            print(f"FAIL the daemon ends in order: {error}", flush=True)

    def close(self):
        print(f"{self.passed} passed, {self.failed} failed")
        raise SystemExit(1 if self.failed or not self.passed else 0)


def list_and_leave(cases):
    """Serves --list."""
    if "--list" in sys.argv:
        for case in cases:
            for line in case.lines:
                print(f"{line}\t{case.title}")
        raise SystemExit(0)


def descriptors(gate):
    return len(os.listdir(f"/proc/{gate.process.pid}/fd"))


def resident_kib(gate):
    with open(f"/proc/{gate.process.pid}/status") as status:
        return next(int(line.split()[1]) for line in status if line.startswith("VmRSS:"))


def cpu_seconds(gate):
    with open(f"/proc/{gate.process.pid}/stat") as stat:
        fields = stat.read().rsplit(")", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def settles(gate, baseline, seconds=30.0):
    """Waits until the daemon's open descriptors are back at the count of before."""
    wait_until(lambda: descriptors(gate) <= baseline, seconds, f"the return to {baseline} descriptors (now {descriptors(gate)})")
