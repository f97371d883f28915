"""ClamAV's own daemon with one signature of ours, on a socket in a folder of its own."""
import pathlib
import shutil
import socket
import subprocess
import tempfile

from gateway import wait_until

MARK = b"GATEHOUSE-TEST-OF-THE-VIRUS-CHECK"  # what our signature finds
SIGNATURE = "Gatehouse.Test"


class Clamd:
    """Use: with Clamd() as clamd: ... clamd.socket. `stop` and `start` play its absence."""

    def __init__(self):
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix="gatehouse-clamd-"))
        self.socket = self.folder / "clamd.sock"
        self.process = None
        (self.folder / "test.ndb").write_text(f"{SIGNATURE}:0:*:{MARK.hex()}\n")
        (self.folder / "clamd.conf").write_text(f"DatabaseDirectory {self.folder}\nLocalSocket {self.socket}\nForeground yes\nTemporaryDirectory {self.folder}\n")

    def start(self):
        self.process = subprocess.Popen(["/usr/sbin/clamd", "--config-file", self.folder / "clamd.conf"], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        wait_until(self._answers, 60, "the start of clamd")
        return self

    def _answers(self):
        with socket.socket(socket.AF_UNIX) as probe:
            try:
                probe.connect(str(self.socket))
                probe.sendall(b"zPING\0")
                return probe.recv(16) == b"PONG\0"
            except OSError:
                return False

    def stop(self):
        self.process.kill()
        self.process.wait()
        self.socket.unlink(missing_ok=True)

    __enter__ = start

    def __exit__(self, *_):
        self.stop()
        shutil.rmtree(self.folder, ignore_errors=True)
