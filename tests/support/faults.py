"""Steers faults.c: allocations that fail, disks that err. Built with the C compiler when a suite begins."""
import ctypes
import mmap
import pathlib
import subprocess
import tempfile

HERE = pathlib.Path(__file__).resolve().parent
NAMES = ("allocation_period", "allocations", "allocations_failed", "sync_errors", "write_error", "read_error", "faults", "sync_milliseconds")


class Switches(ctypes.Structure):
    _fields_ = [(name, ctypes.c_uint32) for name in NAMES]


class Faults:
    """`environment` goes to the process; `switches.write_error = errno.ENOSPC` and the like act at once."""

    def __init__(self, folder):
        self.place = tempfile.TemporaryDirectory(prefix="gatehouse-faults-")
        place = pathlib.Path(self.place.name)
        subprocess.run(["cc", "-shared", "-fPIC", "-O1", "-o", place / "faults.so", HERE / "faults.c", "-ldl"], check=True)
        control = place / "switches"
        control.write_bytes(bytes(ctypes.sizeof(Switches)))
        self.file = open(control, "r+b")
        self.map = mmap.mmap(self.file.fileno(), ctypes.sizeof(Switches))
        self.switches = Switches.from_buffer(self.map)
        self.environment = {"LD_PRELOAD": str(place / "faults.so"), "GATEHOUSE_FAULTS": str(control),
                            "GATEHOUSE_FAULTS_FOLDER": str(folder)}

    def off(self):
        for name in ("allocation_period", "sync_errors", "write_error", "read_error", "sync_milliseconds"):
            setattr(self.switches, name, 0)
