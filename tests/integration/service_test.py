#!/usr/bin/env python3
"""The daemon as the systemd unit runs it: under its list of system calls everything works, and the unit keeps the exposure it had."""
import contextlib
import pathlib
import re
import signal
import socketserver
import subprocess
import sys

HERE = pathlib.Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent / "support"))
import gateway as support  # noqa: E402
from console import add_to_list, sign_in  # noqa: E402
from gateway import Gateway, Suite, wait_until  # noqa: E402
from origin import HttpHandler, Origin, Wire  # noqa: E402

UNIT = support.SOURCE / "deploy" / "systemd" / "gatehouse.service"
MOST_EXPOSED = 1.5  # of systemd-analyze security; what is left is what a proxy is for
SUITE = Suite()
NAME = "www.school.example"


class Echo(socketserver.BaseRequestHandler):
    def handle(self):
        with contextlib.suppress(OSError):
            while data := self.request.recv(65536):
                self.request.sendall(data)


class Hello(HttpHandler):
    def do_GET(self):
        self.answer(200, b"hello")


ECHO, HELLO = Origin(Echo), Origin(Hello)


def equal(left, right, what="values"):
    if left != right:
        raise AssertionError(f"{what} differ: {str(left)[:300]} and {str(right)[:300]}")


class Confined(Gateway):
    """Started as systemd would start it, as far as system calls go."""

    def start(self):
        self.log_path = self.folder / "daemon.log"
        self.process = subprocess.Popen([HERE.parent / "support" / "confine", UNIT, support.DAEMON, "--config", self.config], env=self.environment,
                                        stdout=subprocess.DEVNULL, stderr=open(self.log_path, "ab"))
        wait_until(self._is_ready, what="the start of the gateway")
        return self


def everything_works_with_the_system_calls_of_the_unit():
    with Confined(names={NAME: "127.0.2.1"}, ports=[ECHO.port, HELLO.port], accounts=[("officer", "olive")]) as gate:
        status = pathlib.Path(f"/proc/{gate.process.pid}/status").read_text()
        equal(re.search(r"Seccomp:\s+(\d)", status).group(1), "2", "the mode of the system call filter")
        with Wire(gate) as wire:
            equal(wire.get(f"http://{NAME}:{HELLO.port}/").answer().status, 200)
        with Wire(gate) as tunnel:
            equal(tunnel.connect(f"{NAME}:{ECHO.port}").status, 200)
            equal(tunnel.send(b"SSH-2.0-x\r\n").take(11), b"SSH-2.0-x\r\n")
        with Wire(gate, room="127.0.1.10") as blocked:  # a leaf of the school's CA is made, and the page shown inside TLS
            equal(blocked.connect("www.instagram.com:443").status, 200)
            blocked.begin_tls("www.instagram.com", gate.ca_certificate())
            equal(blocked.send("GET / HTTP/1.1\r\nHost: www.instagram.com\r\n\r\n").answer().status, 403)
        officer = sign_in(gate, "olive", gate.passwords["olive"])  # hashes a password
        assert add_to_list(officer, "closed.example"), "the console could not publish"
        for number in (signal.SIGHUP, signal.SIGUSR1):
            gate.process.send_signal(number)
        gate.publish()
        answer = gate.command("restart", "--json")  # starts a process
        assert '"ok":true' in answer.replace(" ", ""), answer
        equal(gate.process.wait(20), 0, "the exit code of the one that was followed")
        follower = gate.status()["pid"]
        with Wire(gate) as wire:
            equal(wire.get("http://closed.example/").answer().status, 403)
        subprocess.run(["kill", str(follower)], check=True)
        wait_until(lambda: "gateway.stopped" in gate.log_path.read_text().split(f"follower={follower}")[1].split("gateway.stopped", 1)[1], what="its end")


def without_its_own_addresses_it_does_not_start():
    """With none known, the console could be reached through the proxy at an address that the settings except."""
    with Confined(names={}, ports=[]) as gate:
        gate.stop()
        strict = gate.folder / "strict.service"
        strict.write_text(UNIT.read_text().replace(" AF_NETLINK", ""))
        done = subprocess.run([HERE.parent / "support" / "confine", strict, support.DAEMON, "--config", gate.config], env=gate.environment,
                              capture_output=True, text=True, timeout=60)
        assert done.returncode != 0 and "own addresses cannot be listed" in done.stderr, done


def the_filter_does_filter():
    """Otherwise the case above shows nothing."""
    done = subprocess.run([HERE.parent / "support" / "confine", UNIT, "/usr/bin/unshare", "--mount", "true"], capture_output=True, text=True)
    assert done.returncode != 0 and "not permitted" in done.stderr, done


def the_unit_is_as_tight_as_it_was():
    done = subprocess.run(["systemd-analyze", "security", "--offline=true", "--no-pager", str(UNIT)], capture_output=True, text=True)
    level = float(re.search(r"exposure level for gatehouse.service: ([0-9.]+)", done.stdout).group(1))
    assert level <= MOST_EXPOSED, f"exposure {level}: {done.stdout}"


SUITE.run(everything_works_with_the_system_calls_of_the_unit, without_its_own_addresses_it_does_not_start, the_filter_does_filter, the_unit_is_as_tight_as_it_was)
SUITE.close()
