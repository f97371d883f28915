#!/usr/bin/env python3
"""`gatehouse explain --batch`, the console's "Check a site" and the live proxy give the same verdict by the same rule: 10,000 generated questions
(of the console a few hundred), moments of the school day, every room, listed and made-up hosts, plain requests and CONNECT, parts of sites on lists.

usage: agree_test.py [seed]
"""
import collections
import html
import http.client
import json
import pathlib
import random
import re
import ssl
import subprocess
import sys
import threading
import urllib.parse

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "support"))
from console import add_to_list, sign_in  # noqa: E402
from gateway import COMMAND, SOURCE, Gateway, Suite, wait_until  # noqa: E402
from origin import Wire  # noqa: E402

SEED = int(sys.argv[1]) if len(sys.argv) > 1 else 20261124
QUESTIONS = 10_000
IN_THE_CONSOLE = 20  # every how many-th is asked there too
MOMENTS = {"lesson": "2026-11-24 10:10:00", "break": "2026-11-24 10:42:00", "lunch of years 7 and 8": "2026-11-24 12:00:00",
           "lunch": "2026-11-24 12:50:00", "outside": "2026-11-28 10:10:00"}
# Not 127.0.1.14: it asks for a name first, so there is no verdict to compare.
ROOMS = [f"127.0.1.{last}" for last in (10, 11, 12, 13, 15, 20, 21, 22, 23, 30, 99)] + ["127.0.0.1"]
# The same rooms as the console's form names them; 127.0.1.99 is in no network.
PLACES = {"127.0.1.10": {"network": "year-9-room"}, "127.0.1.11": {"network": "year-7-room"}, "127.0.1.12": {"network": "library"},
          "127.0.1.13": {"device": "library-kiosk"}, "127.0.1.15": {"network": "pupil-wifi"}, "127.0.1.20": {"network": "staff-room"},
          "127.0.1.21": {"network": "staff-desks"}, "127.0.1.22": {"device": "marketing-desk"}, "127.0.1.23": {"network": "office"},
          "127.0.1.30": {"network": "guest-wifi"}, "127.0.1.99": {"role": "unknown"}, "127.0.0.1": {"network": "ict-suite"}}
# On encrypted pages entries of the school's lists with a path do nothing here: no connection is looked into.
OPENED, CLOSED = "www.instagram.com/schoolaccount", "fresh.example/games"
PATHS = ["/", "/", "/p/1", "/schoolaccount", "/games/2?level=1"]
SUITE = Suite()
RANDOM = random.Random(SEED)


def listed_names():
    names = []
    for path in sorted((SOURCE / "config" / "lists").rglob("*.txt")):
        for line in path.read_text().splitlines():
            words = line.split("#")[0].split()
            names += [word for word in words if "." in word and not word[0].isdigit() and "/" not in word]
    return names


LISTED = listed_names()


def made_up_host():
    label = "".join(RANDOM.choices("abcdefghijklmnopqrstuvwxyz0123456789", k=RANDOM.randint(3, 12)))
    return RANDOM.choice(["{}.example", "www.{}.example", "{}.org", "instagram.com.{}.example", "not{}instagram.com"]).format(label)


def a_host():
    kind = RANDOM.random()
    if kind < 0.06:
        return RANDOM.choice([OPENED, CLOSED]).partition("/")[0]
    if kind < 0.55:
        return RANDOM.choice(LISTED)
    if kind < 0.7:
        return RANDOM.choice(["www.", "cdn.eu-1.", "a.b.c."]) + RANDOM.choice(LISTED)
    if kind < 0.78:
        return RANDOM.choice(LISTED).upper()
    if kind < 0.83:
        return RANDOM.choice(LISTED).partition(".")[2] or "example"
    if kind < 0.88:
        return RANDOM.choice(["192.0.2.7", "10.0.0.1", "[2001:db8::1]", "127.0.2.9", "[::ffff:10.2.3.4]"])
    return made_up_host()


def a_question():
    """(room, method, target as asked live, URL as asked of the command)"""
    host, room = a_host(), RANDOM.choice(ROOMS)
    if RANDOM.random() < 0.5:
        port = RANDOM.choice([443, 443, 443, 443, 8443, 22, 1194])
        return room, "CONNECT", f"{host}:{port}", f"https://{host}:{port}{RANDOM.choice(PATHS)}"
    url = f"http://{host}{RANDOM.choice(['', '', ':80', ':8080'])}{RANDOM.choice([*PATHS, '/search?q=x', '/%7Euser/a.html'])}"
    return room, "GET", url, url


def ask_live(gate, question):
    """Asks on a connection of its own; the decision's id."""
    room, method, target, _ = question
    with Wire(gate, room) as wire:
        answer = wire.connect(target) if method == "CONNECT" else wire.get(target, "Connection: close").answer()
        return answer.field("gatehouse-decision")


def ask_all_live(gate, questions):
    """The rows of the access log, in the order of the questions."""
    ids = [None] * len(questions)
    errors = []

    def work(share):
        try:
            for at in range(share, len(questions), 4):
                ids[at] = ask_live(gate, questions[at])
        except Exception as error:
            errors.append((questions[at], error))

    threads = [threading.Thread(target=work, args=(share,)) for share in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not errors, errors[0]
    for question, decision in zip(questions, ids):
        assert decision, f"no decision for {question}"
    wanted = set(ids)
    rows = wait_until(lambda: len(found := {row["event"]["id"]: row for row in gate.access_rows() if row["event"]["id"] in wanted}) == len(wanted) and found,
                      20, "the log rows")
    return [rows[decision] for decision in ids]


def explain_all(gate, questions, at):
    lines = "".join(json.dumps({"url": url, "address": room, "at": at}) + "\n" for room, _, _, url in questions)
    done = subprocess.run([COMMAND, "explain", "--batch", "-", "--config", gate.config], input=lines, capture_output=True, text=True,
                          env=gate.environment, timeout=120)
    answers = [json.loads(line) for line in done.stdout.splitlines()]
    assert done.returncode == 0, next((answer for answer in answers if "verdict" not in answer), done.stderr)
    assert len(answers) == len(questions), f"{len(answers)} answers to {len(questions)} questions"
    return answers


def check_in_the_console(gate, login, questions, at):
    """(verdict, rule) of each question, as "Check a site" says, on one connection."""
    cookies = "; ".join(f"{name}={value}" for name, value in sign_in(gate, login, gate.passwords[login]).cookies.items())
    console = http.client.HTTPSConnection("127.0.0.1", gate.console_port, context=ssl._create_unverified_context(), timeout=30)
    said = []
    for room, _, _, url in questions:
        console.request("GET", "/check?" + urllib.parse.urlencode({"url": url, "at": at, **PLACES[room]}), headers={"Cookie": cookies})
        text = re.sub(r"\s+", " ", html.unescape(re.sub(r"<[^>]+>", " ", console.getresponse().read().decode())))
        found = re.search(r" Now (Open|Blocked) (?:Rule ([^ ,]+)|Reason (Sealed))", text)
        assert found, f"{url} for {room}: {text[-1500:]}"
        said.append(("allow" if found[1] == "Open" else "block", found[2] or "sealed"))
    console.close()
    return said


def without_ca(config):
    """No trusted CA in any room: each refusal of a CONNECT then comes at once, and carries its decision."""
    path = config / "policy.toml"
    path.write_text(path.read_text().replace("trusts_ca   = true", "trusts_ca   = false").replace("trusts_ca    = true", "trusts_ca    = false"))


SEEN = collections.Counter()


def agree_at(name, clock, login):
    questions = [a_question() for _ in range(QUESTIONS // len(MOMENTS))]

    def case():
        GATE.set_clock(clock)
        rows = ask_all_live(GATE, questions)
        for question, row, told in zip(questions, rows, explain_all(GATE, questions, clock[:16].replace(" ", "T"))):
            live = (row["event"]["action"], row["rule"]["id"], row["gatehouse"]["period"])
            explained = (told["verdict"], told["rule"], told["period"])
            if live != explained:
                raise AssertionError(f"seed {SEED}, {clock}, {question}: live {live}, explained {explained}")
            SEEN[live[:2]] += 1
        share = slice(0, len(questions), IN_THE_CONSOLE)
        checked = check_in_the_console(GATE, login, questions[share], clock[:16].replace(" ", "T"))
        for question, row, said in zip(questions[share], rows[share], checked):
            live = (row["event"]["action"], row["rule"]["id"])
            assert live == said, f"seed {SEED}, {clock}, {question}: live {live}, the console says {said}"

    case.__name__ = f"live, explain and the console agree: {name}"
    return case


def the_questions_were_worth_asking():
    assert sum(SEEN.values()) == QUESTIONS, SEEN
    verdicts = collections.Counter(verdict for verdict, _ in SEEN.elements())
    assert min(verdicts["allow"], verdicts["block"]) > QUESTIONS // 10, verdicts
    assert len(SEEN) >= 25, f"only {len(SEEN)} rules were asked: {SEEN}"


def one_question_gets_the_answer_of_the_batch():
    for _, _, _, url in [a_question() for _ in range(10)]:
        single = GATE.explain("--address", "127.0.1.20", "--at", "2026-11-24T10:42", url)
        assert explain_all(GATE, [("127.0.1.20", "", "", url)], "2026-11-24T10:42") == [single], url


def parts_of_sites_are_on_the_lists():
    officer = sign_in(GATE, "olive", GATE.passwords["olive"])
    assert add_to_list(officer, OPENED, "school-allow") and add_to_list(officer, CLOSED)


# The name server refuses every question at once and private addresses are closed: what is allowed fails fast, and says which rule allowed it.
# A session of the console does not last from one moment to the next, so each has somebody of its own.
LOGINS = [f"lead{number}" for number in range(len(MOMENTS))]
with Gateway(clock=MOMENTS["lesson"], edit=without_ca, accounts=[("officer", "olive"), *(("ict-lead", login) for login in LOGINS)]) as GATE:
    SUITE.run(parts_of_sites_are_on_the_lists, *[agree_at(name, clock, login) for (name, clock), login in zip(MOMENTS.items(), LOGINS)],
              the_questions_were_worth_asking, one_question_gets_the_answer_of_the_batch)
SUITE.close()
