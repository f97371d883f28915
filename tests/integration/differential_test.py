#!/usr/bin/env python3
"""What we forward means the same to everybody: tricky requests that the gateway takes, through it to nginx, Apache, lighttpd, Node and Python.

Each server hands every request that it understood to one recorder (nginx, Apache and lighttpd as reverse proxies, Node and Python by a few lines
of their own). Method, target, body and number of requests must be those that the gateway logged, or the server refused the request itself.
usage: differential_test.py [text that the names of the cases must hold]
"""
import contextlib
import hashlib
import http.client
import json
import pathlib
import shutil
import socket
import subprocess
import sys
import tempfile
import threading

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "support"))
from gateway import wait_until  # noqa: E402
from hostile import NAME, ORIGIN, HostileSuite, Recorder, small_gateway  # noqa: E402
from origin import HttpHandler, Origin, Wire  # noqa: E402
from ports import free_port  # noqa: E402

FOLDER = tempfile.TemporaryDirectory(prefix="gatehouse-differential-")
ROOT = pathlib.Path(FOLDER.name)
SEEN, LOCK = [], threading.Lock()


class Understood(HttpHandler):
    """The recorder behind the servers, and the Python server itself."""

    def any_method(self):
        body = b"".join(self.body_pieces())
        with LOCK:
            # Not self.path: there http.server has taken slashes away already.
            SEEN.append((self.command, self.requestline.split(" ")[1], hashlib.sha256(body).hexdigest(), self.headers.get("X-Id")))
        self.answer(200, b"" if self.command == "HEAD" else b"understood", X_Id=self.headers.get("X-Id", "none"))

    do_GET = do_HEAD = do_POST = do_PUT = do_PATCH = do_DELETE = do_OPTIONS = any_method


NODE = """
const http = require('http');
http.createServer((request, response) => {
  const parts = [];
  request.on('data', part => parts.push(part));
  request.on('end', () => {
    const body = Buffer.concat(parts);
    const headers = {'X-Id': request.headers['x-id'] || 'none', 'Content-Length': body.length};
    const onward = http.request({host: '127.0.0.1', port: %(recorder)d, method: request.method, path: request.url, headers}, answer => {
      answer.resume();
      answer.on('end', () => { response.writeHead(answer.statusCode, {'X-Id': headers['X-Id'], 'Content-Length': request.method === 'HEAD' ? 0 : 10});
                               response.end(request.method === 'HEAD' ? '' : 'understood'); });
    });
    onward.end(body);
  });
}).listen(%(port)d, '%(address)s');
"""

NGINX = """
daemon off; worker_processes 1; pid %(folder)s/nginx.pid; error_log %(folder)s/error.log;
events { worker_connections 256; }
http { access_log off; client_body_temp_path %(folder)s/a; proxy_temp_path %(folder)s/b; fastcgi_temp_path %(folder)s/c; uwsgi_temp_path %(folder)s/d;
  scgi_temp_path %(folder)s/e; merge_slashes off; underscores_in_headers on; large_client_header_buffers 4 64k;
  server { listen %(address)s:%(port)d; location / { proxy_pass http://127.0.0.1:%(recorder)d; proxy_http_version 1.1; proxy_request_buffering off; } } }
"""

APACHE = """
ServerRoot %(folder)s
ServerName origin.example
PidFile %(folder)s/apache.pid
ErrorLog %(folder)s/error.log
Listen %(address)s:%(port)d
LoadModule mpm_event_module /usr/lib/apache2/modules/mod_mpm_event.so
LoadModule authz_core_module /usr/lib/apache2/modules/mod_authz_core.so
LoadModule proxy_module /usr/lib/apache2/modules/mod_proxy.so
LoadModule proxy_http_module /usr/lib/apache2/modules/mod_proxy_http.so
Mutex fcntl:%(folder)s default
AllowEncodedSlashes NoDecode
MergeSlashes Off
LimitRequestFieldSize 65536
LimitRequestLine 65536
ProxyPass / http://127.0.0.1:%(recorder)d/ nocanon
"""

LIGHTTPD = """
server.document-root = "%(folder)s"
server.bind = "%(address)s"
server.port = %(port)d
server.errorlog = "%(folder)s/error.log"
server.upload-dirs = ("%(folder)s")
server.modules = ("mod_proxy")
server.http-parseopts = ("url-normalize" => "disable", "method-get-body" => "enable", "header-strict" => "enable")
server.max-request-field-size = 65536
proxy.server = ("" => (("host" => "127.0.0.1", "port" => %(recorder)d)))
"""

SERVERS = {"nginx": (NGINX, "nginx.conf", ["nginx", "-e", "{folder}/error.log", "-c", "{file}"]),
           "apache": (APACHE, "apache.conf", ["apache2", "-X", "-f", "{file}"]),
           "lighttpd": (LIGHTTPD, "lighttpd.conf", ["lighttpd", "-D", "-f", "{file}"]),
           "node": (NODE, "server.js", ["node", "{file}"])}


@contextlib.contextmanager
def server(name, recorder):
    """The port on which that server listens."""
    if name == "python":
        origin = Origin(Understood, ORIGIN)
        yield origin.port
        origin.shutdown()
        return
    text, file, command = SERVERS[name]
    folder = ROOT / name
    folder.mkdir()
    folder.chmod(0o755)
    port = free_port(ORIGIN)
    (folder / file).write_text(text % {"folder": folder, "address": ORIGIN, "port": port, "recorder": recorder})
    words = [word.format(folder=folder, file=folder / file) for word in command]
    words[0] = shutil.which(words[0]) or f"/usr/sbin/{words[0]}"
    with open(folder / "output", "wb") as output:
        process = subprocess.Popen(words, stdout=output, stderr=output, cwd=folder)
    try:
        wait_until(lambda: listens(process, folder, port), 30, f"the start of {name}")
        yield port
    finally:
        process.terminate()
        process.wait(20)


def listens(process, folder, port):
    if process.poll() is not None:
        raise AssertionError("\n".join(path.read_text(errors="replace") for path in (folder / "output", folder / "error.log") if path.exists()))
    with contextlib.suppress(OSError):
        socket.create_connection((ORIGIN, port), 1).close()
        return True


def request(method, path, fields=(), body=b"", version="1.1"):
    def make(authority, number):
        lines = [f"{method} http://{authority}{path} HTTP/{version}", f"Host: {authority}", f"X-Id: {number}", *fields]
        return "\r\n".join(lines).encode("latin-1") + b"\r\n\r\n" + body
    return make


CHUNKED = ("Transfer-Encoding: chunked",)
HIDDEN = b"GET /hidden HTTP/1.1\r\nHost: origin.example\r\nX-Id: hidden\r\n\r\n"
# name, request, and what its body is
CASES = [
    ("plain", request("GET", "/plain"), b""),
    ("query of all kinds", request("GET", "/q?a=b&c;d=%20+&&==?/?@:"), b""),
    ("double slashes", request("GET", "/a//b///c/"), b""),
    ("double slashes first, and dots", request("GET", "//a//b/./../c/"), b""),
    ("encoded slash and dots", request("GET", "/a%2fb/%2e%2e/%5c/%25%32%66"), b""),
    ("encoded NUL", request("GET", "/a%00b"), b""),
    ("encoded line end", request("GET", "/a%0d%0aX-Id:%20evil"), b""),
    ("overlong UTF-8", request("GET", "/%c0%ae%c0%af"), b""),
    ("odd characters", request("GET", "/!$&'()*+,;=:@-._~"), b""),
    ("long target", request("GET", "/" + "a" * 4000), b""),
    ("colon first", request("GET", "/http://other.example/x"), b""),
    ("empty path", lambda authority, number: f"GET http://{authority} HTTP/1.1\r\nHost: {authority}\r\nX-Id: {number}\r\n\r\n".encode(), b""),
    ("host in capitals", lambda authority, number: f"GET HTTP://{authority.upper()}/case HTTP/1.1\r\nHost: {authority.upper()}\r\nX-Id: {number}\r\n\r\n".encode(), b""),
    ("empty line first", lambda authority, number: b"\r\n" + request("GET", "/after-empty")(authority, number), b""),
    ("HEAD", request("HEAD", "/head"), b""),
    ("POST without framing", request("POST", "/nothing"), b""),
    ("POST of length zero", request("POST", "/zero", ("Content-Length: 0",)), b""),
    ("POST with a length", request("POST", "/length", ("Content-Length: 5",), b"hello"), b"hello"),
    ("GET with a body", request("GET", "/get-body", ("Content-Length: 5",), b"hello"), b"hello"),
    ("DELETE with a body", request("DELETE", "/delete-body", ("Content-Length: 5",), b"hello"), b"hello"),
    ("OPTIONS with a body", request("OPTIONS", "/options-body", ("Content-Length: 5",), b"hello"), b"hello"),
    ("PATCH in chunks", request("PATCH", "/patch", CHUNKED, b"5\r\nhello\r\n0\r\n\r\n"), b"hello"),
    ("GET with chunks", request("GET", "/get-chunks", CHUNKED, b"5\r\nhello\r\n0\r\n\r\n"), b"hello"),
    ("body that is a request", request("POST", "/inner", (f"Content-Length: {len(HIDDEN)}",), HIDDEN), HIDDEN),
    ("chunk that is a request", request("POST", "/inner-chunk", CHUNKED, b"%x\r\n" % len(HIDDEN) + HIDDEN + b"\r\n0\r\n\r\n"), HIDDEN),
    ("chunk that is the last chunk", request("POST", "/last", CHUNKED, b"5\r\n0\r\n\r\n\r\n0\r\n\r\n"), b"0\r\n\r\n"),
    ("coding in mixed case with blanks", request("POST", "/mixed", ("tRaNsFeR-eNcOdInG: \t cHuNkEd \t",), b"5\r\nhello\r\n0\r\n\r\n"), b"hello"),
    ("extensions", request("POST", "/extensions", CHUNKED, b'5;a=b;c="d;e"\r\nhello\r\n0;x\r\n\r\n'), b"hello"),
    ("sizes with zeros and capitals", request("POST", "/sizes", CHUNKED, b"0000A\r\n0123456789\r\na\r\n0123456789\r\n000\r\n\r\n"), b"01234567890123456789"),
    ("trailers that would change everything", request("POST", "/trailers", CHUNKED, b"5\r\nhello\r\n0\r\nX-Id: evil\r\nHost: evil.example\r\nAuthorization: x\r\n\r\n"), b"hello"),
    ("one-byte chunks", request("POST", "/bytes", CHUNKED, b"1\r\nz\r\n" * 500 + b"0\r\n\r\n"), b"z" * 500),
    ("large body", request("POST", "/large", ("Content-Length: 300000",), b"0123456789" * 30000), b"0123456789" * 30000),
    ("expectation", request("POST", "/expects", ("Expect: 100-continue", "Content-Length: 5"), b"hello"), b"hello"),
    ("length spelled with underscore", request("POST", "/underscore", ("Content_Length: 50", "Content-Length: 5"), b"hello"), b"hello"),
    ("coding spelled with underscore", request("POST", "/underscore-coding", ("Transfer_Encoding: chunked", "Content-Length: 5"), b"hello"), b"hello"),
    ("fields of this hop", request("GET", "/hop", ("Connection: X-Secret, close, keep-alive", "X-Secret: 1", "Keep-Alive: 5", "TE: trailers", "Trailer: X-Id")), b""),
    ("upgrade to h2c", request("GET", "/h2c", ("Connection: Upgrade, HTTP2-Settings", "Upgrade: h2c", "HTTP2-Settings: AAMAAABk")), b""),
    ("odd values", request("GET", "/values", ("X-Empty:", "X-Tab:\ta\tb\t", "X-High: \xe4\xff", "X-Comma: ,,a,,", 'X-Quote: "a\\"b', "X-Colon: a: b: c")), b""),
    ("the same field many times", request("GET", "/many", tuple(f"X-Same: {number}" for number in range(60))), b""),
    ("long field", request("GET", "/long-field", ("X-Long: " + "a" * 7000,)), b""),
    ("forwarded for somebody", request("GET", "/forwarded", ("X-Forwarded-For: 1.2.3.4", "Forwarded: for=1.2.3.4", "X-Forwarded-Host: evil.example")), b""),
    ("HTTP 1.0", request("GET", "/one-zero", ("Connection: keep-alive",), version="1.0"), b""),
    ("HTTP 1.0 with a body", request("POST", "/one-zero-body", ("Connection: keep-alive", "Content-Length: 5"), b"hello", version="1.0"), b"hello"),
]


class Rows:
    """The log rows of this suite's client, read once each."""

    def __init__(self, gate):
        self.path, self.read, self.rows = gate.state / "log" / "access.json", 0, []

    def all(self):
        if self.path.exists():
            with open(self.path, "rb") as file:
                file.seek(self.read)
                text = file.read()
            whole = text[:text.rfind(b"\n") + 1]
            self.read += len(whole)
            self.rows += [row for row in map(json.loads, whole.splitlines()) if row["source"]["ip"] == "127.0.1.50"]
        return self.rows


# What a server itself makes of a target before it hands it on: its own cleaning of paths, not another reading of the message.
OWN_TARGETS = {("apache", "//a//b/./../c/"): "/a//c/"}


def taken():
    with LOCK:
        seen, SEEN[:] = list(SEEN), []
    return seen


def play(gate, rows, server_name, authority, number, make, body):
    """Complaints of one case. A second, plain request follows in the same write: it must stay itself."""
    data = make(authority, f"case-{number}")
    after = f"GET http://{authority}/after-{number} HTTP/1.1\r\nHost: {authority}\r\nX-Id: after-{number}\r\nConnection: close\r\n\r\n".encode()
    method = data.strip().split(b" ")[0].decode()
    before = len(rows.all())
    statuses = []
    with Wire(gate, "127.0.1.50") as wire:
        wire.send(data + after)
        for turn in (method, "GET"):
            try:
                answer = wire.answer(turn)
            except (EOFError, ConnectionError):
                break
            statuses.append(answer.status)
            decision = answer.field("gatehouse-decision")
            if decision:
                return [f"refused by the gateway itself: {answer.status}"]
    seen = taken()
    complaints = []
    logged_rows = wait_until(lambda: len(rows.all()) >= before + len(statuses) and rows.all()[before:], 10, "the log rows")
    if any(one[3] not in (f"case-{number}", f"after-{number}") for one in seen):
        complaints.append(f"requests that nobody sent: {seen}")
    mine = [one for one in seen if one[3] == f"case-{number}"]
    if statuses and statuses[0] == 200:
        row = logged_rows[0]
        logged = row["url"]["path"] + ("?" + row["url"]["query"] if "query" in row["url"] else "")
        wanted = (row["http"]["request"]["method"], OWN_TARGETS.get((server_name, logged), logged), hashlib.sha256(body).hexdigest(), f"case-{number}")
        if mine != [wanted] or wanted[0] != method:
            complaints.append(f"logged {wanted}, understood {mine}")
    elif not statuses or not 400 <= statuses[0] < 600 or mine:
        complaints.append(f"answered {statuses}, understood {mine}")
    if len(statuses) == 2 and (statuses[1] != 200 or [one[1] for one in seen if one[3] == f"after-{number}"] != [f"/after-{number}"]):
        complaints.append(f"the request behind it: {statuses} {seen}")
    return complaints


def main():
    recorder, clean = Origin(Understood, "127.0.0.1"), Recorder()
    suite = HostileSuite()
    with contextlib.ExitStack() as stack:
        ports = {name: stack.enter_context(server(name, recorder.port)) for name in ("nginx", "apache", "lighttpd", "node", "python")}
        # No two settings of one key: the clean origin's port and the servers' are all allowed.
        gate = stack.enter_context(small_gateway(clean.port, settings={
            "log": "queries = true", "reach": f"http_ports = {[80, clean.port, *ports.values()]}"}))
        rows = Rows(gate)
        for server_name, port in ports.items():
            suite.check_clean(gate, clean)
            for number, (name, make, body) in enumerate(CASES):
                title = f"{server_name}: {name}"
                if suite.wanted and not any(word in title for word in suite.wanted):
                    continue
                taken()
                try:
                    complaints = play(gate, rows, server_name, f"{NAME}:{port}", f"{server_name}-{number}", make, body)
                except (AssertionError, OSError, http.client.HTTPException) as error:
                    complaints = [repr(error)]
                suite.failed += bool(complaints)
                suite.passed += not complaints
                if complaints:
                    print(f"FAIL {title}: {'; '.join(complaints)}", flush=True)
        suite.finish(gate)
    FOLDER.cleanup()
    suite.close()


if __name__ == "__main__":
    main()
