"""A provider of OpenID Connect on this machine (discovery, keys, code, token), that says whatever a test wants it to say. Nobody is asked for a password:
who signs in is what `person` holds.
"""
import base64
import hashlib
import http.server
import json
import pathlib
import secrets
import subprocess
import tempfile
import threading
import time
import urllib.parse


def base64url(data):
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


class Key:
    """An RSA key; openssl signs."""

    def __init__(self, name):
        self.name, self.folder = name, tempfile.TemporaryDirectory()
        self.path = pathlib.Path(self.folder.name) / "key.pem"
        subprocess.run(["openssl", "genrsa", "-out", self.path, "2048"], check=True, capture_output=True)
        modulus = subprocess.run(["openssl", "rsa", "-in", self.path, "-noout", "-modulus"], check=True, capture_output=True, text=True).stdout.strip().partition("=")[2]
        self.public = {"kty": "RSA", "use": "sig", "alg": "RS256", "kid": name, "n": base64url(bytes.fromhex(modulus)), "e": "AQAB"}

    def sign(self, claims, header=None):
        head = header or {"alg": "RS256", "kid": self.name, "typ": "JWT"}
        text = f"{base64url(json.dumps(head).encode())}.{base64url(json.dumps(claims).encode())}"
        signature = subprocess.run(["openssl", "dgst", "-sha256", "-sign", self.path], input=text.encode(), check=True, capture_output=True).stdout
        return f"{text}.{base64url(signature)}"


class Provider:
    client, secret = "gatehouse-console", "a secret of the client"

    def __init__(self):
        self.key, self.published = Key("first"), None
        self.person = {"email": "harriet@school.example", "email_verified": True}
        self.change = lambda claims: claims  # what becomes of the ID token's claims
        self.forge = None                    # claims -> the whole token, instead of a signed one
        self.says = {}                       # more members of its discovery document
        self.codes, self.token_requests, self.is_up = {}, [], True
        provider = self

        class Handler(http.server.BaseHTTPRequestHandler):
            def log_message(self, *_):
                pass

            def answer(self, status, value, headers=()):
                body = json.dumps(value).encode()
                self.send_response(status)
                for name, text in headers:
                    self.send_header(name, text)
                self.send_header("Content-Type", "application/json")
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def do_GET(self):
                path, _, query = self.path.partition("?")
                if not provider.is_up:
                    return self.answer(503, {})
                if path == "/.well-known/openid-configuration":
                    return self.answer(200, {"issuer": provider.issuer, "authorization_endpoint": f"{provider.issuer}/authorize", "token_endpoint": f"{provider.issuer}/token", "jwks_uri": f"{provider.issuer}/keys", **provider.says})
                if path == "/keys":
                    return self.answer(200, {"keys": [(provider.published or provider.key).public]})
                if path == "/authorize":
                    return self.answer(303, {}, [("Location", provider.authorize(dict(urllib.parse.parse_qsl(query))))])
                return self.answer(404, {})

            def do_POST(self):
                form = dict(urllib.parse.parse_qsl(self.rfile.read(int(self.headers["Content-Length"])).decode()))
                status, value = provider.token(form)
                self.answer(status, value)

        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.issuer = f"http://127.0.0.1:{self.server.server_port}"
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def authorize(self, asked):
        """The address that the browser is sent back to, as if the person had signed in."""
        code = secrets.token_urlsafe()
        self.codes[code] = asked
        return asked["redirect_uri"] + "?" + urllib.parse.urlencode({"code": code, "state": asked["state"], "iss": self.issuer})

    def token(self, form):
        self.token_requests.append(form)
        asked = self.codes.pop(form.get("code"), None)
        if asked is None or form.get("client_id") != self.client or form.get("client_secret") != self.secret or form.get("redirect_uri") != asked["redirect_uri"]:
            return 400, {"error": "invalid_grant"}
        if base64url(hashlib.sha256(form.get("code_verifier", "").encode()).digest()) != asked["code_challenge"] or asked["code_challenge_method"] != "S256":
            return 400, {"error": "invalid_grant", "error_description": "PKCE"}
        now = int(time.time() if self.clock is None else self.clock())
        claims = self.change({"iss": self.issuer, "aud": self.client, "sub": "1", "iat": now, "exp": now + 300, "nonce": asked["nonce"], **self.person})
        return 200, {"access_token": "unused", "token_type": "Bearer", "id_token": self.forge(claims) if self.forge else self.key.sign(claims)}

    clock = None

    def close(self):
        self.server.shutdown()
        self.server.server_close()
