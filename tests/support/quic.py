"""The first packet of a QUIC connection, as a client seals it (RFC 9001 §5)."""
import hashlib
import hmac
import os

from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

SALTS = {1: "38762cf7f55934b34d179ae6a4c80cadccbb7f0a", 0x6b3343cf: "0dede3def700a6db819381be6e269dcbf9bd2ed9"}


def expand(secret, label, size):
    """HKDF-Expand-Label (RFC 8446 §7.1) for one block of SHA-256."""
    label = b"tls13 " + label
    info = size.to_bytes(2, "big") + bytes([len(label)]) + label + b"\0"
    return hmac.new(secret, info + b"\1", hashlib.sha256).digest()[:size]


def number(value):
    """A number of variable length (RFC 9000 §16), in two bytes."""
    return (0x4000 | value).to_bytes(2, "big")


def crypto(offset, data):
    return b"\x06" + number(offset) + number(len(data)) + data


def initial(frames, connection=None, version=1, packet=0, size=1200):
    """One datagram of `size` bytes with these frames."""
    connection = connection or os.urandom(8)
    first, prefix = (0xc3, b"quic ") if version == 1 else (0xd3, b"quicv2 ")
    secret = expand(hmac.new(bytes.fromhex(SALTS[version]), connection, hashlib.sha256).digest(), b"client in", 32)
    key, iv, header_key = (expand(secret, prefix + label, length) for label, length in ((b"key", 16), (b"iv", 12), (b"hp", 16)))
    begin = bytes([first]) + version.to_bytes(4, "big") + bytes([len(connection)]) + connection + b"\0\0"
    padded = frames + b"\0" * (size - len(begin) - 2 - 4 - 16 - len(frames))
    header = begin + number(4 + len(padded) + 16) + packet.to_bytes(4, "big")
    nonce = (int.from_bytes(iv, "big") ^ packet).to_bytes(12, "big")
    sealed = AESGCM(key).encrypt(nonce, padded, header)
    encryptor = Cipher(algorithms.AES(header_key), modes.ECB()).encryptor()
    mask = encryptor.update(sealed[:16])
    covered = bytearray(header)
    covered[0] ^= mask[0] & 0x0f
    for index in range(4):
        covered[len(header) - 4 + index] ^= mask[1 + index]
    return bytes(covered) + sealed
