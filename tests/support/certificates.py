"""Certificates for origins of every kind, made by openssl: a root, an intermediate, and leaves that are good or wrong in one way."""
import pathlib
import ssl
import subprocess

EC = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1"]


def openssl(*words, clock=None, text=None):
    command = [*(["faketime", clock] if clock else []), "openssl", *map(str, words)]
    done = subprocess.run(command, input=text, capture_output=True, text=True)
    if done.returncode != 0:
        raise AssertionError(f"{' '.join(command)}: {done.stderr}")
    return done.stdout


class Issuer:
    """A CA in a folder. `parent` none: a root of its own."""

    def __init__(self, folder, name, parent=None, extensions="basicConstraints=critical,CA:TRUE\nkeyUsage=critical,keyCertSign,cRLSign", key=EC):
        self.folder, self.name, self.parent = pathlib.Path(folder), name, parent
        self.cert, self.key = self.folder / f"{name}.pem", self.folder / f"{name}.key"
        if parent is None:
            openssl("req", "-x509", *EC, "-nodes", "-days", "3650", "-subj", f"/CN={name}", "-addext", "basicConstraints=critical,CA:TRUE",
                    "-addext", "keyUsage=critical,keyCertSign,cRLSign", "-keyout", self.key, "-out", self.cert)
        else:
            parent.sign(name, extensions, key=key)

    def sign(self, name, extensions, subject=None, key=EC, digest="sha256", days=30, clock=None):
        """A certificate `name` with its key; (path of the certificate with the chain to the root, path of the key)."""
        cert, secret, request, extra = (self.folder / f"{name}{end}" for end in (".pem", ".key", ".csr", ".ext"))
        extra.write_text(extensions + "\n")
        openssl("req", "-new", *key, "-nodes", "-subj", f"/CN={subject or name}", "-keyout", secret, "-out", request)
        openssl("x509", "-req", "-in", request, "-CA", self.cert, "-CAkey", self.key, "-CAcreateserial", "-days", days, f"-{digest}", "-extfile", extra,
                "-out", cert, clock=clock)
        return cert, secret

    def leaf(self, name, san=None, chain=(), more="", **options):
        """As sign(), for a server: `san` "DNS:..." (none: only the common name), the issuers of `chain` appended to the file."""
        extensions = "basicConstraints=CA:FALSE\nextendedKeyUsage=serverAuth\n" + (f"subjectAltName={san}\n" if san else "") + more
        cert, key = self.sign(name, extensions, **options)
        cert.write_text(cert.read_text() + "".join(issuer.cert.read_text() for issuer in chain))
        return cert, key

    def revocation_list(self, path, certs=()):
        """A list by this CA that names these certificates, for a month."""
        folder = path.with_suffix(".ca")
        folder.mkdir()
        rows = [f"R\t391231235959Z\t250101000000Z\t{openssl('x509', '-in', cert, '-noout', '-serial').strip().partition('=')[2]}\tunknown\t/CN=x\n" for cert in certs]
        (folder / "index").write_text("".join(rows))
        (folder / "conf").write_text(f"[ca]\ndefault_ca=own\n[own]\ndatabase={folder}/index\ndefault_md=sha256\ndefault_crl_days=30\n")
        openssl("ca", "-gencrl", "-config", folder / "conf", "-cert", self.cert, "-keyfile", self.key, "-out", path)

    def staple(self, cert, revoked):
        """The path of an OCSP answer about the certificate, signed by this CA."""
        serial = openssl("x509", "-in", cert, "-noout", "-serial").strip().partition("=")[2]
        index, answer = cert.with_suffix(".index"), cert.with_suffix(".ocsp")
        state = "R\t391231235959Z\t250101000000Z" if revoked else "V\t391231235959Z\t"
        index.write_text(f"{state}\t{serial}\tunknown\t/CN=x\n")
        openssl("ocsp", "-index", index, "-CA", self.cert, "-rsigner", self.cert, "-rkey", self.key, "-issuer", self.cert, "-cert", cert,
                "-ndays", "7", "-respout", answer)
        return answer


def context_of(cert, key):
    """For an origin that shows this certificate; ciphers of old are its own to choose."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.set_ciphers("DEFAULT@SECLEVEL=0")
    context.load_cert_chain(cert, key)
    return context
