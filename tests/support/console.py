"""The console and the portal as a person's browser sees them, without a browser: forms are read from the page and sent back filled in."""
import base64
import hashlib
import hmac
import html
import http.client
import re
import ssl
import struct
import time
import urllib.parse


def code_of(key, ahead=0):
    """The second factor's code (RFC 6238), by another hand."""
    counter = struct.pack(">Q", int(time.time()) // 30 + ahead)
    digest = hmac.new(base64.b32decode(key), counter, hashlib.sha1).digest()
    return f"{(struct.unpack('>I', digest[digest[19] & 15:][:4])[0] & 0x7fffffff) % 10**6:06}"


BOUNDARY = "----a-boundary-of-ours"


def multipart(fields, files):
    """As browsers write it (RFC 7578)."""
    lines = []
    for name, value in fields.items():
        lines += [f'--{BOUNDARY}\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n{value}\r\n'.encode()]
    for name, (file, content) in files.items():
        lines += [f'--{BOUNDARY}\r\nContent-Disposition: form-data; name="{name}"; filename="{file}"\r\nContent-Type: application/octet-stream\r\n\r\n'.encode(), content, b"\r\n"]
    return b"".join(lines) + f"--{BOUNDARY}--\r\n".encode()


class Page:
    def __init__(self, response):
        self.status, self.raw = response.status, response.read()
        self.text = self.raw.decode("utf-8", "replace")
        self.location = response.getheader("Location", "")
        self.cookies = response.headers.get_all("Set-Cookie") or []
        self.disposition, self.cut = response.getheader("Content-Disposition", ""), response.getheader("Gatehouse-Cut")
        self.damaged_days = response.getheader("Gatehouse-Damaged-Days")

    def hidden(self):
        """Values of the hidden fields of the page's forms."""
        return {name: html.unescape(value) for name, value in re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]*)"', self.text)}


class Browser:
    """Keeps cookies, not connections. Raises OSError or http.client.HTTPException when the gateway is away."""

    def __init__(self, port, secure=True, room="127.0.0.1"):
        self.port, self.secure, self.room, self.cookies = port, secure, room, {}

    def ask(self, method, path, fields=None, files=None):
        """files: {"field": ("name.txt", b"bytes")}; the form then goes as multipart/form-data."""
        where = {"timeout": 30, "source_address": (self.room, 0)}
        connection = (http.client.HTTPSConnection("127.0.0.1", self.port, context=ssl._create_unverified_context(), **where) if self.secure
                      else http.client.HTTPConnection("127.0.0.1", self.port, **where))
        scheme = "https" if self.secure else "http"
        headers = {"Cookie": "; ".join(f"{name}={value}" for name, value in self.cookies.items()), "Origin": f"{scheme}://127.0.0.1:{self.port}"}
        body = None
        if fields is not None:
            body, headers["Content-Type"] = urllib.parse.urlencode(fields), "application/x-www-form-urlencoded"
        if files is not None:
            body, headers["Content-Type"] = multipart(fields, files), f"multipart/form-data; boundary={BOUNDARY}"
        try:
            connection.request(method, path, body, headers)
            page = Page(connection.getresponse())
        finally:
            connection.close()
        for cookie in page.cookies:
            name, _, value = cookie.split(";")[0].partition("=")
            self.cookies[name] = value
        return page

    def get(self, path):
        return self.ask("GET", path)

    def fill(self, form, action, /, **fields):
        """Sends the form that stands on the page `form`; the answer."""
        return self.submit(self.get(form), action, **fields)

    def submit(self, page, action, /, **fields):
        """The same with a page that came already."""
        return self.ask("POST", action, {**page.hidden(), **fields})

    def upload(self, form, action, files, **fields):
        """The same with files, see ask()."""
        return self.ask("POST", action, {**self.get(form).hidden(), **fields}, files)


def sign_in(gate, login, password):
    """A browser of a person whose account is new: the first password is changed on the way."""
    browser = Browser(gate.console_port)
    later = f"another password of {login}"
    page = browser.fill("/sign-in", "/sign-in", login=login, password=password)
    if page.status != 303:
        raise AssertionError(f"{login} is not let in: {page.status} {page.text[:500]}")
    if page.location.endswith("/account/password"):
        page = browser.fill("/account/password", "/account/password", old=password, new=later, again=later)
        if page.status != 303:
            raise AssertionError(f"the password of {login} is not changed: {page.status} {page.text[-1500:]}")
    return browser


def add_to_list(browser, target, which="school-block"):
    """True once the console has said that the entry is made and published."""
    page = browser.fill("/lists/add", "/lists/add", list=which, target=target, reason="test", review="2027-06-01", when="now")
    return page.status == 303 and "done=added" in page.location


def ask_for_site(gate, site, room="127.0.0.1"):
    """The reference that the portal gives for a request; None if it refuses."""
    page = Browser(gate.portal_port, secure=False, room=room).fill("/ask", "/ask", site=site, why="for a lesson", name="A pupil")
    found = re.match(r"/status/([^?]+)\?", page.location)
    return found.group(1) if page.status == 303 and found else None
