"""The part of a service manager, and threads that hang."""
import contextlib
import ctypes
import os
import pathlib
import queue
import signal
import socket
import subprocess
import threading

from gateway import DAEMON, wait_until


class Manager:
    """The part of a service manager: it holds the listening socket and hears the notifications."""

    def __init__(self, folder, port, watchdog=8):
        """watchdog: seconds without a sign of life after which it ends the process, see `end_the_silent`."""
        self.watchdog = watchdog
        self.listener = socket.create_server(("127.0.0.1", port), backlog=512)
        self.heard = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        self.heard.bind(str(folder / "notify"))
        self.said = queue.Queue()
        threading.Thread(target=self.hear, daemon=True).start()
        self.environment = {"NOTIFY_SOCKET": str(folder / "notify"), "LISTEN_FDS": "1", "WATCHDOG_USEC": str(watchdog * 1_000_000)}

    def hear(self):
        """Always, as service managers do: a full socket would take no more."""
        while True:
            self.said.put(self.heard.recv(4096).decode())

    def start(self, gate):
        # The number of the process is known in the child only, and a descriptor has to be number 3.
        script = f'exec 3<&{self.listener.fileno()}; export LISTEN_PID=$$ WATCHDOG_PID=$$; exec "{DAEMON}" --config "{gate.config}"'
        gate.log_path = self.log_path = gate.folder / "daemon.log"
        gate.process = subprocess.Popen(["/bin/bash", "-c", script], env={**gate.environment, **self.environment},
                                        pass_fds=[self.listener.fileno()], stdout=subprocess.DEVNULL, stderr=open(gate.log_path, "ab"))

    def wait_for(self, wanted):
        wait_until(lambda: self.said.get(timeout=20) == wanted, what=wanted)

    def end_the_silent(self, gate):
        """Waits for the signs of life to stop, and does what systemd then does (systemd.service(5), WatchdogSignal)."""
        with contextlib.suppress(queue.Empty):
            for _ in range(1000):
                said = self.said.get(timeout=self.watchdog)
                assert said == "WATCHDOG=1", f"of a gateway that runs {said} was heard"
            raise AssertionError("the signs of life go on")
        gate.process.send_signal(signal.SIGABRT)


class HeldThread:
    """A thread of another process that does nothing more, whatever comes: stopped by ptrace(2), which no signal to the process undoes. It is stopped
    where it waits, so with no lock in its hand that others need; for a thread that never waits there is an error after twenty seconds."""

    SEIZE, INTERRUPT, DETACH, WALL = 0x4206, 0x4207, 17, 0x40000000
    WAITS = {"poll": 7, "futex": 202, "epoll_wait": 232, "ppoll": 271, "epoll_pwait": 281}  # numbers of x86-64

    def __init__(self, number):
        self.number = number
        wait_until(self.hold, what="a thread that waits")

    def hold(self):
        self.ask(self.SEIZE)
        self.ask(self.INTERRUPT)
        os.waitpid(self.number, self.WALL)  # until it stands
        where = pathlib.Path(f"/proc/{self.number}/syscall").read_text().split()[0]  # proc_pid_syscall(5)
        if where in map(str, self.WAITS.values()):
            return True
        self.let_go()
        return False

    def ask(self, what):
        libc = ctypes.CDLL(None, use_errno=True)
        if libc.ptrace(ctypes.c_long(what), ctypes.c_long(self.number), None, None) != 0:
            raise OSError(ctypes.get_errno(), f"ptrace {what:#x} of thread {self.number}")

    def let_go(self):
        self.ask(self.DETACH)

    def bury(self):
        """Its process is gone only once we have seen that it ended: how."""
        return os.waitstatus_to_exitcode(os.waitpid(self.number, self.WALL)[1])


def threads(pid, file):
    """{number: text of that file in /proc} of each thread of a process. A thread may end at any moment: it is left out then."""
    found = {}
    for task in pathlib.Path(f"/proc/{pid}/task").iterdir():
        with contextlib.suppress(FileNotFoundError, ProcessLookupError):
            found[int(task.name)] = (task / file).read_text()
    return found


def threads_of(gate, name):
    """Numbers of the gateway's threads of that name: "worker", "store", "log", "resolver", "console", "mail"."""
    return sorted(number for number, text in threads(gate.process.pid, "comm").items() if text.strip() == name)
