"""A gateway for tests: the example school's configuration in a folder of its own, free ports, names of our own, local origins.

Use: with Gateway(names={"www.instagram.com": "127.0.0.1"}) as gate: ...  gate.proxy_port, gate.status(), gate.publish() ...
The clock is the real one, or a fixed one that can be moved (`clock="2026-11-24 10:10:00"`, `gate.set_clock(...)`) by Debian's faketime.
"""
import json
import os
import pathlib
import shutil
import signal
import socket
import subprocess
import tempfile
import time

from ports import free_port

SOURCE = pathlib.Path(__file__).resolve().parents[2]
BINARIES = pathlib.Path(os.environ.get("GATEHOUSE_BIN", SOURCE / ".build" / "release"))
DAEMON = pathlib.Path(os.environ.get("GATEHOUSED", BINARIES / "proxy" / "gatehoused"))
COMMAND = pathlib.Path(os.environ.get("GATEHOUSE", BINARIES / "tools" / "ctl" / "gatehouse"))
FAKETIME = next(iter(sorted(pathlib.Path("/usr/lib").glob("*/faketime/libfaketimeMT.so.1"))), None)


def wait_until(condition, seconds=20.0, what="the condition"):
    """Polls, since what is waited for happens in another process."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        value = condition()
        if value:
            return value
        time.sleep(0.02)
    raise AssertionError(f"{what} did not come true within {seconds} s")


class Gateway:
    def __init__(self, names=None, clock=None, settings=None, edit=None, ca=True, ports=(), accounts=(), workers=0, launch=()):
        """names: host -> address, for the hosts file. settings: lines of sections, {"limits": "connections = 5"}; they win over ours.
        edit: called with the configuration folder before the start. ports: allowed beside 80 and 443 for both kinds of request.
        launch: words before the daemon's own, such as ["prlimit", "--nofile=64"]; those of GATEHOUSE_LAUNCH stand before them."""
        self.launch = [*os.environ.get("GATEHOUSE_LAUNCH", "").split(), *(str(word) for word in launch)]
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix="gatehouse-test-"))
        self.config = self.folder / "config"
        self.state = self.folder / "var"
        self.clock_file = self.folder / "clock"
        self.proxy_port, self.portal_port, self.console_port = free_port(), free_port(), free_port()
        self.process = None
        self.passwords = {}
        shutil.copytree(SOURCE / "config", self.config)
        self._write_settings(names or {}, settings or {}, list(ports), workers)
        if edit:
            edit(self.config)
        self.environment = dict(os.environ)
        if clock:
            self.set_clock(clock)
            self.environment.update(LD_PRELOAD=str(FAKETIME), FAKETIME_TIMESTAMP_FILE=str(self.clock_file), FAKETIME_NO_CACHE="1",
                                    FAKETIME_DONT_FAKE_MONOTONIC="1", TZ="Europe/London")
        self.state.mkdir(mode=0o700, exist_ok=True)
        if ca:
            self.command("ca", "create")
        self.command("lists", "compile")
        for role, login in accounts:
            made = json.loads(self.command("account", "add", "--role", role, "--name", login.title(), "--login", login, "--json"))
            self.passwords[login] = made["password"]

    def _write_settings(self, names, settings, ports, workers):
        self.hosts = self.folder / "hosts"
        self.set_names(names)
        sections = {
            "listen": f'proxy = ["127.0.0.1:{self.proxy_port}"]\nportal = "127.0.0.1:{self.portal_port}"\n'
                      f'console = "127.0.0.1:{self.console_port}"\nmetrics = "127.0.0.1:{free_port()}"',
            "urls": f'portal = "http://127.0.0.1:{self.portal_port}"\nconsole = "https://127.0.0.1:{self.console_port}"',
            "reach": f'private = ["127.0.0.0/8", "::1"]\nprivate_names = ["example"]\nconnect_ports = {[443, *ports]}\nhttp_ports = {[80, 443, 8080, *ports]}',
            "log": "days = 90", "limits": "connections_per_client = 20000\nstreams_per_client = 20000", "deadlines": "drain = \"5s\"",
            "resolver": f'hosts_file = "{self.hosts}"\nservers = ["127.0.0.1:9"]'}
        for name, lines in settings.items():
            chosen = {line.partition("=")[0].strip() for line in lines.splitlines()}
            ours = [line for line in sections.get(name, "").splitlines() if line.partition("=")[0].strip() not in chosen]
            sections[name] = "\n".join([*ours, lines])
        text = f'time_zone = "Europe/London"\nstate_dir = "../var"\nlog_dir = "../var/log"\nworkers = {workers}\n'
        text += "".join(f"\n[{name}]\n{lines}\n" for name, lines in sections.items())
        (self.config / "gatehouse.toml").write_text(text)

    def set_names(self, names):
        self.hosts.write_text("".join(f"{address} {name}\n" for name, address in names.items()))

    def set_clock(self, text):
        """Local wall clock, "2026-11-24 10:10:00"; it goes on from there."""
        fresh = self.clock_file.with_suffix(".new")
        fresh.write_text(f"@{text}\n")
        fresh.rename(self.clock_file)

    def command(self, *words, check=True):
        """Runs `gatehouse ...` on this configuration; what it printed."""
        done = subprocess.run([COMMAND, *words, "--config", self.config], capture_output=True, text=True, env=self.environment, timeout=120)
        if check and done.returncode != 0:
            raise AssertionError(f"gatehouse {' '.join(words)} failed: {done.stdout}{done.stderr}")
        return done.stdout

    def start(self):
        self.log_path = self.folder / "daemon.log"
        self.process = subprocess.Popen([*self.launch, DAEMON, "--config", self.config], env=self.environment, stdout=subprocess.DEVNULL,
                                        stderr=open(self.log_path, "ab"))
        wait_until(self._is_ready, what="the start of the gateway")
        return self

    def _is_ready(self):
        if self.process.poll() is not None:
            raise AssertionError("the gateway did not start: " + self.log_path.read_text())
        try:
            socket.create_connection(("127.0.0.1", self.proxy_port), 1).close()
            with socket.socket(socket.AF_UNIX) as control:
                control.connect(str(self.state / "control.sock"))  # between bind and listen the file is there, but deaf
            return True
        except OSError:
            return False

    def __enter__(self):
        return self.start()

    def __exit__(self, *_):
        self.stop()
        shutil.rmtree(self.folder, ignore_errors=True)

    def stop(self):
        """SIGTERM; the exit code."""
        if self.process is None or self.process.poll() is not None:
            return self.process and self.process.returncode
        self.process.send_signal(signal.SIGTERM)
        try:
            return self.process.wait(30)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
            raise AssertionError("the gateway did not end after SIGTERM: " + self.log_path.read_text()[-2000:])

    def is_alive(self):
        return self.process.poll() is None

    def status(self):
        return json.loads(self.command("status", "--json"))

    def publish(self):
        return self.command("reload")

    def explain(self, *words):
        return json.loads(self.command("explain", *words, "--json", check=False))

    def access_rows(self):
        """ECS rows written so far."""
        path = self.state / "log" / "access.json"
        return [json.loads(line) for line in path.read_text().splitlines()] if path.exists() else []

    def wait_for_row(self, wanted, seconds=10.0):
        return wait_until(lambda: next((row for row in self.access_rows() if wanted(row)), None), seconds, "the log row")

    def ca_certificate(self):
        return self.state / "ca" / "ca.crt"


class Suite:
    """Counts checks by name and prints the closing line."""

    def __init__(self):
        self.passed = self.failed = 0

    def run(self, *cases):
        import traceback
        for case in cases:
            try:
                case()
                self.passed += 1
                print(f"ok   {case.__name__}", flush=True)
            except Exception:
                self.failed += 1
                print(f"FAIL {case.__name__}\n{traceback.format_exc()}", flush=True)
        return self

    def close(self):
        print(f"{self.passed} passed, {self.failed} failed")
        raise SystemExit(1 if self.failed else 0)
