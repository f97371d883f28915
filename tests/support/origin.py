"""Local origins and a client that writes bytes by hand, for suites that play both ends of the gateway."""
import hashlib
import http.server
import os
import pathlib
import socket
import socketserver
import ssl
import subprocess
import threading

PATIENCE = 30.0  # seconds until an answer that does not come is a failure
BLOCK = os.urandom(1 << 20)  # long bodies repeat it


def pattern(size):
    """`size` bytes in pieces, never all of them in memory."""
    while size > 0:
        piece = BLOCK if size >= len(BLOCK) else BLOCK[:size]
        yield piece
        size -= len(piece)


def pattern_hash(size, known={}):
    if size not in known:
        digest = hashlib.sha256()
        for piece in pattern(size):
            digest.update(piece)
        known[size] = digest.hexdigest()
    return known[size]


class Origin(socketserver.ThreadingTCPServer):
    """A server on a loopback address. The handler is a http.server.BaseHTTPRequestHandler or any socketserver handler."""
    daemon_threads = True
    allow_reuse_address = True
    request_queue_size = 1024

    def __init__(self, handler, address="127.0.2.1", port=0, tls=None):
        self.address_family = socket.AF_INET6 if ":" in address else socket.AF_INET
        self.tls = tls
        super().__init__((address, port), handler)
        self.address, self.port = address, self.server_address[1]
        threading.Thread(target=self.serve_forever, args=(0.05,), daemon=True).start()

    def finish_request(self, request, client_address):
        if self.tls:
            request = self.tls.wrap_socket(request, server_side=True)
        super().finish_request(request, client_address)

    def handle_error(self, request, client_address):
        """Clients that leave in the middle are part of the tests."""


class HttpHandler(http.server.BaseHTTPRequestHandler):
    """Answers HTTP/1.1; do_GET and the like are the suite's."""
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True

    def log_message(self, *_):
        pass

    def answer(self, status=200, body=b"", **fields):
        self.send_response(status)
        for name, value in fields.items():
            self.send_header(name.replace("_", "-"), value)
        if status >= 200 and status not in (204, 304) and "Content_Length" not in fields:
            self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(body)

    def body_pieces(self):
        """The request's body in pieces, whichever framing it has."""
        if "chunked" in self.headers.get("Transfer-Encoding", ""):
            while size := int(self.rfile.readline().split(b";")[0], 16):
                while size:
                    piece = self.rfile.read(min(size, 1 << 18))
                    size -= len(piece)
                    yield piece
                self.rfile.readline()
            while self.rfile.readline().strip():
                pass
            return
        left = int(self.headers.get("Content-Length", 0))
        while left:
            piece = self.rfile.read(min(left, 1 << 18))
            if not piece:
                raise ConnectionError("the body ended early")
            left -= len(piece)
            yield piece


def make_certificate(folder, *names):
    """A self-signed certificate for the names: (path of the certificate, server-side TLS context)."""
    folder = pathlib.Path(folder)
    cert, key = folder / "test-ca.crt", folder / "test-ca.key"
    subprocess.run(["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days", "30",
                    "-subj", "/CN=Test origin", "-addext", "subjectAltName=" + ",".join("DNS:" + name for name in names),
                    "-keyout", key, "-out", cert], check=True, capture_output=True)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(cert, key)
    return cert, context


class Answer:
    def __init__(self, status, fields, body, interim):
        self.status, self.fields, self.body, self.interim = status, fields, body, interim

    def field(self, name):
        return next((value for key, value in self.fields if key == name.lower()), None)


class Wire:
    """One connection to the gateway, from a room of the example school, spoken by hand."""

    def __init__(self, gate, room="127.0.1.20", port=None):
        self.socket = socket.create_connection(("127.0.0.1", port or gate.proxy_port), PATIENCE, source_address=(room, 0))
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.buffer = b""

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.socket.close()

    def send(self, data):
        self.socket.sendall(data if isinstance(data, bytes) else data.encode())
        return self

    def fill(self):
        data = self.socket.recv(1 << 18)
        if not data:
            raise EOFError
        self.buffer += data

    def take_until(self, mark):
        while mark not in self.buffer:
            self.fill()
        taken, _, self.buffer = self.buffer.partition(mark)
        return taken

    def take(self, size):
        parts, have = [self.buffer], len(self.buffer)
        while have < size:
            self.buffer = b""
            self.fill()
            parts.append(self.buffer)
            have += len(self.buffer)
        whole = b"".join(parts)
        self.buffer = whole[size:]
        return whole[:size]

    def rest(self):
        """All until the other side closes."""
        parts = [self.buffer]
        self.buffer = b""
        while data := self.socket.recv(1 << 18):
            parts.append(data)
        return b"".join(parts)

    def head(self):
        lines = self.take_until(b"\r\n\r\n").decode("latin-1").split("\r\n")
        status = int(lines[0].split(" ")[1])
        fields = [(name.strip().lower(), value.strip()) for name, _, value in (line.partition(":") for line in lines[1:])]
        return status, fields

    def answer(self, method="GET"):
        """The next final response, whole."""
        interim = []
        status, fields = self.head()
        while status < 200 and status != 101:
            interim.append(status)
            status, fields = self.head()
        named = dict(fields)
        if method == "HEAD" or status in (101, 204, 304) or (method == "CONNECT" and status == 200):
            body = b""
        elif "transfer-encoding" in named:
            body = self._chunks()
        elif "content-length" in named:
            body = self.take(int(named["content-length"]))
        else:
            body = self.rest()
        return Answer(status, fields, body, interim)

    def _chunks(self):
        parts = []
        while size := int(self.take_until(b"\r\n"), 16):
            parts.append(self.take(size))
            if self.take(2) != b"\r\n":
                raise ValueError("a chunk does not end where it says")
        if self.take_until(b"\r\n"):
            raise ValueError("trailers were not expected")
        return b"".join(parts)

    def get(self, url, *fields, method="GET", version="1.1"):
        host = url.split("/")[2]
        lines = [f"{method} {url} HTTP/{version}", f"Host: {host}", *fields]
        return self.send("\r\n".join(lines) + "\r\n\r\n")

    def connect(self, authority, *fields):
        """The answer to a CONNECT."""
        self.send("\r\n".join([f"CONNECT {authority} HTTP/1.1", f"Host: {authority}", *fields]) + "\r\n\r\n")
        return self.answer("CONNECT")

    def is_closed(self):
        """Waits for the end of the connection; False if bytes come instead."""
        try:
            return self.buffer == b"" and self.socket.recv(1) == b""
        except ConnectionError:
            return True

    def begin_tls(self, name=None, trust=None, versions=()):
        """TLS on this connection, naming `name`; verified against the file `trust`, or not at all. `versions`: of HTTP, offered by ALPN."""
        context = ssl.create_default_context(cafile=trust) if trust else ssl._create_unverified_context()
        if versions:
            context.set_alpn_protocols(list(versions))
        context.verify_flags |= 0x200000  # X509_V_FLAG_NO_CHECK_TIME: the gateway's clock may be set to another day
        self.socket = context.wrap_socket(self.socket, server_hostname=name)
        return self
