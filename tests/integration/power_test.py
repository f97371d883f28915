#!/usr/bin/env python3
"""Power cuts (line 223): a gateway makes its first start, accounts, approvals, list entries and publications while every write, sync, truncation and
rename below its state folder is written down (support/power.py). Then disks are built as a cut at many instants may leave them. On each: the
database is sound, the audit is whole and what was acknowledged before the cut is there; on some the gateway starts, decides and takes changes.

GATEHOUSE_POWER_IMAGES (80) is how many disks, GATEHOUSE_POWER_ROUNDS (8) how many rounds of changes; the long run is told in soak/README.md.
"""
import contextlib
import hashlib
import json
import os
import pathlib
import random
import re
import shutil
import sqlite3
import subprocess
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "support"))
from console import Browser, add_to_list, ask_for_site, sign_in  # noqa: E402
from gateway import COMMAND, Gateway, Suite  # noqa: E402
from origin import Wire  # noqa: E402
from power import MARK, Recorder, SYNCED, TRUNCATED, WROTE, lay_down  # noqa: E402

IMAGES = int(os.environ.get("GATEHOUSE_POWER_IMAGES", "80"))
ROUNDS = int(os.environ.get("GATEHOUSE_POWER_ROUNDS", "8"))
STARTS = 8  # one in so many disks gets a gateway
SUITE = Suite()
PEOPLE = {"olive": "officer", "harriet": "headteacher"}
APPROVED, LIVE = 2, 1  # unblock_requests.state, publications.state


def equal(left, right, what="values"):
    if left != right:
        raise AssertionError(f"{what} differ: {str(left)[:300]} and {str(right)[:300]}")


def digest_of(path):
    return hashlib.sha256(path.read_bytes()).hexdigest() if path.exists() else None


class Work:
    """What people do, and a mark in the records for each thing that they were told is done."""

    def __init__(self, gate, recorder):
        self.gate, self.recorder, self.passwords = gate, recorder, {}

    def make_accounts(self):
        for login, role in PEOPLE.items():
            made = json.loads(self.gate.command("account", "add", "--role", role, "--name", login.title(), "--login", login, "--json"))
            self.passwords[login] = made["password"]
            self.recorder.mark(account=login)

    def sign_in(self):
        self.officer, self.head = (sign_in(self.gate, login, self.passwords[login]) for login in ("olive", "harriet"))
        self.recorder.mark(signed_in=list(PEOPLE))

    def add_entry(self, host):
        assert add_to_list(self.officer, host), host
        self.recorder.mark(entry=host)

    def approve(self, site, room):
        """A site of the school's list, asked for, recommended and approved."""
        self.add_entry(site)
        reference = ask_for_site(self.gate, site, room)
        assert reference, site
        self.recorder.mark(request=reference)
        where = {name.strip(): page for page, name in re.findall(r'href="(/request\?id=\d+)"[^>]*>([^<]+)<', self.officer.get("/requests").text)}[site]
        page = self.officer.fill(where, "/request/recommend", advice="open", text="Harmless.", scope="everyone", target=site, when="any", until="term")
        equal(page.status, 303, "the recommendation")
        page = self.head.fill(where, "/request/decide", decision="approve", reason="Yes.")
        assert page.status == 303 and "done=approved" in page.location, (page.status, page.text[-1000:])
        self.recorder.mark(approved=reference, site=site)

    def publish_draft(self, message, host):
        page = self.officer.fill("/lists/add", "/lists/add", list="school-block", target=host, reason="test", review="2027-06-01", when="draft")
        equal(page.status, 303, "the draft")
        page = self.officer.fill("/draft", "/draft/publish", message=message)
        equal(page.location, "/history?done=published", "the publication")
        self.recorder.mark(publication=message, entry=host)

    def see_the_head(self):
        with contextlib.closing(sqlite3.connect(f"file:{self.gate.state}/gatehouse.db?mode=ro", uri=True)) as db:
            sequence, digest = db.execute("SELECT sequence, digest FROM audit ORDER BY sequence DESC LIMIT 1").fetchone()
        self.recorder.mark(head=sequence, digest=digest.hex())

    def see_the_keys(self):
        """Whatever others trust once it was seen: keys and certificates."""
        paths = [path for path in self.gate.state.rglob("*") if path.suffix in (".key", ".pem", ".crt")]
        self.recorder.mark(keys={str(path.relative_to(self.gate.state)): digest_of(path) for path in paths})

    def compile_lists(self, name):
        path = self.gate.config / "lists" / "vpn.txt"
        path.write_text(path.read_text() + name + "\n")
        self.gate.command("lists", "compile")
        self.gate.publish()
        self.recorder.mark(listed=name)

    def round(self, number):
        self.add_entry(f"entry{number}.example")
        self.approve(f"wanted{number}.example", f"127.0.{100 + number // 250}.{number % 250 + 1}")  # nobody asks too often
        self.publish_draft(f"Publication {number}.", f"drafted{number}.example")
        self.compile_lists(f"listed{number}.example")
        self.see_the_head()
        with Wire(self.gate, room=PUPILS) as wire:
            equal(wire.get("http://www.instagram.com/").answer().status, 403)


def record():
    """(gateway, recorder): everything from the first account to the second orderly end."""
    gate = Gateway(ca=False)
    recorder = Recorder(gate.state)
    gate.environment.update(recorder.environment)
    work = Work(gate, recorder)
    gate.command("ca", "create")
    work.see_the_keys()
    work.make_accounts()
    gate.start()
    work.see_the_keys()
    work.sign_in()
    for number in range(ROUNDS):
        if number == ROUNDS // 2:  # the journal is taken away at an end and made again
            equal(gate.stop(), 0)
            gate.start()
        work.round(number)
    equal(gate.stop(), 0)
    for name in recorder.environment:
        del gate.environment[name]
    return gate, recorder


def cuts(records, chance, count):
    """Numbers of records, of which the first so many had happened: half of them anywhere, half where something is promised, next to a sync or a mark."""
    near = [number + shift for number, record in enumerate(records) if record.kind in (SYNCED, MARK) for shift in (0, 1)]
    return sorted(chance.choice(near) if number % 2 else chance.randrange(len(records) + 1) for number in range(count))


class Promises:
    """What was acknowledged up to an instant."""

    def __init__(self):
        self.marks = []

    def of(self, name):
        return [mark[name] for mark in self.marks if name in mark]

    def broken_in(self, database):
        """What is not there; the database is open."""
        def values(sql):
            return {row[0] for row in database.execute(sql)}
        lost = set(self.of("account")) - values("SELECT login FROM accounts")
        lost |= set(self.of("entry")) - values("SELECT host FROM school_entries")
        lost |= set(self.of("request")) - values("SELECT reference FROM unblock_requests")
        lost |= set(self.of("approved")) - values(f"SELECT reference FROM unblock_requests r JOIN overrides o ON o.id = r.override WHERE r.state = {APPROVED}")
        lost |= set(self.of("publication")) - values(f"SELECT message FROM publications WHERE state = {LIVE}")
        rows = dict(database.execute("SELECT sequence, hex(digest) FROM audit"))
        lost |= {f"audit row {mark['head']}" for mark in self.marks if "head" in mark and rows.get(mark["head"], "").lower() != mark["digest"]}
        return lost


def fault_of(gate, promises):
    """What is wrong with the disk that lies in the gateway's folder; nothing, if all is well. Before there is an account nothing was promised."""
    for name, digest in (promises.of("keys") or [{}])[-1].items():
        if digest_of(gate.state / name) != digest:
            return f"{name} is another, or gone"
    if promises.of("account"):
        done = subprocess.run([COMMAND, "audit", "verify", "--config", gate.config], capture_output=True, text=True, env=gate.environment, timeout=60)
        if done.returncode != 0:
            return f"audit verify: {done.stdout}{done.stderr}"
    elif not (gate.state / "gatehouse.db").exists():
        return None
    try:
        with contextlib.closing(sqlite3.connect(gate.state / "gatehouse.db")) as database:
            verdict = database.execute("PRAGMA integrity_check").fetchone()[0]
            if verdict != "ok":
                return f"integrity_check: {verdict}"
            lost = promises.broken_in(database) if promises.of("account") else set()
            return f"acknowledged and lost: {sorted(lost)}" if lost else None
    except sqlite3.Error as error:
        return f"the database: {error}"


PUPILS = "127.0.1.10"  # for whom social media is closed at any time of the day


def status_of(gate, host, room="127.0.1.20"):
    with Wire(gate, room=room) as wire:
        return wire.get(f"http://{host}/").answer().status


def approved_in(gate):
    """Sites of the approvals on this disk: those that were promised, and perhaps one whose answer the cut forestalled."""
    if not (gate.state / "gatehouse.db").exists():
        return set()
    with contextlib.closing(sqlite3.connect(gate.state / "gatehouse.db")) as database:
        if not database.execute("SELECT 1 FROM sqlite_master WHERE name = 'unblock_requests'").fetchone():
            return set()
        return {row[0] for row in database.execute(f"SELECT host FROM unblock_requests WHERE state = {APPROVED}")}


def gateway_goes_on(gate, promises, opened):
    """It starts from this disk, holds what was promised, and takes a change."""
    gate.start()
    try:
        equal(status_of(gate, "www.instagram.com", PUPILS), 403, "a site that the policy closes")
        assert set(promises.of("site")) <= opened
        for host in promises.of("listed"):
            equal(status_of(gate, host), 403, f"{host} of a list")
        for host in promises.of("entry"):
            answer = status_of(gate, host)
            assert (answer != 403) == (host in opened), f"{host} answers {answer}"
        equal(gate.status()["audit_agrees"], True)
        if promises.of("signed_in"):
            officer = Browser(gate.console_port)
            equal(officer.fill("/sign-in", "/sign-in", login="olive", password="another password of olive").status, 303, "the sign-in")
            assert add_to_list(officer, "after-the-cut.example"), "no change is taken"
    finally:
        equal(gate.stop(), 0, "the exit code")


def put(image, gate):
    shutil.rmtree(gate.state, ignore_errors=True)
    lay_down(image, gate.state)


def play(gate, recorder, places, chance, judge, **lies):
    """Builds the disk of each place and asks `judge(number, promises, image)`."""
    records, disk, promises, played = recorder.records(), recorder.disk(**lies), Promises(), 0
    for number, place in enumerate(places):
        for record in records[played:place]:
            if record.kind == MARK:
                promises.marks.append(json.loads(record.data))
            else:
                disk.play(record)
        played = max(played, place)
        image = disk.image(chance)
        put(image, gate)
        judge(number, promises, image)


def the_records_are_all_that_was_done():
    """Or what is built from them is no disk of this gateway."""
    disk = RECORDER.disk()
    for record in RECORDER.records():
        if record.kind != MARK:
            disk.play(record)
    told = disk.whole()
    found = {str(path.relative_to(GATE.state)): path.read_bytes() if path.is_file() else None for path in GATE.state.rglob("*")
             if (path.is_dir() or path.is_file()) and not path.name.endswith("-shm")}
    equal(sorted(told), sorted(found), "the names")
    for name, content in found.items():
        assert content == told[name], f"{name}: {content and len(content)} bytes, and {told[name] and len(told[name])} by the records"
    kinds = [record.kind for record in RECORDER.records()]
    print(f"     {len(kinds)} records: {kinds.count(WROTE)} writes, {kinds.count(SYNCED)} syncs, {kinds.count(TRUNCATED)} truncations, {kinds.count(MARK)} acknowledgements")
    assert kinds.count(SYNCED) > 20 * ROUNDS, "hardly a sync"


def a_power_cut_loses_nothing_acknowledged():
    chance, started = random.Random(223), 0

    def judge(number, promises, image):
        nonlocal started
        fault = fault_of(GATE, promises)
        if fault is None and number % STARTS == 0:
            opened = approved_in(GATE)
            put(image, GATE)  # as it was before anybody looked
            gateway_goes_on(GATE, promises, opened)
            started += 1
        assert fault is None, f"disk {number}, after {len(promises.marks)} acknowledgements: {fault}"
    play(GATE, RECORDER, cuts(RECORDER.records(), chance, IMAGES), chance, judge)
    print(f"     {IMAGES} disks, all whole; {started} of them with a gateway on them")


def a_disk_that_lies_is_found_out():
    """The same records with syncs that do nothing, as with `synchronous=OFF`, and with folders that are never synced: the test above can fail."""
    for lie in ("forget_syncs", "forget_names"):
        chance, faults = random.Random(224), []
        play(GATE, RECORDER, cuts(RECORDER.records(), chance, 12), chance, lambda number, promises, image: faults.append(fault_of(GATE, promises)), **{lie: True})
        assert any(faults), f"{lie} harmed nothing"


if __name__ == "__main__":
    GATE, RECORDER = record()
    try:
        SUITE.run(the_records_are_all_that_was_done, a_power_cut_loses_nothing_acknowledged, a_disk_that_lies_is_found_out)
    finally:
        shutil.rmtree(GATE.folder, ignore_errors=True)
    SUITE.close()
