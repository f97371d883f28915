#!/usr/bin/env python3
"""The daemon as a process: one gateway follows another without refusing a connection, sockets of the service manager, starts
that must fail, signals, clocks that jump, allocations and descriptors that run out, the end with tunnels open.
"""
import contextlib
import ctypes
import http.client
import json
import os
import pathlib
import random
import resource
import shutil
import signal
import socket
import socketserver
import subprocess
import sys
import tempfile
import threading
import time

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "support"))
from console import Browser, add_to_list, sign_in  # noqa: E402
from faults import Faults  # noqa: E402
from gateway import COMMAND, DAEMON, Gateway, Suite, wait_until  # noqa: E402
from manager import Manager  # noqa: E402
from origin import HttpHandler, Origin, Wire  # noqa: E402

SUITE = Suite()
RANDOM = random.Random(20261122)
PR_SET_CHILD_SUBREAPER = 36
ctypes.CDLL(None).prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0)  # a gateway that follows another becomes our child when that one ends


class Echo(socketserver.BaseRequestHandler):
    def handle(self):
        with contextlib.suppress(OSError):
            while data := self.request.recv(65536):
                self.request.sendall(data)


class Hello(HttpHandler):
    def do_GET(self):
        self.answer(200, self.path.encode())


HALVES = threading.Semaphore(0)


class Slow(HttpHandler):
    """Sends half of its body, and the rest once HALVES is released."""

    def do_GET(self):
        self.send_response(200)
        self.send_header("Content-Length", "4")
        self.end_headers()
        self.wfile.write(b"sl")
        HALVES.acquire(timeout=60)
        self.wfile.write(b"ow")


ECHO, HELLO, SLOW = Origin(Echo), Origin(Hello), Origin(Slow)
NAME = "www.school.example"


def equal(left, right, what="values"):
    if left != right:
        raise AssertionError(f"{what} differ: {str(left)[:300]} and {str(right)[:300]}")


def gateway(**more):
    return Gateway(names={NAME: "127.0.2.1"}, ports=[ECHO.port, HELLO.port, SLOW.port], **more)


def get(gate, path="/x", **more):
    """One request on a new connection."""
    with Wire(gate, **more) as wire:
        answer = wire.get(f"http://{NAME}:{HELLO.port}{path}", "Connection: close").answer()
        equal((answer.status, answer.body), (200, path.encode()), f"the answer to {path}")


def open_tunnel(gate):
    wire = Wire(gate)
    equal(wire.connect(f"{NAME}:{ECHO.port}").status, 200)
    return speak(wire)


def speak(wire, data=b"SSH-2.0-x\r\n"):
    equal(wire.send(data).take(len(data)), data, "the echo")
    return wire


class Follower:
    """A process that we did not start ourselves, in the form of subprocess.Popen as far as Gateway needs it."""

    def __init__(self, pid):
        self.pid, self.returncode = pid, None

    def poll(self):
        if self.returncode is None:
            with contextlib.suppress(ChildProcessError):
                pid, status = os.waitpid(self.pid, os.WNOHANG)
                self.returncode = os.waitstatus_to_exitcode(status) if pid else None
        return self.returncode

    def wait(self, seconds=None):
        try:
            return wait_until(lambda: self.poll() is not None, seconds or 60) and self.returncode
        except AssertionError as error:
            raise subprocess.TimeoutExpired("gatehoused", seconds) from error

    def send_signal(self, number):
        os.kill(self.pid, number)

    def kill(self):
        os.kill(self.pid, signal.SIGKILL)


def restart(gate):
    """The process before; gate.process is the new one."""
    answer = json.loads(gate.command("restart", "--json"))
    before, gate.process = gate.process, Follower(answer["pid"])
    equal(gate.status()["pid"], gate.process.pid, "the process that answers")
    return before


class Clients:
    """Threads that connect and ask without a pause; every failure is kept."""

    def __init__(self, gate, count=4):
        self.gate, self.failures, self.served, self.go_on = gate, [], 0, True
        self.threads = [threading.Thread(target=self.keep_asking, args=(number,)) for number in range(count)]

    def keep_asking(self, number):
        kept = Wire(self.gate)
        while self.go_on:
            self.served += 1
            path = f"/{number}/{self.served}"
            try:
                get(self.gate, path)
                if kept is None:
                    kept = Wire(self.gate)
                answer = kept.get(f"http://{NAME}:{HELLO.port}{path}").answer()
                equal((answer.status, answer.body), (200, path.encode()))
                if answer.field("Connection") == "close":
                    kept = None
            except (OSError, EOFError, AssertionError, ValueError) as error:
                self.failures.append(f"{path}: {error!r}")
                return

    def __enter__(self):
        for thread in self.threads:
            thread.start()
        return self

    def __exit__(self, *_):
        self.go_on = False
        for thread in self.threads:
            thread.join()


def five_gateways_follow_each_other_and_refuse_nobody():
    with gateway(settings={"deadlines": ""}) as gate, Clients(gate) as clients:
        before = []
        for _ in range(5):
            seen = clients.served
            before.append(restart(gate))
            wait_until(lambda: clients.served > seen + 20 or clients.failures, what="requests after the hand-over")
        clients.go_on = False
        for process in before:
            equal(process.wait(30), 0, "the exit code of a gateway that retired and 0")
    assert not clients.failures, f"{len(clients.failures)} of {clients.served} failed, such as {clients.failures[:3]}"
    assert clients.served > 100, f"only {clients.served} requests were made meanwhile"


def an_answer_on_its_way_keeps_its_promise():
    """What an answer's head said before the hand-over holds after it: the connection takes one more request."""
    with gateway() as gate, Wire(gate) as wire:
        wire.send(f"GET http://{NAME}:{SLOW.port}/ HTTP/1.1\r\nHost: {NAME}:{SLOW.port}\r\n\r\n".encode())
        status, fields = wire.head()
        assert status == 200 and ("connection", "close") not in fields, f"the answer promised nothing: {fields}"
        before = restart(gate)
        HALVES.release()
        equal(wire.take(4), b"slow", "the body")
        answer = wire.get(f"http://{NAME}:{HELLO.port}/after").answer()
        equal((answer.status, answer.body, answer.field("Connection")), (200, b"/after", "close"), "the last answer")
        equal(before.wait(10), 0, "the exit code of the gateway that retired")


def a_tunnel_outlives_the_hand_over_until_the_drain_ends():
    with gateway() as gate, open_tunnel(gate) as tunnel:
        before = restart(gate)
        speak(tunnel)
        with open_tunnel(gate) as other:
            assert before.poll() is None, "the old gateway left although a tunnel is open"
            tunnel.socket.close()
            equal(before.wait(4), 0, "the exit code once the last tunnel has gone")
            speak(other)


def what_is_approved_at_the_old_gateway_is_live_in_the_new_one():
    """The pages of a gateway that retires publish to the one that follows; here the verb stands for the page."""
    with gateway() as gate, socket.socket(socket.AF_UNIX) as control:
        control.connect(str(gate.state / "control.sock"))
        control.settimeout(30)
        lines = control.makefile("rwb")
        lines.write(b'{"verb":"status"}\n')
        lines.flush()
        old = json.loads(lines.readline())["pid"]
        with open_tunnel(gate):  # keeps the old one from leaving
            restart(gate)
            version = gate.status()["policy_version"]
            lines.write(b'{"verb":"reload"}\n')
            lines.flush()
            equal(json.loads(lines.readline())["ok"], True)
            status = gate.status()
            assert status["pid"] != old and int(status["policy_version"]) > int(version), f"not published: {version}, then {status}"


def a_gateway_that_cannot_follow_leaves_the_old_one_alone():
    with gateway() as gate, open_tunnel(gate) as tunnel:
        policy = gate.config / "policy.toml"
        good = policy.read_text()
        policy.write_text(good.replace("[[rule]]", "[[rule]", 1))
        done = subprocess.run([COMMAND, "restart", "--config", gate.config], capture_output=True, text=True, timeout=60, env=gate.environment)
        equal(done.returncode, 1)
        assert "goes on" in done.stderr, done.stderr
        assert "policy.toml:" in gate.log_path.read_text(), gate.log_path.read_text()
        get(gate)
        speak(tunnel)
        equal(gate.status()["pid"], gate.process.pid)
        policy.write_text(good)
        equal(restart(gate).poll(), None)
        speak(tunnel)


def nobody_retires_a_gateway_without_its_sockets():
    with gateway() as gate, socket.socket(socket.AF_UNIX) as control:
        control.connect(str(gate.state / "control.sock"))
        for line in (b'{"verb":"retire"}', b'{"verb":"retire","ticket":"","pid":1}', b'{"verb":"retire","ticket":7}'):
            control.sendall(line + b"\n")
            equal(json.loads(control.recv(4096))["ok"], False)
        get(gate)


def start_that_fails(gate, *arguments, environment=None):
    done = subprocess.run([DAEMON, "--config", gate.config, *arguments], capture_output=True, text=True, timeout=30,
                          env=environment or gate.environment)
    equal(done.returncode, 1, f"the exit code ({done.stderr})")
    return done.stderr


def there_must_be_a_gateway_to_take_over_from():
    assert "no gateway to take over from" in start_that_fails(gateway(), "--take-over")


def a_second_gateway_does_not_start():
    with gateway() as gate, gateway(ca=False) as other:
        assert "cannot listen" in start_that_fails(gate), "same configuration"
        toml = (other.config / "gatehouse.toml")
        toml.write_text(toml.read_text().replace(f'proxy = ["127.0.0.1:{other.proxy_port}"]', f'proxy = ["127.0.0.1:{gate.proxy_port}"]'))
        other.stop()
        assert f"port {gate.proxy_port}" in start_that_fails(other), "another state, the same port"
        get(gate)


def a_socket_that_a_crash_left_behind_is_no_hindrance():
    with gateway() as gate:
        gate.process.kill()
        gate.process.wait()
        assert (gate.state / "control.sock").exists()
        gate.start()
        get(gate)


BROKEN = {
    "gatehouse.toml": [("[listen]", "[listen"), ("proxy =", "proxi ="), ('drain = "5s"', 'drain = "soon"'), ("[log]\n", "[log]\ndays = -1\n")],
    "policy.toml": [('what   = ["service:twitter",', 'what   = ["service:twiter",'), ("[[role]]", "[[role"), ('verdict = "block"', 'verdict = "allow"')],
    "timetable.toml": [("[[", "[["[:1])],
}


def a_broken_configuration_never_starts():
    gate = gateway()
    for name, changes in BROKEN.items():
        path = gate.config / name
        good = path.read_text()
        for old, new in changes:
            assert old in good, f"{name} has no {old}"
            path.write_text(good.replace(old, new, 1))
            said = start_that_fails(gate)
            assert name in said, f"{name}, {new}: {said}"
            try:
                socket.create_connection(("127.0.0.1", gate.proxy_port), 1)
                raise AssertionError("somebody listens")
            except ConnectionRefusedError:
                pass
        path.write_text(good)
    (gate.state / "lists.image").write_bytes(b"garbage" * 1000)
    assert "lists" in start_that_fails(gate)


def a_storm_of_signals_ends_with_one_configuration():
    with gateway() as gate:
        name = "closed-in-the-storm.example"
        path = gate.config / "lists" / "vpn.txt"
        path.write_text(path.read_text() + name + "\n")
        gate.command("lists", "compile")
        for number in RANDOM.choices([signal.SIGHUP, signal.SIGUSR1, signal.SIGCHLD, signal.SIGPIPE], k=300):
            gate.process.send_signal(number)
        both = [subprocess.Popen([COMMAND, "reload", "--config", gate.config], env=gate.environment, stdout=subprocess.DEVNULL) for _ in range(2)]
        equal([process.wait(60) for process in both], [0, 0], "exit codes of two reloads at once")
        get(gate)
        with Wire(gate) as wire:
            equal(wire.get(f"http://{name}/").answer().status, 403)
        for _ in range(50):
            gate.process.send_signal(signal.SIGHUP)
        gate.process.send_signal(signal.SIGTERM)
        for _ in range(50):
            with contextlib.suppress(ProcessLookupError):
                gate.process.send_signal(RANDOM.choice([signal.SIGHUP, signal.SIGUSR1]))
        equal(gate.process.wait(120), 0, "the exit code")  # fifty publications may come first, each slow under a sanitizer


def five_hundred_tunnels_end_with_the_drain():
    with gateway() as gate:
        tunnels = [open_tunnel(gate) for _ in range(500)]
        begun = time.monotonic()
        gate.process.send_signal(signal.SIGTERM)
        wait_until(lambda: "gateway.draining" in gate.log_path.read_text(), what="the drain")
        try:
            Wire(gate)
            raise AssertionError("a new connection was accepted")
        except ConnectionRefusedError:
            pass
        for tunnel in tunnels[::50]:
            speak(tunnel)
        for tunnel in tunnels:
            assert tunnel.is_closed()
        equal(gate.process.wait(10), 0, "the exit code")
        took = time.monotonic() - begun
        assert 4.5 < took < 10, f"the drain of 5 s took {took:.1f} s"


def the_end_waits_for_nothing_but_what_is_open():
    with gateway() as gate:
        with open_tunnel(gate):
            gate.process.send_signal(signal.SIGTERM)
            wait_until(lambda: "gateway.draining" in gate.log_path.read_text(), what="the drain")
        begun = time.monotonic()
        equal(gate.process.wait(20), 0)
        assert time.monotonic() - begun < 2.0, "the last connection went, the gateway stayed"


def a_second_signal_cuts_the_drain_short():
    with gateway() as gate, open_tunnel(gate) as tunnel:
        gate.process.send_signal(signal.SIGTERM)
        wait_until(lambda: "gateway.draining" in gate.log_path.read_text(), what="the drain")
        begun = time.monotonic()
        gate.process.send_signal(signal.SIGTERM)
        assert tunnel.is_closed()
        equal(gate.process.wait(20), 0)
        assert time.monotonic() - begun < 3.0, "the second signal changed nothing"


def the_end_waits_for_what_pages_have_begun():
    """Pages publish on threads of their own, which must not outlive what they publish to."""
    with gateway(accounts=[("officer", "olive")]) as gate:
        browser = sign_in(gate, "olive", gate.passwords["olive"])
        for number in range(5):
            over = threading.Event()
            pages = [threading.Thread(target=keep_publishing, args=(browser, over, f"{number}-{page}")) for page in range(3)]
            for page in pages:
                page.start()
            version = gate.status()["policy_version"]
            wait_until(lambda: gate.status()["policy_version"] != version, what="a publication")
            equal(gate.stop(), 0, f"the exit code of end {number}")
            over.set()
            for page in pages:
                page.join()
            assert "crashed" not in gate.log_path.read_text()
            gate.start()


def keep_publishing(browser, over, name):
    for number in range(1000):
        with contextlib.suppress(OSError, http.client.HTTPException):
            add_to_list(browser, f"site-{name}-{number}.example")
        if over.is_set():
            return


def a_crash_refuses_nobody_where_the_manager_holds_the_sockets():
    gate = gateway()
    manager = Manager(gate.folder, gate.proxy_port)
    waiting = Wire(gate)  # before the first start
    waiting.get(f"http://{NAME}:{HELLO.port}/early")
    manager.start(gate)
    manager.wait_for("READY=1")
    equal(waiting.answer().body, b"/early")
    for number in (signal.SIGKILL, signal.SIGTERM):
        gate.process.send_signal(number)
        equal(gate.process.wait(20), -number if number == signal.SIGKILL else 0)
        waiting = Wire(gate)
        waiting.get(f"http://{NAME}:{HELLO.port}/while-nobody-runs")
        manager.start(gate)
        manager.wait_for("READY=1")
        equal(waiting.answer().body, b"/while-nobody-runs")
    manager.wait_for("WATCHDOG=1")
    before = restart(gate)
    manager.wait_for(f"MAINPID={gate.process.pid}")
    manager.wait_for("READY=1")
    manager.wait_for("WATCHDOG=1")
    equal(before.wait(20), 0)
    equal(gate.stop(), 0, "the exit code of the last one")
    shutil.rmtree(gate.folder)


def days_that_jump_cut_nothing():
    with gateway(clock="2026-11-24 10:10:00") as gate, open_tunnel(gate) as tunnel, Wire(gate) as idle:
        for moment in ("2026-11-25 10:10:00", "2026-11-23 10:10:00", "2026-11-24 10:10:00"):
            gate.set_clock(moment)
            version = int(gate.status()["policy_version"])
            gate.publish()
            equal(int(gate.status()["policy_version"]), version + 1)
            speak(tunnel)
            get(gate)
            answer = idle.get(f"http://{NAME}:{HELLO.port}/idle").answer()
            equal((answer.status, answer.body), (200, b"/idle"), f"the kept connection at {moment}")
        pid = gate.process.pid
        used = sum(os.times()[2:4]), cpu_of(pid)
        gate.status()
        assert cpu_of(pid) - used[1] < 1.0, "the gateway spins"


def cpu_of(pid):
    fields = pathlib.Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def descriptors_that_run_out_come_back():
    with gateway() as gate:
        room = len(os.listdir(f"/proc/{gate.process.pid}/fd")) + 20
        resource.prlimit(gate.process.pid, resource.RLIMIT_NOFILE, (room, room))
        crowd = [socket.create_connection(("127.0.0.1", gate.proxy_port), source_address=("127.0.1.20", 0)) for _ in range(100)]
        crowd += [socket.create_connection(("127.0.0.1", port)) for port in (gate.portal_port, gate.console_port) for _ in range(5)]
        controls = [socket.socket(socket.AF_UNIX) for _ in range(5)]
        for control in controls:
            control.connect(str(gate.state / "control.sock"))
        # Each time that it finds none it gives an idle connection back, so that the last few come and go.
        wait_until(lambda: len(os.listdir(f"/proc/{gate.process.pid}/fd")) >= room - 4, what="the last descriptors taken")
        before, begun = cpu_of(gate.process.pid), time.monotonic()
        wait_until(lambda: time.monotonic() - begun > 1.0)  # what is measured is a second of being full
        assert cpu_of(gate.process.pid) - before < 0.5, "the gateway spins without descriptors"
        for connection in crowd + controls:
            connection.close()
        get(gate)
        gate.status()


def ask_a_little(gate):
    for number in range(60):
        with contextlib.suppress(OSError, EOFError, AssertionError, ValueError, IndexError):
            get(gate, f"/{number}")
        with contextlib.suppress(OSError, EOFError, AssertionError, ValueError, IndexError):
            open_tunnel(gate).socket.close()


def publish_anyhow(gate):
    subprocess.run([COMMAND, "reload", "--config", gate.config], capture_output=True, timeout=60)


def allocations_that_fail_break_nothing():
    """Every n-th allocation fails while requests, tunnels and publications go on. The gateway lives and then serves, or ends with status 1,
    having said why, for the service manager to start it again; it neither hangs nor reads what it must not, and its state is sound."""
    lived = failed = 0
    with tempfile.TemporaryDirectory() as folder:
        faults = Faults(folder)
        gate = gateway(ca=False)
        gate.environment.update(faults.environment)
        for period in (20011, 5003, 1999, 997, 499, 211, 97):
            gate.start()
            faults.switches.allocation_period = period
            ask_a_little(gate)
            wait_until(lambda: faults.switches.allocations_failed > 0 or not gate.is_alive() or publish_anyhow(gate), what="a failed allocation")
            publish_anyhow(gate)
            faults.off()
            failed += faults.switches.allocations_failed
            faults.switches.allocations_failed = 0
            try:
                for _ in range(8):
                    get(gate)  # every worker accepts, also after an allocation failed in its loop
                lived += 1
            except (OSError, EOFError):
                # SIGABRT: one more allocation failed while it said why.
                status = gate.process.wait(20)
                assert status in (1, -signal.SIGABRT), f"ended with {status}, every {period}th allocation failing"
                assert status != 1 or "gatehoused ends: " in gate.log_path.read_text(), "it did not say why"
            assert gate.stop() in (0, 1, -signal.SIGABRT), gate.process.returncode
        with gate:
            get(gate)
    print(f"     {failed} allocations failed; {lived} of 7 gateways lived, the others ended with status 1")
    assert failed >= 7, "hardly an allocation failed"


if __name__ == "__main__":
    wanted = sys.argv[1:]
    cases = [five_gateways_follow_each_other_and_refuse_nobody, an_answer_on_its_way_keeps_its_promise,
             a_tunnel_outlives_the_hand_over_until_the_drain_ends,
             what_is_approved_at_the_old_gateway_is_live_in_the_new_one, a_gateway_that_cannot_follow_leaves_the_old_one_alone,
             nobody_retires_a_gateway_without_its_sockets, there_must_be_a_gateway_to_take_over_from, a_second_gateway_does_not_start,
             a_socket_that_a_crash_left_behind_is_no_hindrance, a_broken_configuration_never_starts,
             a_storm_of_signals_ends_with_one_configuration, five_hundred_tunnels_end_with_the_drain,
             the_end_waits_for_nothing_but_what_is_open, the_end_waits_for_what_pages_have_begun, a_second_signal_cuts_the_drain_short,
             a_crash_refuses_nobody_where_the_manager_holds_the_sockets, days_that_jump_cut_nothing,
             descriptors_that_run_out_come_back, allocations_that_fail_break_nothing]
    SUITE.run(*(case for case in cases if not wanted or case.__name__ in wanted))
    SUITE.close()
