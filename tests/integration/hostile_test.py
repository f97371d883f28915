#!/usr/bin/env python3
"""Plays hostile_cases.py against the daemon. Three oracles for each case: what the client is answered, what a recording origin
sees, and that a clean request on a new connection then gets its own answer (which also finds answers given to the wrong request).

Needs GATEHOUSED, or GATEHOUSE_BIN with proxy/gatehoused in it. Everything runs on loopback in a temporary folder.
usage: hostile_test.py [--list] [text that the names of the cases must hold]
"""

import os
import pathlib
import socket
import subprocess
import sys
import tempfile
import threading
import time

sys.path.insert(0, str(pathlib.Path(__file__).parent))
sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "support"))
from hostile_cases import CASES, CLOSED, PASSWORD, SECRET  # noqa: E402
from ports import free_port  # noqa: E402

PATIENCE = 20.0  # seconds until an answer that does not come is a failure
ORIGIN_ADDRESS = "127.0.2.1"


class Closed(Exception):
    """The other side ended the connection before a message was whole."""


class Reader:
    """Takes whole HTTP messages from a socket; strict, because it judges what the daemon sends."""

    def __init__(self, connection, record=None):
        self.connection, self.record, self.buffer = connection, record, b""

    def fill(self):
        try:
            data = self.connection.recv(65536)
        except ConnectionError:
            data = b""
        if not data:
            raise Closed
        if self.record is not None:
            self.record.append(data)
        self.buffer += data

    def take_until(self, mark):
        searched = 0
        while (at := self.buffer.find(mark, searched)) < 0:
            searched = max(0, len(self.buffer) - len(mark) + 1)
            self.fill()
        taken, self.buffer = self.buffer[:at], self.buffer[at + len(mark):]
        return taken

    def take(self, size):
        parts, have = [self.buffer], len(self.buffer)
        while have < size:
            self.buffer = b""
            self.fill()
            parts.append(self.buffer)
            have += len(self.buffer)
        everything = b"".join(parts)
        self.buffer = everything[size:]
        return everything[:size]

    def take_head(self):
        lines = self.take_until(b"\r\n\r\n").split(b"\r\n")
        fields = {}
        for line in lines[1:]:
            name, _, value = line.partition(b":")
            fields.setdefault(name.lower(), []).append(value.strip())
        return lines[0], fields

    def take_body(self, fields, until_close):
        if b"transfer-encoding" in fields:
            body = []
            while size := int(self.take_until(b"\r\n"), 16):
                body.append(self.take(size + 2)[:-2])
            if self.take_until(b"\r\n"):
                raise ValueError("trailers were forwarded")
            return b"".join(body)
        if b"content-length" in fields:
            return self.take(int(fields[b"content-length"][0]))
        if not until_close:
            return b""
        try:
            while True:
                self.fill()
        except Closed:
            body, self.buffer = self.buffer, b""
            return body


class Origin:
    """Records every byte and answers each complete request with its own path."""

    def __init__(self):
        self.listener = socket.create_server((ORIGIN_ADDRESS, 0), backlog=256)
        self.port = self.listener.getsockname()[1]
        self.lock = threading.Lock()
        self.connections = []  # for each: list of byte strings
        self.complete = []  # paths of complete requests
        threading.Thread(target=self.accept, daemon=True).start()

    def accept(self):
        while True:
            connection, _ = self.listener.accept()
            record = []
            with self.lock:
                self.connections.append(record)
            threading.Thread(target=self.serve, args=(connection, record), daemon=True).start()

    def serve(self, connection, record):
        reader = Reader(connection, record)
        try:
            while True:
                line, fields = reader.take_head()
                method, path, _ = line.split(b" ", 2)
                if b"expect" in fields:
                    connection.sendall(b"HTTP/1.1 100 Continue\r\n\r\n")
                reader.take_body(fields, until_close=False)
                with self.lock:
                    self.complete.append(path)
                body = b"" if method == b"HEAD" else path
                connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n" % len(path) + body)
        except (Closed, ValueError, OSError):
            connection.close()

    def take(self):
        """Everything since the last call: bytes, and the paths of complete requests."""
        with self.lock:
            data = b"".join(b"".join(record) for record in self.connections)
            for record in self.connections:
                record.clear()
            paths, self.complete = self.complete, []
        return data, paths


class Daemon:
    def __init__(self, folder, origin):
        self.folder = pathlib.Path(folder)
        self.proxy, self.portal, self.console, self.metrics = (free_port() for _ in range(4))
        self.write_configuration(origin)
        program = os.environ.get("GATEHOUSED") or os.path.join(os.environ["GATEHOUSE_BIN"], "proxy", "gatehoused")
        self.output = open(self.folder / "output", "wb")
        command = pathlib.Path(program).parents[1] / "tools" / "ctl" / "gatehouse"
        subprocess.run([command, "lists", "compile", "--config", str(self.folder / "config")], check=True, stdout=subprocess.DEVNULL)
        subprocess.run([command, "account", "add", "--config", str(self.folder / "config"), "--login", "user", "--name", "User",
                        "--subject-role", "open", "--password-stdin"], input=PASSWORD, text=True, check=True, stdout=subprocess.DEVNULL)
        self.process = subprocess.Popen([program, "--config", str(self.folder / "config")], stdout=self.output, stderr=subprocess.STDOUT)
        self.wait_until_it_listens()

    def write_configuration(self, origin):
        config = self.folder / "config"
        config.mkdir()
        (self.folder / "hosts").write_text(
            f"{ORIGIN_ADDRESS} origin.example\n10.1.2.3 private.example\n"
            f"10.1.2.3 mixed.example\n{ORIGIN_ADDRESS} mixed.example\n127.0.0.1 itself.example\n")
        (config / "gatehouse.toml").write_text(f"""
time_zone = "Europe/London"
state_dir = "../var"
log_dir = "../var/log"
workers = 2
[listen]
proxy = ["127.0.0.1:{self.proxy}"]
portal = "127.0.0.1:{self.portal}"
console = "127.0.0.1:{self.console}"
metrics = "127.0.0.1:{self.metrics}"
[reach]
connect_ports = [443, {origin.port}]
http_ports = [80, {origin.port}, {self.proxy}]
private = ["{ORIGIN_ADDRESS}/32"]
[deadlines]
request_head = "2s"
body_idle = "2s"
resolve = "1s"
[resolver]
hosts_file = "{self.folder}/hosts"
servers = ["127.0.2.2"]
""")
        (config / "policy.toml").write_text("""
school = "Test school"
unknown_role = "open"

[[role]]
id = "open"
title = "Person"
default = "allow"
default_reason = "Open."

[[role]]
id = "no-addresses"
title = "Person in a room without bare addresses"
default = "allow"
default_reason = "Open."

[[network]]
id = "room"
title = "Room"
ranges = ["127.0.0.1"]
role = "open"

[[network]]
id = "other-room"
title = "Room without bare addresses"
ranges = ["127.0.3.1"]
role = "no-addresses"

[[rule]]
id = "closed-site"
who = ["everyone"]
what = ["host:blocked.example"]
action = "block"
reason = "Closed for the test."

[[rule]]
id = "odd-ports"
who = ["everyone"]
what = ["signal:odd-port"]
action = "block"
reason = "Closed for the test."

[[rule]]
id = "bare-addresses"
who = ["no-addresses"]
what = ["signal:ip-literal"]
action = "block"
reason = "Closed for the test."
""")
        (config / "timetable.toml").write_text("")
        (config / "lists.toml").write_text("")
        (config / "content.toml").write_text("")

    def wait_until_it_listens(self):
        end = time.monotonic() + PATIENCE
        while time.monotonic() < end and self.process.poll() is None:
            try:
                socket.create_connection(("127.0.0.1", self.proxy), timeout=1).close()
                return
            except OSError:
                pause()
        raise SystemExit(f"the daemon does not listen:\n{(self.folder / 'output').read_text(errors='replace')}")

    def is_alive(self):
        return self.process.poll() is None

    def stop(self):
        self.process.terminate()
        try:
            return self.process.wait(PATIENCE)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
            return "killed"


def pause():
    threading.Event().wait(0.02)  # between two tries to connect


class Player:
    def __init__(self, daemon, origin):
        self.daemon, self.origin, self.count = daemon, origin, 0

    def fill_in(self, data):
        for name, value in ((b"@ORIGIN@", b"origin.example:%d" % self.origin.port), (b"@PORT@", b"%d" % self.origin.port),
                            (b"@PROXY@", b"%d" % self.daemon.proxy), (b"@CONSOLE@", b"%d" % self.daemon.console)):
            data = data.replace(name, value)
        return data

    def connect(self, source):
        connection = socket.create_connection(("127.0.0.1", self.daemon.proxy), timeout=PATIENCE, source_address=(source, 0))
        connection.settimeout(PATIENCE)
        return connection

    def statuses(self, case):
        """The status of each answer; CLOSED behind the last one if the connection ended there."""
        data = self.fill_in(case.data)
        seen = []
        with self.connect(case.source) as connection:
            sender = threading.Thread(target=self.send, args=(connection, data, case.half_close))
            sender.start()
            reader = Reader(connection)
            try:
                while len(seen) < len(case.answers):
                    line, fields = reader.take_head()
                    status = int(line.split(b" ")[1])
                    seen.append(status)
                    if status >= 200 and not data.startswith(b"HEAD "):
                        reader.take_body(fields, until_close=True)
                    if len(seen) == 1 and case.later:
                        connection.sendall(case.later)
                if seen[-1] in (400, 408, 413, 414, 431, 501, 505):  # refused messages end the connection
                    connection.shutdown(socket.SHUT_WR)
                    while True:
                        reader.fill()
                        reader.buffer = b""
            except Closed:
                seen += [CLOSED] * (len(seen) < len(case.answers))
            except OSError:
                seen.append("no end")
            finally:
                self.cut(connection)
                sender.join()
        return seen

    @staticmethod
    def send(connection, data, half_close):
        try:
            connection.sendall(data)
            if half_close:
                connection.shutdown(socket.SHUT_WR)
        except OSError:
            pass  # the daemon has refused and closed before it took everything

    @staticmethod
    def cut(connection):
        try:
            connection.shutdown(socket.SHUT_RDWR)
        except OSError:
            pass

    def canary(self):
        """A clean request; empty text if it gets its own answer."""
        self.count += 1
        path = b"/canary-%d" % self.count
        request = self.fill_in(b"GET http://@ORIGIN@" + path + b" HTTP/1.1\r\nHost: @ORIGIN@\r\nConnection: close\r\n\r\n")
        try:
            with self.connect("127.0.0.1") as connection:
                connection.sendall(request)
                reader = Reader(connection)
                line, fields = reader.take_head()
                body = reader.take_body(fields, until_close=True)
        except (Closed, OSError, ValueError) as error:
            return f"clean request afterwards failed: {error!r}"
        if b" 200 " not in line + b" " or body != path:
            return f"clean request afterwards got {line!r} {body[:60]!r}"
        return ""

    def without_canaries(self, data, paths):
        """What the case alone made the origin see."""
        mark = b"GET /canary-%d " % self.count
        while (at := data.find(mark)) >= 0:
            data = data[:at] + data[data.find(b"\r\n\r\n", at) + 4:]
        return data, [path for path in paths if not path.startswith(b"/canary-")]

    def play(self, case):
        """Complaints; none if the case went as it must."""
        seen = self.statuses(case)
        complaints = []
        if len(seen) != len(case.answers) or any(one not in right for one, right in zip(seen, case.answers)):
            complaints.append(f"answered {seen}, wanted {[sorted(right) for right in case.answers]}")
        if not self.daemon.is_alive():
            return complaints + [f"the daemon ended with {self.daemon.process.returncode}"]
        if trouble := self.canary():
            complaints.append(trouble)
        data, paths = self.without_canaries(*self.origin.take())
        if len(paths) != case.forwarded and not (case.answers == ((200, 407),) and not paths):
            complaints.append(f"the origin saw {len(paths)} requests, wanted {case.forwarded}")
        if not case.forwarded and not case.partial and data:
            complaints.append(f"the origin saw {data[:200]!r}")
        complaints += [f"the origin did not see {part!r}" for part in case.has if self.fill_in(part) not in data]
        complaints += [f"the origin saw {part!r}" for part in case.lacks if part in data]
        return complaints


def main():
    if "--list" in sys.argv:
        print("\n".join(f"{case.line}\t{case.name}" for case in CASES))
        return 0
    wanted = sys.argv[1] if len(sys.argv) > 1 else ""
    passed = failed = 0

    def count(name, complaints):
        nonlocal passed, failed
        if complaints:
            failed += 1
            print(f"FAILED {name}: " + "; ".join(complaints), flush=True)
        else:
            passed += 1

    with tempfile.TemporaryDirectory(prefix="gatehouse-hostile-") as folder:
        origin = Origin()
        daemon = Daemon(folder, origin)
        player = Player(daemon, origin)
        try:
            first = player.canary()
            count("a clean request", [first] if first else [])
            origin.take()
            for case in CASES:
                name = f"{case.line} {case.name}"
                if wanted in name and daemon.is_alive():
                    count(name, player.play(case))
            if not daemon.is_alive():
                print((daemon.folder / "output").read_text(errors="replace")[-4000:])
        finally:
            code = daemon.stop()
        count("the daemon ends in order", [] if code == 0 else [f"exit status {code}"])
        written = [path for path in daemon.folder.rglob("*") if path.is_file() and SECRET in path.read_bytes()]
        count("credentials stand in no file", [str(path.relative_to(folder)) for path in written])
    print(f"{passed} passed, {failed} failed")
    return 1 if failed or not passed else 0


if __name__ == "__main__":
    sys.exit(main())
