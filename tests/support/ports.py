"""Ports for programs that must be told one before they start, so that port 0 cannot be used."""
import pathlib
import random
import socket

FIRST = 10000
GIVEN = set()


def first_outgoing():
    """The system takes ports of outgoing connections from here on: one of those could sit on ours by the time that it is bound."""
    try:
        return int(pathlib.Path("/proc/sys/net/ipv4/ip_local_port_range").read_text().split()[0])
    except OSError:
        return 32768


def free_port(address="127.0.0.1"):
    """A port that nobody has now, and that is given only once: four of one gateway are four."""
    end = first_outgoing() if first_outgoing() > FIRST + 1000 else 60000
    while True:
        port = random.randrange(FIRST, end)
        if port in GIVEN:
            continue
        with socket.socket() as probe:
            try:
                probe.bind((address, port))
            except OSError:
                continue
        GIVEN.add(port)
        return port
