#!/usr/bin/env python3
"""The console for programs: every page and every form with a key, as JSON. What openapi.json says is what the pages ask, a key may what its account may and no
more, and the command line uses it.
"""
import contextlib
import html
import http.client
import json
import os
import pathlib
import re
import sqlite3
import ssl
import subprocess
import sys
import time
import urllib.parse

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "support"))
from console import Browser, code_of, sign_in  # noqa: E402
from gateway import COMMAND, Gateway, Suite  # noqa: E402
from origin import Wire  # noqa: E402
from schema import Schemas  # noqa: E402

SUITE = Suite()
INSTAGRAM, PUPILS = "www.instagram.com", "127.0.1.10"
ROLES = {"olive": "officer", "harriet": "headteacher", "ian": "ict-lead", "dora": "dsl", "dev": "dpo", "ada": "auditor", "max": "marketing"}


class Answer:
    def __init__(self, response):
        self.status, self.body = response.status, response.read().decode()
        self.type, self.headers = response.getheader("Content-Type", ""), response.headers
        self.data = json.loads(self.body) if self.type.startswith("application/json") else None


class Contract:
    """What openapi.json promises, held against every answer of this suite."""

    def __init__(self, document):
        self.document, self.schemas, self.held = document, Schemas(document), 0

    def operation(self, method, path):
        return self.document["paths"].get(path, {}).get(method.lower())

    def check(self, method, path, body, answer):
        operation = self.operation(method, path.partition("?")[0])
        if operation is None or answer.status in (400, 405, 421):
            return
        promised = operation["responses"][str(answer.status)]["content"]
        assert answer.type in promised, (method, path, answer.type, list(promised))
        if answer.data is not None:
            faults = self.schemas.faults(answer.data, promised[answer.type]["schema"])
            assert not faults, (method, path, answer.status, faults[:5])
            self.held += 1
        if answer.status == 200:
            self.check_question(operation, method, path, body)

    def check_question(self, operation, method, path, body):
        """What was taken is what is described."""
        if method == "POST" and isinstance(body, dict):
            faults = self.schemas.faults({name: value for name, value in body.items() if value != ""}, operation["requestBody"]["content"]["application/json"]["schema"])
            assert not faults, (path, faults)
        known = {each["name"]: each["schema"] for each in operation.get("parameters", [])}
        for name, value in urllib.parse.parse_qsl(path.partition("?")[2]):
            if name in known and known[name]["type"] == "string":
                faults = self.schemas.faults(value, known[name])
                assert not faults, (path, faults)


def call(method, path, key=None, body=None, headers=None):
    answer = ask(method, path, key, body, headers)
    if CONTRACT and "Host" not in (headers or {}):
        CONTRACT.check(method, path, body, answer)
    return answer


def ask(method, path, key=None, body=None, headers=None):
    connection = http.client.HTTPSConnection("127.0.0.1", GATE.console_port, context=ssl._create_unverified_context(), timeout=60)
    sent = dict(headers or {})
    if key:
        sent["Authorization"] = f"Bearer {key}"
    if body is not None and "Content-Type" not in sent:
        body, sent["Content-Type"] = json.dumps(body), "application/json"
    try:
        connection.request(method, "/api/v1" + path, body, sent)
        return Answer(connection.getresponse())
    finally:
        connection.close()


def make_key(login, may="read", days="7"):
    page = BROWSER[login].fill("/account/tokens", "/account/tokens", name="A test", may=may, days=days, password=f"another password of {login}")
    assert page.status == 200, (page.status, page.text[-1500:])
    return re.search(r"gatehouse_[0-9a-f]{32}", page.text)[0]


def parts(answer, kind):
    return [part for part in answer.data["parts"] if part["kind"] == kind]


def a_page_is_data():
    key = make_key("olive")
    assert key not in BROWSER["olive"].get("/account/tokens").text, "it is shown once"
    page = call("GET", "/rules", key)
    assert page.status == 200 and page.data["title"] == "Rules", page.body[:500]
    table = parts(page, "table")[0]
    assert table["head"][0] == "Order" and any(cell["text"] == "blocked-social-media" for row in table["rows"] for cell in row)
    assert "<" not in page.data["title"] and "govuk" not in page.body and "csrf" not in page.body
    assert page.headers["Cache-Control"] == "no-store" and "Set-Cookie" not in page.headers
    check = call("GET", "/check?url=www.instagram.com&role=pupil&at=2026-11-24T10:00", key)
    assert any(row["key"] == "Now" and row["text"] == "Blocked" for summary in parts(check, "summary") for row in summary["rows"]), check.body[:800]
    missing = call("GET", "/request?id=999", key)
    assert missing.status == 404 and missing.data["error"], missing.body


def a_form_is_a_call():
    key = make_key("olive", "change")
    added = call("POST", "/lists/add", key, {"list": "school-block", "target": "games.example\nvideos.example/fun", "reason": "Tried out.", "review": "2027-06-01", "when": "draft"})
    assert added.status == 200 and added.data["see"] == "/draft?done=added", added.body
    draft = call("GET", "/draft", key)
    assert "games.example" in draft.body
    wrong = call("POST", "/lists/add", key, {"list": "school-block", "target": "not a site", "reason": "", "review": "2027-06-01"})
    assert wrong.status == 422 and {problem["field"] for problem in parts(wrong, "problems")[0]["problems"]} == {"reason"}, wrong.body[:800]
    rule = call("POST", "/rules/edit", key, {"id": "chess", "who": ["pupil", "group:year-9"], "what": "chess.example", "action": "block", "reason": "Not now.", "clause": "12", "after": "", "why": "A test."})
    assert rule.status == 200, rule.body[:800]
    done = call("POST", "/draft/publish", key, "message=From+a+program", {"Content-Type": "application/x-www-form-urlencoded"})
    assert done.status == 200 and done.data["see"] == "/history?done=published", done.body[:800]
    rules = parts(call("GET", "/rules", key), "table")[0]["rows"]
    assert rules[0][1]["text"] == "Pupil, Year 9" and rules[0][2]["text"] == "chess.example", rules[0]
    audit = BROWSER["ada"].get("/audit?action=publication.propose").text
    assert "127.0.0.1, key A test" in audit and "olive" in audit, "the records name the person and the key"


def a_key_may_what_its_account_may():
    reads, changes = make_key("olive"), make_key("olive", "change")
    for refused in (call("GET", "/rules"), call("GET", "/rules", "gatehouse_" + "0" * 32), call("GET", "/rules", "x"), call("GET", "/rules", headers={"Authorization": "Basic b2xpdmU6eA=="})):
        assert refused.status == 401 and refused.headers["WWW-Authenticate"] == "Bearer", refused.body
    assert call("POST", "/lists/add", reads, {"list": "school-block"}).status == 403
    assert call("GET", "/accounts", changes).status == 403 and call("GET", "/audit", changes).status == 403, "not the officer's"
    cookies = "; ".join(f"{name}={value}" for name, value in BROWSER["olive"].cookies.items())
    assert call("GET", "/rules", headers={"Cookie": cookies}).status == 401, "cookies count for people only"
    for path in ("/account/tokens", "/account/password", "/sign-in", "/account/second-factor", "/log/live", "/nothing"):
        assert call("GET", path, changes).status == 404, path
    assert call("POST", "/account/tokens", changes, {"name": "more", "may": "change", "days": "7", "password": "another password of olive"}).status == 404, "keys make no keys"
    assert call("PUT", "/rules", changes, {}).status == 405
    for body in ("{", "[]", '{"a": {"b": 1}}', '{"a": [["b"]]}', '{"a": "\\u0000"}', "[" * 100):
        assert call("POST", "/lists/add", changes, body, {"Content-Type": "application/json"}).status == 400, body
    approved = call("POST", "/request/decide", changes, {"id": 1, "version": 1, "decision": "approve"})
    assert approved.status == 403, "four eyes count for programs as well"
    refused = BROWSER["ada"].get("/audit?action=console.role_refused").text
    assert "/request/decide" in refused and "127.0.0.1, key A test" in refused, "the try is on record"
    assert call("GET", "/rules", reads, headers={"Host": "evil.example"}).status == 421


def a_key_ends():
    by_hand, by_lead = make_key("dora"), make_key("dora")
    page = BROWSER["dora"].get("/account/tokens")
    numbers = re.findall(r'value="(\d+)"[^>]*>\s*<label[^>]*>A test', page.text)
    assert BROWSER["dora"].fill("/account/tokens", "/account/tokens/end", token=numbers[-1]).status == 303
    assert call("GET", "/reports", by_hand).status == 401 and call("GET", "/reports", by_lead).status == 200
    lead = BROWSER["ian"]
    number = re.search(r'/accounts/one\?id=(\d+)"[^>]*>dora<', lead.get("/accounts").text)[1]
    assert BROWSER["olive"].fill("/account/tokens", "/account/tokens/end", token=numbers[0]).status == 403
    one, theirs = f"/accounts/one?id={number}", {"token": numbers[0], "account": number}
    for wrong in ({}, {"key_proof": "not it"}):
        page = lead.fill(one, "/account/tokens/end", **theirs, **wrong)
        assert page.status == 422 and "End the key" in page.text, (wrong, page.status)
    assert lead.fill("/account", "/account/tokens/end", token=numbers[0]).status == 404, "nor as if it were the own one"
    assert call("GET", "/reports", by_lead).status == 200, "without the own password"
    ended = lead.fill(one, "/account/tokens/end", **theirs, key_proof="another password of ian")
    assert ended.status == 303 and call("GET", "/reports", by_lead).status == 401
    third = make_key("dora")
    assert lead.fill(f"/accounts/one?id={number}", "/accounts/role", id=number, role="auditor", password="another password of ian").status == 303
    assert call("GET", "/incidents", third).status == 401, "a new role needs new keys"
    for wanted in ({"name": ""}, {"days": "9999"}, {"password": "wrong"}):
        page = BROWSER["olive"].fill("/account/tokens", "/account/tokens", **{"name": "A test", "may": "read", "days": "7", "password": "another password of olive", **wanted})
        assert page.status == 422, wanted


def a_key_says_yes_to_nothing_that_its_account_did():
    lead, own = BROWSER["ian"], "another password of ian"
    number = re.search(r'/accounts/one\?id=(\d+)"[^>]*>dev<', lead.get("/accounts").text)[1]
    page = lead.fill(f"/accounts/one?id={number}", "/accounts/password", id=number, proof=own)
    first = re.search(r"Password</dt>\s*<dd[^>]*>(?:\s*<[^>]+>)*\s*([^<\s]+)", page.text)
    assert page.status == 200 and first, page.text[-1500:]
    BROWSER["dev"] = sign_in(GATE, "dev", html.unescape(first[1]))
    key = make_key("ian", "change")
    hold = call("GET", f"/roles/access?id={number}", key)
    assert hold.status == 200 and not parts(hold, "form"), hold.body[:1500]
    refused = call("POST", "/roles/access", key, {"id": number, "newest": "1", "decision": "confirm", "password": own})
    assert refused.status == 403, refused.body
    assert "127.0.0.1, key A test" in BROWSER["ada"].get("/audit?action=account.confirm-access.denied").text, "the try is on record"
    confirm("dev", number)


def confirm(login, number):
    done = BROWSER["harriet"].fill(f"/roles/access?id={number}", "/roles/access", decision="confirm", password="another password of harriet")
    assert done.status == 303 and "done=known" in done.location, (login, done.status, done.text[-1500:])


def a_key_of_an_account_that_waits_opens_what_the_account_may():
    """None lives on when another way in is given; here one is brought back to life by hand."""
    setup, lead, browser = "/account/second-factor", BROWSER["ian"], BROWSER["olive"]
    assert browser.fill(setup, f"{setup}/begin", password="another password of olive").status == 303
    secret = re.search(r"key into it: ([A-Z2-7 ]+)", browser.get(setup).text)[1].replace(" ", "")
    assert browser.fill(setup, f"{setup}/confirm", code=code_of(secret)).status == 200
    key = make_key("olive", "change")
    assert call("GET", "/incidents", key).status == 200
    tail = Tail(key)
    assert tail.event() == {"kind": "begin"}
    number = re.search(r'/accounts/one\?id=(\d+)"[^>]*>olive<', lead.get("/accounts").text)[1]
    assert lead.fill(f"/accounts/one?id={number}", "/accounts/code", id=number, known="another password of ian").status == 303
    assert call("GET", "/status", key).status == 401, "taking the code off ends the keys"
    with contextlib.closing(sqlite3.connect(GATE.state / "gatehouse.db", isolation_level=None)) as store:
        store.execute("UPDATE api_tokens SET ended_at = NULL WHERE id = (SELECT max(id) FROM api_tokens)")
    for method, path in (("GET", "/incidents"), ("GET", "/reports"), ("GET", "/rules"), ("GET", "/draft"), ("GET", "/history"), ("GET", "/inspection"), ("POST", "/report/take-up")):
        page = call(method, path, key, {"id": "1"} if method == "POST" else None)
        assert page.status == 403 and "ian took its code off" in page.body and "Harriet" in page.body, (path, page.status, page.body[:800])
    assert tail_ends(tail), "what was being read ends too"
    assert call("GET", "/status", key).status == 200
    audit = BROWSER["ada"].get("/audit?action=console.held_refused").text
    assert "/report/take-up" in audit and "/reports" not in audit, "what it tried to do is on record, and no key floods that by reading"
    BROWSER["olive"] = sign_in(GATE, "olive", "another password of olive")
    confirm("olive", number)
    assert call("GET", "/incidents", key).status == 200


def what_openapi_says_is_what_the_pages_ask():
    """For every role, every page in reach is read; each of its forms is described, with all its fields."""
    described = call("GET", "/openapi.json").data
    assert described["openapi"] == "3.0.3" and described["servers"][0]["url"].endswith("/api/v1")
    for path, item in described["paths"].items():
        for method, operation in item.items():
            assert operation["summary"] and operation["operationId"] and "401" in operation["responses"], (method, path)
    forms, seen, typed = {}, set(), 0
    open_at_once = [path for path, item in described["paths"].items() if "get" in item and not any(each.get("required") for each in item["get"].get("parameters", []))]
    for login in ROLES:
        if login == "dora":
            continue
        key, ahead, visited = make_key(login), [*open_at_once], set()
        while ahead and len(visited) < 200:
            address = ahead.pop(0)
            path = address.partition("?")[0]
            if address in visited or path in ("/checks/run", "/draft/effect", "/log/export", "/audit/export", "/log/live/events", "/governors/pdf") or "get" not in described["paths"].get(path, {}):
                continue
            visited.add(address)
            page = call("GET", address.replace(" ", "%20"), key)
            if page.status != 200 or page.data is None:
                continue
            seen.add(path)
            for text in re.findall(r'"href":"(/[^"]*)"', page.body):
                kind = re.sub(r"\d+", "N", text)
                if kind not in {re.sub(r"\d+", "N", other) for other in visited | set(ahead)} or "?" not in text:
                    ahead.append(text)
            for form in parts(page, "form"):
                kept = forms.setdefault((form["method"], form["action"]), {})
                kept.update({field["name"]: field for field in form["fields"] if field.get("longest", 0) >= kept.get(field["name"], {}).get("longest", 0)})
    people_only = {"/account/tokens", "/account/password", "/account/second-factor/begin"}
    faults = []
    for (method, action), fields in forms.items():
        if action in people_only:
            continue
        operation = described["paths"].get(action, {}).get(method)
        assert operation, f"{method} {action} is not described"
        if method == "get":
            known = {parameter["name"]: parameter["schema"] for parameter in operation.get("parameters", [])}
        else:
            known = operation["requestBody"]["content"]["application/json"]["schema"]["properties"]
        for name, field in fields.items():
            described_as = known.get("role-ROLE" if name.startswith("role-") and "role-ROLE" in known else name)
            assert described_as, (method, action, name)
            typed += 1
            if fault := misfit(field, described_as):
                faults.append((method, action, name, fault))
    assert not faults, faults
    assert len(forms) > 20 and len(seen) > 28, (len(forms), len(seen))
    print(f"     {len(seen)} pages, {len(forms)} forms and {typed} fields were compared, {CONTRACT.held} answers held against their schemas")


def misfit(field, schema):
    """What a described field does not say of the one that a page shows; nothing if they fit."""
    kind, options = field["kind"], {option["value"] for option in field.get("options", [])}
    items = schema.get("items", schema)
    if kind == "checkboxes":
        return None if schema["type"] in ("array", "boolean") and options <= set(items.get("enum", options)) else "boxes"
    if kind in ("date", "datetime", "time"):
        fits = {"date": schema.get("format") == "date", "datetime": "T" in schema.get("pattern", ""), "time": schema.get("pattern") == "^[0-9]{2}:[0-9]{2}$"}
        return None if fits[kind] else f"{kind}: {schema}"
    if kind in ("select", "radios") and schema["type"] == "integer":
        return None if all(option.isdigit() for option in options) else "numbers"
    if kind in ("select", "radios") and "enum" in schema:
        return None if options <= set(schema["enum"]) else f"{options} and {schema['enum']}"
    if "longest" in field:
        return None if schema["type"] == "string" and schema.get("maxLength") == field["longest"] else f"{field['longest']} and {schema.get('maxLength')}"
    return None


class Tail:
    """The log as it is written, as a program hears it."""

    def __init__(self, key, query=""):
        self.connection = http.client.HTTPSConnection("127.0.0.1", GATE.console_port, context=ssl._create_unverified_context(), timeout=60)
        self.connection.request("GET", f"/api/v1/log/live/events{query}", headers={"Authorization": f"Bearer {key}"})
        self.answer = self.connection.getresponse()
        self.status, self.type = self.answer.status, self.answer.getheader("Content-Type")

    def event(self):
        """The next, which is as it was described; None: it is over."""
        last = time.monotonic() + 30
        while line := self.answer.readline().decode():
            assert time.monotonic() < last, "nothing comes"
            if line.startswith("data: "):
                data = json.loads(line[6:])
                schema = CONTRACT.operation("get", "/log/live/events")["responses"]["200"]["content"]["text/event-stream"]["schema"]
                faults = CONTRACT.schemas.faults(data, schema)
                assert not faults, faults
                return data
        return None


def fetch(site, room=PUPILS):
    with Wire(GATE, room=room) as wire:
        return wire.get(f"http://{site}/").answer().status


def end_key(login):
    """The newest one of the account."""
    numbers = re.findall(r'value="(\d+)"[^>]*>\s*<label[^>]*>A test', BROWSER[login].get("/account/tokens").text)
    assert BROWSER[login].fill("/account/tokens", "/account/tokens/end", token=max(numbers, key=int)).status == 303


def the_log_comes_as_it_is_written():
    key = make_key("ian")
    tail = Tail(key)
    assert (tail.status, tail.type) == (200, "text/event-stream")
    assert tail.event() == {"kind": "begin"}
    assert fetch(INSTAGRAM) == 403
    row = tail.event()
    assert (row["verdict"], row["site"], row["rule"], row["role"]) == ("block", f"{INSTAGRAM}/", "blocked-social-media", "pupil"), row
    assert call("GET", f"/why?key={row['key']}", key).status == 200, "the row can be asked about"
    chosen = Tail(key, "?verdict=block&host=facebook.com")
    assert chosen.event() == {"kind": "begin"}
    for site in (INSTAGRAM, "www.facebook.com"):
        fetch(site)
    assert chosen.event()["site"] == "www.facebook.com/", "of that search only"
    for tail_of, status in ((Tail(key, "?person=amy"), 422), (Tail(key, "?person=ian&purpose=x"), 403), (Tail(make_key("ada")), 403), (Tail("gatehouse_" + "0" * 32), 401)):
        assert tail_of.status == status, (tail_of.status, status)
    named = Tail(key, "?person=amy&purpose=A+worry")
    assert named.event() == {"kind": "begin"}
    audit = BROWSER["ada"].get("/audit?action=access-log.read").text
    assert "A worry" in audit and "key A test" in audit, "the look is on record before it is made"
    end_key("ian")
    assert tail_ends(tail) and tail_ends(chosen) and tail_ends(named), "with their key"


def tail_ends(tail):
    while event := tail.event():
        if event["kind"] == "end":
            return event["because"] == "reader" and tail.event() is None
    return False


def marketing_states_a_purpose_first():
    key = make_key("max", "change")
    for path in ("/log", "/log/export", "/log/live/events"):
        refused = call("GET", path, key)
        assert refused.status == 403 and refused.data["error"] == "Before you look", (path, refused.body[:300])
    assert call("POST", "/log/purpose", key, {"purpose": "Who reads our news page.", "days": 1}).status == 200
    tail = Tail(key)
    assert tail.event() == {"kind": "begin"}
    number = next(field["value"] for form in parts(call("GET", "/log", key), "form") if form["action"] == "/log/purpose/end" for field in form["fields"] if field["name"] == "id")
    assert call("POST", "/log/purpose/end", key, {"id": int(number)}).status == 200
    assert tail_ends(tail), "with the purpose"


def long_lists_come_in_pages():
    """Fifty rows at a time, with the way to the others; nothing is cut off for good."""
    key = make_key("olive", "change")
    for number in range(51):
        asked = {"user": f"pupil.{number}", "what": "category:social-media", "reason": f"Activity {number}."}
        assert call("POST", "/permission/new", key, asked).status == 200, number
    first, second = call("GET", "/permissions", key), call("GET", "/permissions?page=2", key)
    assert [len(parts(page, "table")[0]["rows"]) for page in (first, second)] == [50, 1]
    assert any(part["text"] == "1 to 50 of 51" for part in parts(first, "paragraph")) and parts(first, "pages")[0]["older"] == "/permissions?page=2", first.body[-600:]
    assert "pupil.0" in second.body and "pupil.0\"" not in first.body
    for path in ("/reports?page=9", "/reports?show=handled&page=x", "/requests?page=2", "/grants?show=all&page=2", "/checks?page=2"):
        assert call("GET", path, key).status == 200, path
    for login, path in (("ian", "/roles?page=2"), ("dev", "/privacy?page=2")):
        assert call("GET", path, make_key(login)).status == 200, path


def the_command_line_uses_it():
    key = make_key("ian")
    environment = {**GATE.environment, "GATEHOUSE_KEY": key}

    def run(*words, **more):
        return subprocess.run([COMMAND, "api", *words, "--config", GATE.config], capture_output=True, text=True, timeout=60, env={**environment, **more})

    done = run("/status")
    assert done.returncode == 0 and json.loads(done.stdout)["title"] == "Status", done.stderr + done.stdout[:300]
    found = run("/check", "url=www.instagram.com", "role=pupil", "at=2026-11-24T10:00")
    assert found.returncode == 0 and "Blocked" in found.stdout, found.stdout[:300]
    assert run("/accounts/role", "id=1", "--post").returncode == 1
    assert run("/nothing").returncode == 1 and run("/status", GATEHOUSE_KEY="").returncode == 1
    file = GATE.folder / "key"
    file.write_text(key + "\n")
    assert run("/status", "--key-file", str(file), GATEHOUSE_KEY="").returncode == 0
    assert "paths" in run("/openapi.json", GATEHOUSE_KEY="").stdout
    csv = run("/log/export", "host=x")
    assert csv.returncode == 0 and "," in csv.stdout.splitlines()[0], csv.stdout[:200]


CONTRACT = None
with Gateway(accounts=[(role, login) for login, role in ROLES.items()]) as GATE:
    BROWSER = {login: sign_in(GATE, login, GATE.passwords[login]) for login in ROLES}
    CONTRACT = Contract(ask("GET", "/openapi.json").data)
    SUITE.run(a_page_is_data, a_form_is_a_call, a_key_may_what_its_account_may, a_key_of_an_account_that_waits_opens_what_the_account_may, a_key_ends, a_key_says_yes_to_nothing_that_its_account_did, the_log_comes_as_it_is_written,
              marketing_states_a_purpose_first, what_openapi_says_is_what_the_pages_ask, long_lists_come_in_pages, the_command_line_uses_it)
SUITE.close()
