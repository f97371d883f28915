#!/usr/bin/env python3
"""Looking at the access log: saved searches and chosen columns, and marketing, who say first what for and how long."""
import contextlib
import html
import pathlib
import re
import sqlite3
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "support"))
from console import sign_in  # noqa: E402
from gateway import Gateway, Suite, wait_until  # noqa: E402
from origin import HttpHandler, Origin, Wire  # noqa: E402

SUITE = Suite()
HOST = "lessons.school.example"


class Page(HttpHandler):
    def do_GET(self):
        self.send_response(200)
        self.send_header("Content-Length", "2")
        self.end_headers()
        self.wfile.write(b"ok")


SITE = Origin(Page)


def plain(page):
    return html.unescape(re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", page.text)))


def heads(page):
    return re.findall(r'<th scope="col"[^>]*>([^<]*)', page.text)


def columns_are_chosen():
    page = ICT.get(f"/log?host={HOST}")
    assert heads(page) == ["When", "Verdict", "Site", "Who and where", "Rule", "Explanation"], heads(page)
    page = ICT.get(f"/log?host={HOST}&columns=site&columns=method&columns=status&columns=client")
    assert heads(page) == ["Site", "Address", "Method", "Status"], heads(page)
    row = re.findall(r'<td[^>]*>([^<]*)', page.text)
    assert HOST in row[0] and row[2:4] == ["GET", "200"] and row[1] == "-", row
    named = ICT.get(f"/log?host={HOST}&columns=client&purpose=a+fault")
    assert "127.0.1.10" in plain(named), "an address is shown to who says why"
    assert re.search(r'value="method" checked', ICT.get("/log?columns=method").text)


def a_search_is_saved():
    query = f"host={HOST}&verdict=allow&last=week&from=2026-11-01T00:00&columns=site&columns=rule&purpose=secret&cursor=x"
    saved = ICT.fill(f"/log?{query.replace('&cursor=x', '')}", "/log/views", name="Lessons & games")
    assert saved.location == "/log?done=saved", (saved.status, plain(saved)[:800])
    page = ICT.get("/log")
    address = html.unescape(re.search(r'href="(/log\?[^"]*)"[^>]*>Lessons &amp; games', page.text)[1])
    assert HOST in address and "purpose" not in address and "cursor" not in address and "from=" not in address and "last=week" in address, address
    assert heads(ICT.get(address)) == ["Site", "Rule"]
    assert "Lessons" not in plain(OFFICER.get("/log")), "other people have their own"
    assert ICT.fill("/log", "/log/views", name="").status == 422
    number = re.search(r'value="(\d+)"[^>]*>\s*<label[^>]*>Lessons', page.text)[1]
    assert OFFICER.fill("/log", "/log/views/remove", id=number).status == 404
    assert ICT.fill("/log", "/log/views/remove", id=number).location == "/log?done=removed"
    assert "Lessons" not in plain(ICT.get("/log"))


def a_search_is_shared():
    assert ICT.fill(f"/log?host={HOST}&columns=site&last=week", "/log/views", name="News page").location == "/log?done=saved"
    assert ICT.fill("/log?person=amy&purpose=x", "/log/views", name="One child").location == "/log?done=saved"
    page = ICT.get("/log")
    numbers = dict((name, number) for number, name in re.findall(r'value="(\d+)"[^>]*>\s*<label[^>]*>([^<]*)', page.text))
    sharing = re.search(r'action="/log/views/share".*?</form>', page.text, re.DOTALL)[0]
    assert "News page" in sharing and "One child" not in sharing, "what would be refused is not offered"
    assert ICT.fill("/log", "/log/views/share", view=numbers["One child"], shared="yes").status == 422, "somebody is named"
    assert ICT.fill("/log", "/log/views/share", view=numbers["News page"], shared="").status == 422
    assert all(ICT.fill("/log", f"/log/views/{step}", shared="yes").status == 422 for step in ("share", "remove")), "nothing was chosen"
    assert ICT.fill("/log", "/log/views/share", view=numbers["News page"], shared="yes").location == "/log?done=shared"
    seen = OFFICER.get("/log")
    assert "News page, shared by" in plain(seen) and "One child" not in plain(seen), plain(seen)[-1500:]
    address = html.unescape(re.search(r'href="(/log\?[^"]*)"[^>]*>News page', seen.text)[1])
    assert heads(OFFICER.get(address)) == ["Site"]
    assert numbers["News page"] not in re.findall(r'value="(\d+)"[^>]*>\s*<label[^>]*>News page', seen.text), "others cannot change it"
    assert OFFICER.fill("/log", "/log/views/share", view=numbers["News page"], shared="no").status == 403
    assert OFFICER.fill("/log", "/log/views/remove", id=numbers["News page"]).status == 403
    audit = plain(DPO.get("/audit?action=log-view"))
    assert "log-view.share" in audit and "News page, account:" in audit and "log-view.remove.denied" in audit, audit[-1200:]
    assert OFFICER.fill("/log?verdict=block", "/log/views", name="Blocked pages").location == "/log?done=saved"
    own = re.search(r'value="(\d+)"[^>]*>\s*<label[^>]*>Blocked pages', OFFICER.get("/log").text)[1]
    assert ICT.fill("/log", "/log/views/share", view=own, shared="yes").status == 404, "what is not shared is not seen"
    assert OFFICER.fill("/log", "/log/views/share", view=own, shared="yes").location == "/log?done=shared"
    assert "Blocked pages, shared by" in plain(ICT.get("/log")), "the ICT lead may end it"
    assert ICT.fill("/log", "/log/views/remove", id=own).location == "/log?done=removed"
    assert "Blocked pages" not in plain(OFFICER.get("/log"))


def marketing_says_what_for():
    for path in ("/log", f"/log?host={HOST}", "/log/export", "/log/live", "/log/live/events"):
        page = MARKETING.get(path)
        assert "Before you look" in page.text and HOST not in plain(page), path
    assert MARKETING.fill("/log", "/log/purpose", purpose="", days="7").status == 422
    assert MARKETING.fill("/log", "/log/purpose", purpose="x", days="99").status == 422
    assert ICT.fill("/log", "/log/purpose", purpose="x", days="7").status == 403
    assert MARKETING.fill("/log", "/log/purpose", purpose="Who reads our news page.", days="1").location == "/log"
    page = MARKETING.get(f"/log?host={HOST}")
    assert HOST in plain(page) and "Who reads our news page." in plain(page) and 'name="purpose"' not in page.text
    audit = plain(DPO.get("/audit?action=access-log"))
    assert "access-log.begin" in audit and "purpose: Who reads our news page." in audit and "access-log.read" in audit, audit[-1500:]
    assert "Who reads our news page." in plain(DPO.get("/privacy"))


def it_ends():
    page = DPO.get("/privacy")
    number = re.search(r'value="(\d+)"[^>]*>\s*<label[^>]*>Who', page.text)[1]
    assert ICT.fill("/log", "/log/purpose/end", id=number).status == 403
    assert DPO.fill("/privacy", "/log/purpose/end", id=number).status == 303
    assert "Before you look" in MARKETING.get("/log").text
    assert DPO.fill("/privacy", "/log/purpose/end", id=number).status == 409
    assert MARKETING.fill("/log", "/log/purpose", purpose="Another week.", days="1").status == 303
    assert "Another week." in plain(MARKETING.get("/log"))
    number = re.search(r'name="id" value="(\d+)"', MARKETING.get("/log").text)[1]
    assert MARKETING.fill("/log", "/log/purpose/end", id=number).location == "/"
    assert MARKETING.fill("/log", "/log/purpose", purpose="For a day.", days="1").status == 303
    GATE.set_clock("2026-11-25 10:40:00")
    for browser, login in ((MARKETING, "mia"), (DPO, "dev")):
        browser.cookies.clear()
        assert browser.fill("/sign-in", "/sign-in", login=login, password=f"another password of {login}").status == 303
    assert "Before you look" in MARKETING.get("/log").text, "it is over by itself"
    GATE.set_clock("2026-11-25 10:41:00")
    ICT.cookies.clear()
    assert ICT.fill("/sign-in", "/sign-in", login="ian", password="another password of ian").status == 303
    assert "/why?" in ICT.get(f"/log?host={HOST}&last=week").text and "/why?" not in ICT.get(f"/log?host={HOST}&last=hour").text, "yesterday's row"
    row = html.unescape(re.search(r'href="(/why\?[^"]*)"', ICT.get(f"/log?host={HOST}").text)[1])
    assert "What was recorded" in ICT.get(row).text
    answer = MARKETING.get(row + "&purpose=made+up").text
    assert "Before you look" in answer and HOST not in answer, "and no single row is a way round it"


def what_went_is_read_page_by_page():
    """Every purge of years has its row. (These rows are put beside the chain, which is what the Audit page is for.)"""
    GATE.stop()
    with contextlib.closing(sqlite3.connect(GATE.state / "gatehouse.db")) as store:
        last = store.execute("SELECT max(sequence) FROM audit").fetchone()[0]
        for number in range(1, 121):
            store.execute("INSERT INTO audit (sequence, previous, digest, at, account, actor, address, action, object, detail)"
                          " SELECT ?, previous, zeroblob(32), at, 0, 'system', '', 'retention.purge', 'records', ? FROM audit WHERE sequence = ?",
                          (last + number, f"{number} incidents were over their time", last))
        store.commit()
    GATE.start()
    found, path = [], "/privacy"
    for _ in range(3):
        page = DPO.get(path)
        found += re.findall(r"(\d+) incidents were over their time", page.text)
        following = re.search(r'href="(/privacy\?gone=\d)" rel="next"', page.text)
        path = following and html.unescape(following[1])
    assert found == [str(number) for number in range(120, 0, -1)] and path is None, (len(found), path)


PEOPLE = {"ian": "ict-lead", "olive": "officer", "mia": "marketing", "dev": "dpo"}
with Gateway(names={HOST: "127.0.2.1"}, clock="2026-11-24 10:10:00", ports=[SITE.port], accounts=[(role, login) for login, role in PEOPLE.items()]) as GATE:
    ICT, OFFICER, MARKETING, DPO = (sign_in(GATE, login, GATE.passwords[login]) for login in PEOPLE)
    with Wire(GATE, room="127.0.1.10") as wire:
        assert wire.send(f"GET http://{HOST}:{SITE.port}/ HTTP/1.1\r\nHost: {HOST}:{SITE.port}\r\nConnection: close\r\n\r\n").answer().status == 200
    wait_until(lambda: HOST in plain(ICT.get(f"/log?host={HOST}")), what="the row in the day file")
    SUITE.run(columns_are_chosen, a_search_is_saved, a_search_is_shared, marketing_says_what_for, it_ends, what_went_is_read_page_by_page)
SUITE.close()
