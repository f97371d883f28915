"""The table of M0 to M16 as markdown, and what is said about the machine it was measured on."""
import os, pathlib, platform, re, subprocess, time

HERE = pathlib.Path(__file__).resolve().parent

# metric: (what, target, least for a release)
GOALS = {
    "M0": ("verdicts against a slow reference", "0 wrong", "0 wrong"),
    "M1": ("plain HTTP, keep-alive: CPU a request over floor", "<= 1.25", "1.6"),
    "M2": ("tunnel with SNI and two decisions: CPU over floor", "<= 1.25", "1.6"),
    "M3": ("blind tunnel's CPU over a tunnel's whose ClientHello is read", ">= 0.95", "0.85"),
    "M4": ("bulk through a tunnel: CPU a GB over floor", "<= 1.05", "1.25"),
    "M5": ("inspected, new connection: CPU over Squid bump", "<= 0.2", "0.35"),
    "M6": ("inspected, keep-alive: CPU over Squid bump", "<= 0.5", "0.8"),
    "M7": ("p99 latency at half of the peak, constant rate, over HAProxy", "<= 1.2", "2"),
    "M8": ("one verdict: random misses / browsing mix", "<= 120 / <= 25 ns", "250 ns"),
    "M9": ("resident bytes a name", "<= 6", "10"),
    "M10": ("compile / start compiled", "<= 3 s / <= 150 ms", "10 s / 1 s"),
    "M11": ("idle tunnel: KiB", "<= 3", "8"),
    "M12": ("two workers over one: CPU a request", ">= 0.92", "0.8"),
    "M13": ("full logging on over off: requests a CPU second; rows lost", ">= 0.95; 0", "0.9"),
    "M14": ("goodput at three times the peak / with 10,000 slow clients, over the peak", ">= 0.9", "0.7"),
    "M15": ("instructions a request and a tunnel", "no growth over 2 %", "5 %"),
    "M16": ("first page of a search: 30 days, 50 million rows, p95", "<= 300 ms", "1 s"),
}


def first_line(*command):
    try:
        done = subprocess.run(command, capture_output=True, text=True, timeout=20)
        return (done.stdout or done.stderr).strip().splitlines()[0]
    except (OSError, IndexError, subprocess.TimeoutExpired):
        return "absent"


def machine(names):
    cpu = re.search(r"model name\s*: (.*)", pathlib.Path("/proc/cpuinfo").read_text())
    memory = int(re.search(r"MemTotal:\s+(\d+)", pathlib.Path("/proc/meminfo").read_text()).group(1))
    git = lambda *arguments: first_line("git", "-C", str(HERE), *arguments)
    changed = " with changes" if git("status", "--porcelain", "--untracked-files=no") != "absent" else ""
    return [
        ("when", time.strftime("%Y-%m-%d %H:%M UTC", time.gmtime())),
        ("commit", git("rev-parse", "--short=12", "HEAD") + changed),
        ("machine", f"{os.cpu_count()} x {cpu.group(1) if cpu else platform.machine()}, {memory / 1048576:.0f} GiB"),
        ("load when begun", "%.1f %.1f %.1f" % os.getloadavg()),
        ("kernel", platform.release()),
        ("compiler", first_line("g++", "--version")),
        ("OpenSSL", first_line("openssl", "version")),
        ("HAProxy", first_line("haproxy", "-v")),
        ("Squid", first_line("squid", "-v")),
        ("Traffic Server", first_line("traffic_server", "-V")),
        ("nginx (origin)", first_line("nginx", "-v")),
        ("names loaded", f"{names:,}"),
    ]


class Table:
    """Figures as they come in; written after each, so that a run that is broken off leaves what it has."""

    def __init__(self, path, names):
        self.path, self.about = pathlib.Path(path), machine(names)
        self.figures, self.details = {}, []

    def figure(self, metric, text):
        self.figures[metric] = text
        print(f"   {metric}: {text}", flush=True)
        self.write()

    def detail(self, title, text):
        """A block of plain text below the table."""
        self.details.append((title, text.strip()))
        self.write()

    def write(self):
        lines = ["# Bench table", ""]
        lines += [f"- {key}: {value}" for key, value in self.about]
        lines += ["", "| # | what | target | release floor | measured |", "| --- | --- | --- | --- | --- |"]
        lines += [f"| {metric} | {what} | {target} | {least} | {self.figures.get(metric, 'not measured in this run')} |"
                  for metric, (what, target, least) in GOALS.items()]
        for title, text in self.details:
            lines += ["", f"## {title}", "", "```", text, "```"]
        self.path.parent.mkdir(parents=True, exist_ok=True)
        self.path.write_text("\n".join(lines) + "\n")
