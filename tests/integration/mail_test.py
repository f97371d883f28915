#!/usr/bin/env python3
"""Notices by e-mail against a mail server of our own: what waits is told once, over TLS, says nothing about anybody, and is not lost while the server
is away or refuses."""
import base64
import contextlib
import html
import json
import pathlib
import re
import shutil
import socket
import ssl
import subprocess
import sys
import tempfile
import threading

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "support"))
from certificates import Issuer  # noqa: E402
from console import Browser, ask_for_site, sign_in  # noqa: E402
from gateway import Gateway, Suite, wait_until  # noqa: E402
from ports import free_port  # noqa: E402

SUITE = Suite()
OFFICER, DSL, FROM = "safety@school.example", "dsl@school.example", "gatehouse@school.example"
HEAD, DPO = "head@school.example", "dpo@school.example"
PASSWORD = "a word that nobody guesses"


def equal(left, right, what="values"):
    if left != right:
        raise AssertionError(f"{what} differ: {str(left)[:500]} and {str(right)[:500]}")


class MailServer:
    """RFC 5321 with STARTTLS and AUTH PLAIN; keeps what it took. `mood`: "good", "full" (refuses each mail), "deaf" (never answers)."""

    def __init__(self, port, certificate=None):
        self.mails, self.seen, self.mood, self.lock = [], [], "good", threading.Lock()
        self.context = None
        if certificate:
            self.context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            self.context.load_cert_chain(*certificate)
        self.listener = socket.create_server(("127.0.0.1", port))
        threading.Thread(target=self.accept, daemon=True).start()

    def accept(self):
        while True:
            try:
                connection, _ = self.listener.accept()
            except OSError:
                return
            threading.Thread(target=self.serve, args=(connection,), daemon=True).start()

    def close(self):
        self.listener.shutdown(socket.SHUT_RDWR)
        self.listener.close()

    def serve(self, connection):
        with contextlib.suppress(OSError, ssl.SSLError, ValueError):
            self.talk(connection)
        connection.close()

    def talk(self, connection):
        if self.mood == "deaf":
            connection.recv(1)
            return
        stream, mail = connection.makefile("rwb", buffering=0), {"to": []}
        secure = False

        def say(text):
            stream.write(text.encode() + b"\r\n")
        say("220 mail.school.example")
        while line := stream.readline():
            words = line.decode().strip()
            verb = words.upper()
            with self.lock:
                self.seen.append((verb.split(" ")[0], secure))
            if verb.startswith("EHLO"):
                say("250-mail.school.example")
                if self.context and not secure:
                    say("250 STARTTLS")
                else:
                    say("250 AUTH PLAIN")
            elif verb == "STARTTLS" and self.context:
                say("220 go on")
                connection = self.context.wrap_socket(connection, server_side=True)
                stream, secure = connection.makefile("rwb", buffering=0), True
            elif verb.startswith("AUTH PLAIN"):
                given = words.split(" ")[2] if len(words.split(" ")) > 2 else None
                if given is None:
                    say("334 ")
                    given = stream.readline().decode().strip()
                good = base64.b64decode(given) == f"\0gate\0{PASSWORD}".encode()
                say("235 welcome" if good else "535 no")
            elif verb.startswith("MAIL FROM:"):
                mail = {"from": re.search("<(.*?)>", words)[1], "to": [], "secure": secure}
                say("452 the disk is full" if self.mood == "full" else "250 well")
            elif verb.startswith("RCPT TO:"):
                mail["to"].append(re.search("<(.*?)>", words)[1])
                say("550 nobody of that name" if self.mood == "knows no officer" and OFFICER in mail["to"] else "250 well")
            elif verb == "DATA":
                say("354 go on")
                text = b""
                while not text.endswith(b"\r\n.\r\n"):
                    text += stream.readline()
                mail["text"] = text[:-3].decode("ascii")
                with self.lock:
                    self.mails.append(mail)
                say("250 taken")
            elif verb == "QUIT":
                say("221 bye")
                return
            else:
                say("250 well")

    def taken(self, count):
        wait_until(lambda: len(self.mails) >= count, seconds=40, what=f"mail number {count}")
        with self.lock:
            return list(self.mails)


def waits_are_told_once_and_name_nobody():
    assert ask_for_site(GATE, "www.secret-site.example")
    mail = MAIL.taken(1)[0]
    equal((mail["from"], mail["to"], mail["secure"]), (FROM, [OFFICER, "second@school.example"], True))
    assert "Subject: Gatehouse: a request waits\r\n" in mail["text"] and f"https://127.0.0.1:{GATE.console_port}/requests\r\n" in mail["text"], mail["text"]
    assert "secret-site" not in mail["text"] and "A pupil" not in mail["text"]
    told = Browser(GATE.portal_port, secure=False).fill("/tell", "/tell", about="pupil", person="Sam Secret", text="Sam is sad.")
    assert told.status == 303, told.status
    mail = MAIL.taken(2)[1]
    equal(mail["to"], [DSL])
    assert "Sam" not in mail["text"] and "sad" not in mail["text"] and "/reports" in mail["text"], mail["text"]
    assert "mail.sent kind=requests" in GATE.log_path.read_text()
    assert all(secure for verb, secure in MAIL.seen if verb in ("AUTH", "MAIL", "RCPT", "DATA")), "something went out in clear"


def nothing_is_lost_while_the_server_refuses_or_is_away():
    before = len(MAIL.mails)
    MAIL.mood = "full"
    assert ask_for_site(GATE, "www.another.example")
    wait_until(lambda: "mail.not_sent kind=requests" in GATE.log_path.read_text(), seconds=30, what="the refusal in the log")
    MAIL.mood = "deaf"
    GATE.stop()  # also while it waits for an answer
    MAIL.mood = "good"
    GATE.start()
    after = MAIL.taken(before + 1)
    equal(after[before]["to"][0], OFFICER)
    # The next look finds nothing new: a report for the DSL is the only mail that follows.
    Browser(GATE.portal_port, secure=False).fill("/tell", "/tell", about="pupil", person="x", text="Again.")
    equal([mail["to"] for mail in MAIL.taken(before + 2)[before:]], [[OFFICER, "second@school.example"], [DSL]], "mails after the restart")


def an_address_that_is_refused_keeps_no_other_mail_back():
    before, refused = len(MAIL.mails), "mail.not_sent kind=requests"
    known = GATE.log_path.read_text().count(refused)
    MAIL.mood = "knows no officer"
    assert ask_for_site(GATE, "www.fourth.example")
    wait_until(lambda: GATE.log_path.read_text().count(refused) > known, seconds=30, what="the refusal in the log")
    assert Browser(GATE.portal_port, secure=False).fill("/tell", "/tell", about="pupil", person="x", text="Again.").status == 303
    equal(MAIL.taken(before + 1)[before]["to"], [DSL])
    MAIL.mood = "good"
    equal(MAIL.taken(before + 2)[before + 1]["to"][0], OFFICER)


def the_console_does_not_wait_for_a_deaf_server():
    MAIL.mood = "deaf"
    assert ask_for_site(GATE, "www.third.example")
    assert sign_in(GATE, "olive", GATE.passwords["olive"]).get("/requests").status == 200
    MAIL.mood = "good"


def restart_with(before, after):
    """The gateway begins again with other settings."""
    settings = GATE.config / "gatehouse.toml"
    text = settings.read_text()
    assert before in text, before
    GATE.stop()
    settings.write_text(text.replace(before, after))
    GATE.start()


def audited(action, words):
    def look():
        return words in html.unescape(sign_in(GATE, "dev", "another password of dev").get(f"/audit?action={action}").text)
    wait_until(look, seconds=60, what=f"{words} in the audit")


def a_change_of_the_mail_is_told_through_the_new_settings():
    sign_in(GATE, "dev", GATE.passwords["dev"])
    audited("machine.mail", "addresses: dsl 1, officer 2")
    restart_with("officer = [", f'headteacher = ["{HEAD}"]\ndpo = ["{DPO}"]\nofficer = [')
    audited("machine.mail", "addresses: dpo 1, dsl 1, headteacher 1, officer 2")

    def told():
        with MAIL.lock:
            return {mail["to"][0] for mail in MAIL.mails if "the machine's owner changed the gateway" in mail["text"]}
    wait_until(lambda: told() == {HEAD, DPO}, seconds=40, what="a mail to both")
    page = html.unescape(sign_in(GATE, "dev", "another password of dev").get("/audit?action=machine.mail").text)
    assert "school.example" in page and HEAD not in page and DPO not in page, "whom is counted, not named"


def a_report_is_told_to_whoever_reads_it_next():
    """Also one that is older than what they were told of, once whoever it was for waits."""
    def told(address):
        with MAIL.lock:
            return [mail["text"] for mail in MAIL.mails if mail["to"] == [address] and "Subject: Gatehouse: a report waits\r\n" in mail["text"]]

    def tell(about, person, address):
        before = len(told(address))
        page = Browser(GATE.portal_port, secure=False).fill("/tell", "/tell", about=about, person=person, text=f"{person} is sad.")
        equal(page.status, 303, "report")
        wait_until(lambda: len(told(address)) == before + 1, seconds=40, what=f"a mail to {address}")
    tell("pupil", "Sam Secret", DSL)
    tell("staff", "Tom Teacher", HEAD)
    GATE.command("account", "new-password", "dora")
    wait_until(lambda: len(told(HEAD)) == 2, seconds=40, what="a mail to the headteacher, who reads it now")
    assert not re.search("Secret|Teacher|is sad|dora", "".join(told(HEAD)), re.IGNORECASE), told(HEAD)


def where_that_mail_does_not_go_a_row_says_so():
    with socket.create_server(("127.0.0.1", 0)) as nobody:
        closed = nobody.getsockname()[1]
    restart_with(f"localhost:{MAIL_PORT}", f"localhost:{closed}")
    audited("mail.not-sent", "to the headteacher: ")
    restart_with(f'headteacher = ["{HEAD}"]\ndpo = ["{DPO}"]\n', "")
    audited("mail.not-sent", "to the dpo: no address is set")
    restart_with(f"localhost:{closed}", f"localhost:{MAIL_PORT}")
    reader = sign_in(GATE, "dev", "another password of dev")

    def rows(what, words=""):
        return sum(words in line for line in reader.get(f"/audit/export?action={what}").text.splitlines() if what in line)
    noted, found = rows("mail.not-sent", "to the dpo: no address is set"), rows("machine.inspection")
    with (GATE.config / "policy.toml").open("a") as policy:
        policy.write('\n[[inspection]]\nid = "left-alone"\nwho = ["pupil"]\nwhat = ["host:chat.example"]\naction = "do-not-inspect"\nreason = "For the test."\n')
    GATE.publish()
    equal(rows("machine.inspection"), found + 1, "rows about what is looked into")
    equal(rows("mail.not-sent", "to the dpo: no address is set"), noted + 1, "rows without a restart")


def a_server_without_tls_or_with_a_strangers_certificate_gets_nothing():
    for server in (MailServer(free_port()), MailServer(free_port(), STRANGER)):
        port = server.listener.getsockname()[1]
        doctor = doctor_of(port)
        equal(doctor["state"], "failed", doctor["text"])
        assert not [verb for verb, _ in server.seen if verb in ("AUTH", "MAIL")], server.seen
        server.close()
    equal(doctor_of(MAIL_PORT)["state"], "ok")
    GATE.config.joinpath("mail-password").write_text("wrong\n")
    equal(doctor_of(MAIL_PORT)["state"], "failed")
    GATE.config.joinpath("mail-password").chmod(0o644)
    assert "read by others" in doctor_of(MAIL_PORT)["text"]


def doctor_of(port):
    settings = GATE.config / "gatehouse.toml"
    text = settings.read_text()
    settings.write_text(text.replace(f"localhost:{MAIL_PORT}", f"localhost:{port}"))
    try:
        return next(each for each in json.loads(GATE.command("doctor", "--json", check=False))["findings"] if each["id"] == "mail")
    finally:
        settings.write_text(text)


FOLDER = pathlib.Path(tempfile.mkdtemp(prefix="gatehouse-mail-"))
try:
    CA, OTHER = Issuer(FOLDER, "ours"), Issuer(FOLDER, "theirs")
    MAIL_PORT = free_port()
    MAIL = MailServer(MAIL_PORT, CA.leaf("mail", "DNS:localhost"))
    STRANGER = OTHER.leaf("stranger", "DNS:localhost")
except Exception:
    shutil.rmtree(FOLDER)
    raise


def with_password(config):
    (config / "mail-password").write_text(PASSWORD + "\n")
    (config / "mail-password").chmod(0o600)


MAIL_LINES = (f'server = "smtp://localhost:{MAIL_PORT}"\nfrom = "{FROM}"\nuser = "gate"\npassword_file = "mail-password"\nca_file = "{CA.cert}"')
try:
    GATE = Gateway(ca=False, edit=with_password, accounts=[("officer", "olive"), ("dpo", "dev"), ("dsl", "dora"), ("headteacher", "harriet")], settings={
        "mail": MAIL_LINES, "mail.to": f'officer = ["{OFFICER}", "second@school.example"]\ndsl = ["{DSL}"]'})
    with GATE:
        SUITE.run(waits_are_told_once_and_name_nobody, nothing_is_lost_while_the_server_refuses_or_is_away,
                  an_address_that_is_refused_keeps_no_other_mail_back, the_console_does_not_wait_for_a_deaf_server,
                  a_change_of_the_mail_is_told_through_the_new_settings, a_report_is_told_to_whoever_reads_it_next,
                  where_that_mail_does_not_go_a_row_says_so, a_server_without_tls_or_with_a_strangers_certificate_gets_nothing)
finally:
    shutil.rmtree(FOLDER)
SUITE.close()
