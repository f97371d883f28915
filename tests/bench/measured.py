"""The gateway under measurement: its configuration, start, CPU time, memory and log."""
import json, os, pathlib, re, resource, shutil, signal, sqlite3, subprocess, sys, time, urllib.request

HERE = pathlib.Path(__file__).resolve().parent
BINARIES = pathlib.Path(os.getenv("GATEHOUSE_BIN", HERE / "../../.build/release")).resolve()
PORT, METRICS = 3150, 3153
TICKS = os.sysconf("SC_CLK_TCK")


def enter_own_network():
    """As root: a network namespace of our own, so that our ports are free and nobody else's traffic is counted."""
    if os.geteuid() == 0 and "GATEHOUSE_BENCH_NETWORK" not in os.environ:
        os.environ["GATEHOUSE_BENCH_NETWORK"] = "own"
        os.execvp("unshare", ["unshare", "--net", sys.executable, *sys.argv])
    if os.geteuid() == 0:
        subprocess.run(["ip", "link", "set", "lo", "up"], check=True)


def allow_descriptors(count):
    """For us and our children; as root also beyond what the machine allows everybody."""
    hard = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
    try:
        resource.setrlimit(resource.RLIMIT_NOFILE, (count, max(count, hard)))
    except (ValueError, OSError):
        resource.setrlimit(resource.RLIMIT_NOFILE, (min(count, hard), hard))


def compile_lists(folder):
    """Compiles the names of FOLDER. Returns seconds, peak of memory in MiB, bytes of the image."""
    (folder / "var").mkdir(mode=0o700, exist_ok=True)
    command = ["/usr/bin/time", "-f", "%e %M", BINARIES / "tools/ctl/gatehouse", "lists", "compile", "--config", folder]
    seconds, kib = subprocess.run(command, capture_output=True, text=True, check=True).stderr.split()[-2:]
    return float(seconds), int(kib) / 1024, (folder / "var/lists.image").stat().st_size


class Gateway:
    """gatehoused with tests/bench/config; `changes` are (old, new) texts of gatehouse.toml. A context manager."""

    def __init__(self, folder, cpus="0", changes=()):
        self.folder, self.cpus = folder, cpus
        for name in ("gatehouse.toml", "policy.toml", "lists.toml", "timetable.toml"):
            text = (HERE / "config" / name).read_text()
            for old, new in changes:
                text = text.replace(old, new)
            (folder / name).write_text(text)
        shutil.rmtree(folder / "var/log", ignore_errors=True)

    def __enter__(self):
        self.diagnostics = self.folder / "daemon.log"
        started = time.monotonic()
        with self.diagnostics.open("w") as errors:
            self.process = subprocess.Popen(
                ["taskset", "-c", self.cpus, BINARIES / "proxy/gatehoused", "--config", self.folder], stderr=errors)
        while "gateway.ready" not in self.diagnostics.read_text():
            if self.process.poll() is not None or time.monotonic() - started > 120:
                raise RuntimeError("gatehoused did not start:\n" + self.diagnostics.read_text())
            time.sleep(0.01)
        self.start_seconds = time.monotonic() - started
        return self

    def __exit__(self, *_):
        self.process.send_signal(signal.SIGTERM)
        try:
            self.process.wait(5)
        except subprocess.TimeoutExpired:  # connections of a load that was cut off are still draining
            self.process.kill()
            self.process.wait()

    def cpu_seconds(self):
        fields = pathlib.Path(f"/proc/{self.process.pid}/stat").read_text().rsplit(")", 1)[1].split()
        return (int(fields[11]) + int(fields[12])) / TICKS

    def memory_mib(self):
        for line in pathlib.Path(f"/proc/{self.process.pid}/smaps_rollup").read_text().splitlines():
            if line.startswith("Pss:"):
                return int(line.split()[1]) / 1024
        return 0.0

    def metric(self, name):
        text = urllib.request.urlopen(f"http://127.0.0.1:{METRICS}/metrics", timeout=10).read().decode()
        return next(float(line.split()[1]) for line in text.splitlines() if line.startswith(f"gatehouse_{name} "))

    def room(self):
        """Connections that it takes: fewer than its limit says where the machine gives it few descriptors."""
        few = re.search(r"descriptors.few .*connections=(\d+)", self.diagnostics.read_text())
        return int(few[1]) if few else 20000

    def logged_rows(self):
        """Rows in access.log, in access.json and in the day files."""
        log = self.folder / "var/log"
        count = lambda pattern: sum(path.read_bytes().count(b"\n") for path in log.glob(pattern))
        stored = 0
        for path in log.glob("access-*.db"):
            with sqlite3.connect(f"file:{path}?mode=ro", uri=True) as day:
                stored += day.execute("SELECT coalesce(sum(rows), 0) FROM block").fetchone()[0]
        return count("access*.log"), count("access*.json"), stored


def load(rate, seconds, port=PORT, connections=64, slow=0, cpus="1"):
    """One run of the constant-rate generator, as it reports."""
    command = ["taskset", "-c", cpus, BINARIES / "tests/bench/rate", "--proxy", f"127.0.0.1:{port}",
               "--url", "http://127.0.0.1:8081/1k.html", "--rate", str(rate), "--seconds", str(seconds),
               "--connections", str(connections), "--slow", str(slow)]
    return json.loads(subprocess.run(command, capture_output=True, text=True, check=True).stdout)
