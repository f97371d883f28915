"""Network namespaces of our own: a client, the gateway's machine and the world outside, joined by veth pairs. Needs root.

The suite's process lives in the gateway's namespace (`enter()` begins it anew there); sockets of the other two are made by `inside(...)`.
"""
import ctypes
import os
import subprocess
import sys
import threading

CLONE_NEWNET = 0x40000000
INSIDE = "GATEHOUSE_TEST_NAMESPACE"


def run(*words):
    subprocess.run([str(word) for word in words], check=True)


def enter():
    """Begins the program anew in a network namespace of its own, once."""
    if INSIDE not in os.environ:
        os.environ[INSIDE] = "1"
        os.execvp("unshare", ["unshare", "--net", "--", sys.executable, *sys.argv])


class Namespace:
    """Another namespace beside ours, with one end of a veth pair; it goes away with its owner."""

    def __init__(self, name, near, far, addresses, gateway, routes=()):
        """`near`: our end's name, `far`: theirs. `addresses`: theirs, with prefix. `gateway`: our addresses, with prefix."""
        self.name = f"{name}-{os.getpid()}"
        run("ip", "netns", "add", self.name)
        run("ip", "link", "add", near, "type", "veth", "peer", "name", far, "netns", self.name)
        for address in gateway:
            run("ip", "addr", "add", address, "dev", near, *(["nodad"] if ":" in address else []))
        run("ip", "link", "set", near, "up")
        self.ip("link", "set", "lo", "up")
        for address in addresses:
            self.ip("addr", "add", address, "dev", far, *(["nodad"] if ":" in address else []))
        self.ip("link", "set", far, "up")
        for route in routes:
            self.ip(*(["-6"] if ":" in route else []), "route", "add", "default", "via", route)

    def ip(self, *words):
        run("ip", "-n", self.name, *words)

    def inside(self, function, *arguments):
        """Calls it on a thread that is in the namespace: sockets made there stay there."""
        result = []

        def work():
            with open(f"/run/netns/{self.name}", "rb") as place:
                if ctypes.CDLL(None, use_errno=True).setns(place.fileno(), CLONE_NEWNET) != 0:
                    result.append(OSError(ctypes.get_errno(), "setns"))
                    return
            try:
                result.append(function(*arguments))
            except Exception as error:  # handed to the caller
                result.append(error)
        thread = threading.Thread(target=work)
        thread.start()
        thread.join()
        if isinstance(result[0], Exception):
            raise result[0]
        return result[0]

    def close(self):
        subprocess.run(["ip", "netns", "del", self.name], check=False)
