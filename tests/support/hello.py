"""ClientHellos made by hand (RFC 8446 §4.1.2), right and wrong, with the places of all their length fields."""
import os


class Hello:
    """The bytes of one TLS record with a ClientHello. `lengths`: (offset, size in bytes, name) of every length field in `data`."""

    def __init__(self, server_name=b"secure.example", extensions=(), names=None, version=b"\x03\x01"):
        self.parts, self.lengths = b"", []
        body = self._hello(self._extensions(server_name, names, extensions))
        self.data = self._wrapped(body, version)

    # Every builder returns (bytes, [(offset, size, name), ...]) and a wrapper moves the offsets on.
    @staticmethod
    def _prefixed(inner, size, name):
        data, lengths = inner
        return len(data).to_bytes(size, "big") + data, [(0, size, name), *((at + size, width, what) for at, width, what in lengths)]

    @staticmethod
    def _joined(*pieces):
        data, lengths = b"", []
        for piece in pieces:
            inner, inside = piece if isinstance(piece, tuple) else (piece, [])
            lengths += [(at + len(data), width, what) for at, width, what in inside]
            data += inner
        return data, lengths

    def _extensions(self, server_name, names, extensions):
        made = []
        if names is None and server_name is not None:
            names = [(0, server_name)]
        if names:
            entries = self._joined(*(self._joined(bytes([kind]), self._prefixed((name, []), 2, "name")) for kind, name in names))
            made.append(self._joined(b"\0\0", self._prefixed(self._prefixed(entries, 2, "list of names"), 2, "server_name extension")))
        alpn = self._prefixed((b"h2", []), 1, "protocol")
        made.append(self._joined(b"\0\x10", self._prefixed(self._prefixed(alpn, 2, "list of protocols"), 2, "alpn extension")))
        made.append(self._joined(b"\0\x2b", self._prefixed((b"\x04\x03\x04\x03\x03", []), 2, "supported_versions extension")))
        made += [self._joined(kind.to_bytes(2, "big"), self._prefixed((content, []), 2, f"extension {kind}")) for kind, content in extensions]
        return self._prefixed(self._joined(*made), 2, "extensions")

    def _hello(self, extensions):
        return self._joined(b"\x03\x03", os.urandom(32), self._prefixed((os.urandom(32), []), 1, "session id"),
                            self._prefixed((b"\x13\x01\x13\x02\xc0\x2f", []), 2, "cipher suites"), self._prefixed((b"\0", []), 1, "compression"), extensions)

    def _wrapped(self, body, version):
        self.handshake = self._joined(b"\x01", self._prefixed(body, 3, "handshake"))
        data, self.lengths = self._joined(b"\x16" + version, self._prefixed(self.handshake, 2, "record"))
        return data

    def in_records(self, size):
        """The same handshake message in records of `size` bytes."""
        message = self.handshake[0]
        return b"".join(b"\x16\x03\x01" + len(message[at:at + size]).to_bytes(2, "big") + message[at:at + size] for at in range(0, len(message), size))

    def with_length(self, offset, width, change):
        value = int.from_bytes(self.data[offset:offset + width], "big")
        wrong = change(value, (1 << (8 * width)) - 1)
        return None if wrong == value or wrong < 0 or wrong >> (8 * width) else self.data[:offset] + wrong.to_bytes(width, "big") + self.data[offset + width:]


GREASE = [(0x0a0a, b""), (0xfafa, b"\0")]
POST_QUANTUM = (0x33, (4 + 1216).to_bytes(2, "big") + b"\x11\xec" + (1216).to_bytes(2, "big") + bytes(1216))
ECH = (0xfe0d, b"\0\0\x01\0\x01\x07\0\x20" + bytes(32) + b"\0\x90" + bytes(144))
EARLY_DATA = (0x2a, b"")
