#!/usr/bin/env python3
"""Addresses that the gateway's machine gets while it runs are its own from the first connection on: nobody reaches the console through the proxy."""
import pathlib
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "support"))
import namespaces  # noqa: E402

namespaces.enter()
from gateway import Suite  # noqa: E402
from hostile import ROOM, small_gateway  # noqa: E402
from names import NameServer  # noqa: E402
from origin import Wire  # noqa: E402

SUITE = Suite()
FIRST, LATER = "93.184.216.34", "93.184.216.35"


def console_by(host):
    """What came of asking the console by that address: a status instead of a tunnel, or nothing, if the tunnel ended before the console said a word."""
    with Wire(GATE, ROOM) as wire:
        status = wire.connect(f"{host}:443").status
        if status != 200:
            return status
        try:
            wire.begin_tls(host if host.endswith(".example") else None)
            wire.send("GET / HTTP/1.1\r\nHost: console.school.example\r\nConnection: close\r\n\r\n")
            return wire.answer().status
        except (OSError, IndexError):  # the end without a word
            return None


def an_address_that_came_after_the_start_is_known_as_soon_as_a_connection_to_it_ends_here():
    assert console_by("first.example") == 508, "known from the start"
    assert console_by("later.example") == 502, "nobody has it yet"
    namespaces.run("ip", "addr", "add", f"{LATER}/24", "dev", "here")
    for host in ("later.example", LATER):
        found = console_by(host)
        assert found in (None, 508), (host, found)
    assert GATE.is_alive()


if __name__ == "__main__":
    namespaces.run("ip", "link", "set", "lo", "up")
    namespaces.run("ip", "link", "add", "here", "type", "veth", "peer", "name", "there")
    for end in ("here", "there"):
        namespaces.run("ip", "link", "set", end, "up")
    namespaces.run("ip", "addr", "add", f"{FIRST}/24", "dev", "here")
    SERVER = NameServer({"first.example": FIRST, "later.example": LATER})
    GATE = small_gateway(9, settings={"listen": 'console = "0.0.0.0:443"', "urls": 'console = "https://console.school.example"\nown_names = ["console.school.example"]',
                                      "resolver": f'servers = ["{SERVER}"]\nhosts_file = ""'})
    with GATE:
        SUITE.run(an_address_that_came_after_the_start_is_known_as_soon_as_a_connection_to_it_ends_here)
    SUITE.close()
