#!/usr/bin/env python3
"""Parts of the gateway that hang, each really (a thread is held by ptrace), and work that is only long: the log says which part it is, status,
monitoring, doctor and the Status page show it, and the service manager hears no sign of life while it is one that a school cannot be without.
"""
import contextlib
import html
import http.client
import json
import pathlib
import queue
import re
import shutil
import signal
import socket
import sqlite3
import ssl
import sys
import tempfile
import threading
import time

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "support"))
from console import Browser, sign_in  # noqa: E402
from faults import Faults  # noqa: E402
from gateway import Gateway, Suite, wait_until  # noqa: E402
from manager import HeldThread, Manager, threads_of  # noqa: E402
from origin import HttpHandler, Origin, Wire  # noqa: E402

SUITE = Suite()
NAME = "www.school.example"
SOON = 'hang = "1s"\nhang_at_disk = "1s"\nlong_work = "60s"'


class Hello(HttpHandler):
    def do_GET(self):
        self.answer(200, self.path.encode())


HELLO = Origin(Hello)


def equal(left, right, what="values"):
    if left != right:
        raise AssertionError(f"{what} differ: {str(left)[:300]} and {str(right)[:300]}")


def gateway(deadlines=SOON, **more):
    settings = {"deadlines": deadlines, **more.pop("settings", {})}
    return Gateway(names={NAME: "127.0.2.1"}, ports=[HELLO.port], settings=settings, **more)


def get(gate, path="/x"):
    with Wire(gate) as wire:
        answer = wire.get(f"http://{NAME}:{HELLO.port}{path}", "Connection: close").answer()
        equal((answer.status, answer.body), (200, path.encode()), f"the answer to {path}")


def says(gate, words):
    wait_until(lambda: words in gate.log_path.read_text(), what=f"the word {words}")


@contextlib.contextmanager
def managed(**more):
    """A gateway below a service manager that gives it two seconds."""
    gate = gateway(**more)
    manager = Manager(gate.folder, gate.proxy_port, watchdog=2)
    manager.start(gate)
    manager.wait_for("READY=1")
    manager.wait_for("WATCHDOG=1")
    says(gate, "gateway.ready")
    try:
        yield gate, manager
        equal(gate.stop(), 0, "the exit code")
    finally:
        shutil.rmtree(gate.folder, ignore_errors=True)


def signs(manager, count):
    """As many signs of life from now on, one behind the other; a pause longer than its patience would be the end of the process."""
    while not manager.said.empty():
        manager.said.get()
    for _ in range(count):
        try:
            equal(manager.said.get(timeout=manager.watchdog), "WATCHDOG=1", "what is heard")
        except queue.Empty as silence:
            raise AssertionError("no sign of life: " + manager.log_path.read_text()[-2000:]) from silence


def a_worker_that_hangs_is_the_end_of_its_gateway_and_a_new_one_serves():
    """Line 232. Who is served by the other worker meanwhile is served; who connects waits at most for the new gateway; nobody is refused."""
    with managed(workers=2) as (gate, manager):
        first, workers = gate.process, threads_of(gate, "worker")
        equal(len(workers), 2, "the workers")
        for number in range(20):
            get(gate, f"/before/{number}")
        held = HeldThread(workers[0])
        before = [Wire(gate).get(f"http://{NAME}:{HELLO.port}/meanwhile/{number}") for number in range(20)]
        equal([wire.answer().body for wire in before], [f"/meanwhile/{number}".encode() for number in range(20)], "the other worker serves")
        manager.end_the_silent(gate)
        held.bury()
        equal(first.wait(20), -signal.SIGABRT, "the end")
        assert "workers.hang turning=1 of=2" in gate.log_path.read_text(), gate.log_path.read_text()
        waiting = [Wire(gate).get(f"http://{NAME}:{HELLO.port}/waiting/{number}") for number in range(20)]
        manager.start(gate)
        manager.wait_for("READY=1")
        equal([wire.answer().body for wire in waiting], [f"/waiting/{number}".encode() for number in range(20)], "who waited for the new one")
        manager.wait_for("WATCHDOG=1")
        assert gate.process.pid != first.pid and gate.status()["pid"] == gate.process.pid
        for wire in before + waiting:
            wire.socket.close()


def what_a_school_cannot_be_without_ends_the_gateway_when_it_hangs():
    """Line 232: the store, the log's writer, the resolver, and the main thread, long before the limit for work."""
    for name, part in (("store", "store"), ("log", "log"), ("resolver", "resolver"), ("gatehoused", "main")):
        with managed(workers=1) as (gate, manager):
            held = HeldThread(threads_of(gate, name)[0])
            manager.end_the_silent(gate)
            equal(held.bury(), -signal.SIGABRT, f"the end of {part}")
            gate.process.wait(20)
            text = gate.log_path.read_text()
            assert f"{part}.hang turning=0 of=1" in text and "begins it anew" in text, f"{part}: {text}"
            equal(text.count(".hang "), 1 + ("console.hang" in text) + ("pages.hang" in text), f"{part}: no other part is blamed: {text}")
            manager.start(gate)
            manager.wait_for("READY=1")
            get(gate)


def a_part_that_goes_on_again_is_told_too():
    with managed(workers=2) as (gate, manager):
        for name, part, of in (("worker", "workers", 2), ("store", "store", 1)):
            manager.watchdog = 60  # it is patient this time
            held = HeldThread(threads_of(gate, name)[-1])
            says(gate, f"{part}.hang")
            held.let_go()
            says(gate, f"{part}.turn_again of={of}")
            signs(manager, 3)
            equal(gate.log_path.read_text().count(f"{part}.hang"), 1, "how often it is said")
        get(gate)


class DeafMail:
    """A mail server that takes connections and says nothing, so that the thread of the e-mail is there and in work."""

    def __init__(self):
        self.socket = socket.create_server(("127.0.0.1", 0))
        self.port = self.socket.getsockname()[1]


def pages_and_mail_that_hang_are_said_and_cut_no_traffic():
    mail = DeafMail()
    settings = {"mail": f'server = "smtp://127.0.0.1:{mail.port}"\nfrom = "gate@school.example"\nneeds_tls = false', "mail.to": 'officer = ["olive@school.example"]'}
    with managed(deadlines='hang = "1s"\nhang_at_disk = "1s"\nlong_work = "2s"', settings=settings, workers=1) as (gate, manager):
        for name, part in (("mail", "mail"), ("console", "console")):
            held = HeldThread(threads_of(gate, name)[0])
            says(gate, f"{part}.hang turning=0 of=1 effect=\"this process goes on")
            signs(manager, 8)
            get(gate)
            held.let_go()
            says(gate, f"{part}.turn_again of=1")


def it_is_shown_where_people_look():
    with gateway(workers=2, accounts=[("ict-lead", "ian")]) as gate:
        lead = sign_in(gate, "ian", gate.passwords["ian"])
        equal(set(gate.status()["parts"].values()), {"turns"})
        assert "gatehouse_store_hanging 0" in metrics(gate) and "gatehouse_workers_hanging 0" in metrics(gate)
        assert "no longer answers" not in lead.get("/status").text
        before = gate.status()["connections"]
        held = [HeldThread(threads_of(gate, "worker")[0]), HeldThread(threads_of(gate, "log")[0])]
        for words in ("workers.hang turning=1 of=2", "log.hang turning=0 of=1"):
            says(gate, words)
        status = gate.status()  # answers although a worker does not
        equal((status["parts"]["workers"], status["parts"]["log"], status["parts"]["store"]), ("hangs", "hangs", "turns"))
        assert status["connections"] >= before, "a worker that does not answer counts as it last did"
        text = metrics(gate)
        assert "gatehouse_workers_hanging 1" in text and "gatehouse_log_hanging 1" in text and "gatehouse_store_hanging 0" in text, text
        lines = gate.command("status").splitlines()
        assert [line.split() for line in lines if line.endswith("hangs")] == [["parts", "workers", "hangs"], ["parts", "log", "hangs"]], lines
        found = {each["id"]: each for each in json.loads(gate.command("doctor", "--json", check=False))["findings"]}
        equal((found["workers"]["state"], found["log"]["state"], found["daemon"]["state"], "store" in found), ("failed", "failed", "ok", False))
        page = html.unescape(lead.get("/status").text)
        assert "this part of the gateway no longer answers" in page and "Still answers, Traffic" in page, page[-3000:]
        for each in held:
            each.let_go()
        for words in ("workers.turn_again", "log.turn_again"):
            says(gate, words)
        equal(set(gate.status()["parts"].values()), {"turns"})


def asked(browser, path, within, fields=None):
    """The page, which has to come in time."""
    started = time.monotonic()
    page = browser.get(path) if fields is None else browser.ask("POST", path, fields)
    took = time.monotonic() - started
    assert took < within, f"{path} took {took:.1f} s"
    return page


def while_the_store_hangs_the_console_says_so_at_once():
    """Nobody can sign in and no session is known then: every page is one calm one, which names nobody; the filter goes on, and nothing is half done."""
    soon = 6  # seconds; the gateway waits for two
    with gateway(workers=1, accounts=[("ict-lead", "ian")]) as gate:
        lead, stranger = sign_in(gate, "ian", gate.passwords["ian"]), Browser(gate.console_port)
        key = re.search(r"gatehouse_[0-9a-f]{32}", lead.fill("/account/tokens", "/account/tokens", name="A test", may="read", days="7", password="another password of ian").text)[0]
        ask_form, sign_in_form = Browser(gate.portal_port, secure=False).get("/ask").hidden(), stranger.get("/sign-in").hidden()
        held = HeldThread(threads_of(gate, "store")[0])
        for browser, path in ((lead, "/status"), (lead, "/"), (stranger, "/status"), (stranger, "/sign-in")):
            page = asked(browser, path, soon)
            text = html.unescape(page.text)
            equal(page.status, 503, path)
            assert "The console cannot reach its records" in text and "gatehouse status" in text and "Wait a minute" in text, text[-3000:]
            assert "The filter goes on" in text and "does not answer either" not in text, text[-3000:]
            assert "ian" not in re.sub(r"<[^>]+>", " ", text).replace("guardian", "").split() and "Sign out" not in text, "it names nobody"
        assert re.search(r"Traffic</td>.*?yes.*?Store</td>.*?no", html.unescape(asked(lead, "/status", soon).text), re.DOTALL), "how each part is"
        equal(asked(stranger, "/help", soon).status, 200, "help")
        equal(asked(stranger, asset_of(stranger), 1).status, 200, "the style of that page waits for nobody")
        spanish = asked_in_spanish(gate)
        assert "La consola no puede llegar a sus registros" in spanish, spanish[-2000:]
        status, data = as_program(gate, key)
        equal((status, data["error"]), (503, "The records do not answer. Nothing was changed. Try again in a minute."), "for programs")
        get(gate, "/meanwhile")
        equal(gate.status()["parts"]["workers"], "turns", "what the page says to run")
        says(gate, "store.hang")
        assert re.search(r"Store</td>.*?no", html.unescape(asked(lead, "/status", soon).text), re.DOTALL)
        page = asked(stranger, "/sign-in", 14, {**sign_in_form, "login": "ian", "password": "another password of ian"})
        assert page.status == 503 and "What you sent was not taken" in html.unescape(page.text), page.text[-2000:]
        page = asked(Browser(gate.portal_port, secure=False), "/ask", 14, {**ask_form, "site": "lost.example", "why": "For a lesson.", "name": "A pupil"})
        assert page.status == 503 and "Nothing was changed" in page.text, (page.status, page.text[-2000:])
        held.let_go()
        says(gate, "store.turn_again")
        equal(lead.get("/status").status, 200, "the same session, as if nothing had been")
        equal(stranger.fill("/sign-in", "/sign-in", login="ian", password="another password of ian").status, 303, "it can be signed in again")
        assert "lost.example" not in gate.command("requests"), "what was refused was not done later"


def asset_of(browser):
    return "/assets/" + re.search(r'href="/assets/([^"]+\.css[^"]*)"', browser.get("/help").text)[1]


def asked_in_spanish(gate):
    connection = http.client.HTTPSConnection("127.0.0.1", gate.console_port, context=ssl._create_unverified_context(), timeout=20)
    with contextlib.closing(connection):
        connection.request("GET", "/status", headers={"Accept-Language": "es"})
        return connection.getresponse().read().decode()


def as_program(gate, key):
    connection = http.client.HTTPSConnection("127.0.0.1", gate.console_port, context=ssl._create_unverified_context(), timeout=20)
    with contextlib.closing(connection):
        connection.request("GET", "/api/v1/rules", headers={"Authorization": f"Bearer {key}"})
        answer = connection.getresponse()
        return answer.status, json.loads(answer.read())


def metrics(gate):
    port = next(line.split(":")[-1].strip('" ') for line in (gate.config / "gatehouse.toml").read_text().splitlines() if line.startswith("metrics"))
    return Browser(int(port), secure=False).get("/metrics").text


def nothing_hangs(gate):
    text = gate.log_path.read_text()
    assert ".hang " not in text, text


def a_purge_of_many_records_is_work():
    """A million incidents, longer than any limit for standing still: nothing hangs, and signs of life go on until all have gone."""
    gate = gateway(workers=1)
    gate.start()
    equal(gate.stop(), 0)
    with contextlib.closing(sqlite3.connect(gate.state / "gatehouse.db")) as store:
        columns = [row for row in store.execute("PRAGMA table_info(incidents)") if not row[5]]
        old = "CAST(strftime('%s', 'now', '-900 days') AS INTEGER)"
        values = ", ".join(old if row[1] in ("at", "last_at") else "n" if "INT" in row[2] else "'text ' || n" for row in columns)
        store.execute(f"WITH RECURSIVE c(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM c WHERE n < 1000000)"
                      f" INSERT INTO incidents ({', '.join(row[1] for row in columns)}) SELECT {values} FROM c")
        store.commit()
    manager = Manager(gate.folder, gate.proxy_port, watchdog=2)
    manager.start(gate)
    manager.wait_for("READY=1")
    while "records.purged" not in gate.log_path.read_text():
        signs(manager, 1)
        assert gate.process.poll() is None
    nothing_hangs(gate)
    assert "1000000" in gate.log_path.read_text()
    equal(gate.stop(), 0)
    shutil.rmtree(gate.folder)


def a_publication_of_many_names_is_work():
    with managed(workers=1) as (gate, manager):
        path = gate.config / "lists" / "vpn.txt"
        path.write_text(path.read_text() + "".join(f"name-{number}.example\n" for number in range(1_000_000)))
        over = threading.Event()

        def publish():
            gate.command("lists", "compile")
            gate.command("reload")
            over.set()
        publishing = threading.Thread(target=publish)
        publishing.start()
        while not over.is_set():
            signs(manager, 1)
        publishing.join()
        assert int(gate.status()["list_names"]) > 1_000_000
        nothing_hangs(gate)


def a_slow_disk_is_work():
    """Each sync takes longer than it should, one shorter than the limit behind the other: nothing hangs, all is kept."""
    with tempfile.TemporaryDirectory() as folder:
        faults = Faults(folder)
        gate = gateway(deadlines='hang = "1s"\nhang_at_disk = "3s"\nlong_work = "60s"', workers=1, accounts=[("officer", "olive")])
        faults.environment["GATEHOUSE_FAULTS_FOLDER"] = str(gate.state)
        gate.environment.update(faults.environment)
        manager = Manager(gate.folder, gate.proxy_port, watchdog=2)
        manager.start(gate)
        manager.wait_for("READY=1")
        olive = sign_in(gate, "olive", gate.passwords["olive"])
        faults.switches.sync_milliseconds = 700
        olive.get("/account")
        done = threading.Event()

        def work():
            sign_in(gate, "olive", "another password of olive")
            done.set()
        working = threading.Thread(target=work)
        working.start()
        while not done.is_set():
            signs(manager, 1)
        working.join()
        faults.off()
        assert faults.switches.faults > 0, "no sync was slow"
        nothing_hangs(gate)
        equal(gate.stop(), 0)
        shutil.rmtree(gate.folder)


if __name__ == "__main__":
    wanted = sys.argv[1:]
    cases = [a_worker_that_hangs_is_the_end_of_its_gateway_and_a_new_one_serves, what_a_school_cannot_be_without_ends_the_gateway_when_it_hangs,
             a_part_that_goes_on_again_is_told_too, pages_and_mail_that_hang_are_said_and_cut_no_traffic, it_is_shown_where_people_look,
             while_the_store_hangs_the_console_says_so_at_once,
             a_purge_of_many_records_is_work, a_publication_of_many_names_is_work, a_slow_disk_is_work]
    SUITE.run(*(case for case in cases if not wanted or case.__name__ in wanted))
    SUITE.close()
