#!/usr/bin/env python3
"""The narrowest grant that works: the officer sees which blocked sites came with the one that was asked for, and the grant opens those that were chosen."""
import pathlib
import re
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "support"))
from console import ask_for_site, sign_in  # noqa: E402
from gateway import Gateway, Suite, wait_until  # noqa: E402
from origin import HttpHandler, Origin, Wire  # noqa: E402

SUITE = Suite()
PUPILS, STAFF = "127.0.1.10", "127.0.1.20"
SITE_HOST, CDN, OTHER, OPEN = "lessons.example", "cdn.pictures.example", "elsewhere.example", "open.example"


class Page(HttpHandler):
    def do_GET(self):
        self.send_response(200)
        self.send_header("Content-Length", "2")
        self.end_headers()
        self.wfile.write(b"ok")


SITE = Origin(Page)


def status(room, host):
    with Wire(GATE, room=room) as wire:
        return wire.send(f"GET http://{host}:{SITE.port}/ HTTP/1.1\r\nHost: {host}:{SITE.port}\r\nConnection: close\r\n\r\n").answer().status


def request_page():
    number = re.search(r'/request\?id=(\d+)', OFFICER.get("/requests").text)[1]
    return f"/request?id={number}"


def the_page_says_what_came_with_the_site():
    done = OFFICER.ask("POST", "/rules/edit", {**OFFICER.get("/rules/edit").hidden(), "row": "", "id": "closed", "who": "pupil", "what": f"{SITE_HOST}\n{CDN}\n{OTHER}",
                                               "action": "block", "reason": "Not yet.", "clause": "12", "after": "", "why": "A test."})
    assert done.status == 303 and OFFICER.fill("/draft", "/draft/publish", message="A test.").status == 303
    GATE.set_clock("2026-11-24 10:10:30")
    assert status(STAFF, OTHER) == 200
    for minute in (12, 14, 16):
        GATE.set_clock(f"2026-11-24 10:{minute}:00")
        assert [status(STAFF, host) for host in (SITE_HOST, CDN, OPEN)] == [200, 200, 200]
    assert [status(PUPILS, host) for host in (SITE_HOST, CDN, OPEN)] == [403, 403, 200]
    assert ask_for_site(GATE, SITE_HOST, room=PUPILS)
    page = wait_until(lambda: (lambda text: text if f'name="also" type="checkbox" value="{CDN}"' in text else None)(OFFICER.get(request_page()).text), what="rows in the day file")
    offered = re.findall(r'name="also" type="checkbox" value="([^"]*)"', page)
    assert offered == [CDN], f"{offered}: what is open needs no grant, and what came at another time is not part of it"


def the_grant_opens_what_was_chosen():
    where = request_page()
    refused = OFFICER.fill(where, "/request/recommend", advice="open", text="For Year 9.", scope="role", target=SITE_HOST, when="any", until="term", also="not a site")
    assert refused.status == 422, refused.status
    done = OFFICER.fill(where, "/request/recommend", advice="open", text="For Year 9.", scope="role", target=SITE_HOST, when="any", until="term", also=CDN)
    assert done.status == 303, (done.status, re.sub(r"<[^>]+>", " ", done.text)[:1500])
    assert f"{SITE_HOST}, {CDN}" in HEAD.get(where).text
    assert [status(PUPILS, host) for host in (SITE_HOST, CDN)] == [403, 403]
    done = HEAD.fill(where, "/request/decide", decision="approve", reason="Yes.")
    assert done.status == 303, (done.status, re.sub(r"<[^>]+>", " ", done.text)[:1500])
    assert [status(PUPILS, host) for host in (SITE_HOST, CDN, OTHER)] == [200, 200, 403]


def advice_to_keep_it_closed_cannot_be_approved():
    """There would be nothing to open: the form offers to refuse, or to ask the officer for terms."""
    assert ask_for_site(GATE, OTHER, room=PUPILS)
    where = request_page()
    done = OFFICER.fill(where, "/request/recommend", advice="keep", text="Not for school.", scope="role", target=OTHER, when="any", until="term")
    assert done.status == 303, (done.status, re.sub(r"<[^>]+>", " ", done.text)[:1500])
    page = HEAD.get(where).text
    assert 'value="approve"' not in page and 'value="refuse"' in page and 'value="send-back"' in page
    back = HEAD.fill(where, "/request/decide", decision="send-back", reason="It should open for Year 9.")
    assert back.status == 303 and "It should open for Year 9." in OFFICER.get(where).text


HOSTS = (SITE_HOST, CDN, OTHER, OPEN)
with Gateway(names=dict.fromkeys(HOSTS, "127.0.2.1"), clock="2026-11-24 10:10:00", ports=[SITE.port], accounts=[("officer", "olive"), ("headteacher", "harriet")]) as GATE:
    OFFICER, HEAD = (sign_in(GATE, login, GATE.passwords[login]) for login in ("olive", "harriet"))
    SUITE.run(the_page_says_what_came_with_the_site, the_grant_opens_what_was_chosen, advice_to_keep_it_closed_cannot_be_approved)
SUITE.close()
