#!/usr/bin/env python3
"""The daemon as the systemd unit runs it: under its list of system calls everything works, and the unit keeps the exposure it had."""
import contextlib
import json
import pathlib
import pwd
import re
import shutil
import signal
import socketserver
import subprocess
import sys

HERE = pathlib.Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent / "support"))
import gateway as support  # noqa: E402
from console import add_to_list, sign_in  # noqa: E402
from gateway import Gateway, Suite, wait_until  # noqa: E402
from manager import threads  # noqa: E402
from origin import HttpHandler, Origin, Wire  # noqa: E402

UNITS = support.SOURCE / "deploy" / "systemd"
UNIT = UNITS / "gatehouse.service"
MOST_EXPOSED = {"gatehouse.service": 1.6, "gatehouse-signer@.service": 0.7}  # of systemd-analyze security; of the first, what is left is what a proxy is for, and setpriority
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
        nice = lambda: {int(text.rsplit(")", 1)[1].split()[16]) for text in threads(gate.process.pid, "stat").values()}  # noqa: E731
        wait_until(lambda: nice() == {0, 10}, what="the console's thread to give way, and no other that is there from the start")
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


def the_units_are_as_tight_as_they_were():
    for name, most in MOST_EXPOSED.items():
        done = subprocess.run(["systemd-analyze", "security", "--offline=true", "--no-pager", str(UNITS / name)], capture_output=True, text=True)
        level = float(re.search(r"exposure level for \S+: ([0-9.]+)", done.stdout).group(1))
        assert level <= most, f"exposure {level} of {name}: {done.stdout}"


def as_account(name):
    return ["/usr/bin/setpriv", f"--reuid={name}", f"--regid={pwd.getpwnam(name).pw_gid}", "--clear-groups"]


class OfAnAccount(Gateway):
    """The daemon as the account `daemon`, its programs where that account may run them. Needs root."""
    account = "daemon"

    def start(self):
        programs = self.folder / "bin"
        programs.mkdir(exist_ok=True)
        for program in ("gatehoused", "gatehouse-signer", "gatehouse-kinds"):
            shutil.copy(support.DAEMON.parent / program, programs)
        for owned in (self.config, self.state, *self.state.rglob("*")):
            shutil.chown(owned, self.account, pwd.getpwnam(self.account).pw_gid)
        self.log_path = self.folder / "daemon.log"
        self.process = subprocess.Popen([*as_account(self.account), programs / "gatehoused", "--config", self.config], env=self.environment,
                                        stdout=subprocess.DEVNULL, stderr=open(self.log_path, "ab"))
        wait_until(self._is_ready, what="the start of the gateway")
        return self


@contextlib.contextmanager
def signing_as(account, socket, key_folder, program):
    """What systemd does for gatehouse-signer.socket: a signer for each connection."""
    command = ["systemd-socket-activate", "--seqpacket", "--accept", "--listen", socket, HERE.parent / "support" / "confine", UNITS / "gatehouse-signer@.service",
               *as_account(account), program, key_folder]
    with subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as serving:
        try:
            wait_until(socket.exists, what="the socket of the signer")
            shutil.chown(socket, OfAnAccount.account)
            socket.chmod(0o600)
            yield serving
        finally:
            serving.terminate()


def the_key_can_belong_to_an_account_of_its_own():
    gate = OfAnAccount(settings={"ca": 'signer = "../signer.socket"'}, accounts=[])
    gate.folder.chmod(0o755)  # others may look for their own files in it
    keys, socket = gate.folder / "keys", gate.folder / "signer.socket"
    keys.mkdir(0o700)
    shutil.chown(keys, "nobody")
    told = gate.command("ca", "move-key", keys)
    assert str(keys / "ca.key") in told and not (gate.state / "ca" / "ca.key").exists(), told
    equal((keys / "ca.key").stat().st_uid, pwd.getpwnam("nobody").pw_uid, "the owner of the key")
    for account, may in (("nobody", True), (OfAnAccount.account, False)):
        read = subprocess.run([*as_account(account), "cat", keys / "ca.key"], capture_output=True)
        equal(read.returncode == 0, may, f"whether {account} can read the key")
    def doctor_of_the_ca():
        return next(each for each in json.loads(gate.command("doctor", "--json", check=False))["findings"] if each["id"] == "ca")

    def blocked_page():
        with Wire(gate, room="127.0.1.10") as wire:
            answer = wire.connect("www.instagram.com:443")
            if answer.status != 200:
                return answer.status
            wire.begin_tls("www.instagram.com", gate.ca_certificate())
            return wire.send("GET / HTTP/1.1\r\nHost: www.instagram.com\r\n\r\n").answer().field("gatehouse-decision")

    with contextlib.ExitStack() as ends:
        signing = ends.enter_context(contextlib.ExitStack())
        signing.enter_context(signing_as("nobody", socket, keys, gate.folder / "bin" / "gatehouse-signer"))
        ends.enter_context(gate)
        assert isinstance(blocked_page(), str), "no page inside TLS"
        of_the_daemon = subprocess.run(["pgrep", "--parent", str(gate.process.pid), "--exact", "gatehouse-signe"], capture_output=True, text=True).stdout
        equal(of_the_daemon, "", "signers that the daemon started itself")
        equal(doctor_of_the_ca()["state"], "ok", "what doctor says of the CA")
        shutil.copy(keys / "ca.key", gate.state / "ca" / "ca.key")
        assert "still lies" in doctor_of_the_ca()["text"], doctor_of_the_ca()
        signing.close()
        gate.stop()
        gate.start()  # and nobody signs
        assert "ca.not_used" in gate.log_path.read_text()
        equal(blocked_page(), 403, "what a blocked site gets: closed without a page inside TLS, not open")
        equal(doctor_of_the_ca()["state"], "failed", "what doctor says of the CA")
        assert "gatehouse-signer.socket" in doctor_of_the_ca()["advice"], doctor_of_the_ca()


SUITE.run(everything_works_with_the_system_calls_of_the_unit, without_its_own_addresses_it_does_not_start, the_filter_does_filter, the_units_are_as_tight_as_they_were,
          the_key_can_belong_to_an_account_of_its_own)
SUITE.close()
