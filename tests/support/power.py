"""What a disk may hold after the power went: power.c writes down what a process does to a folder, and Disk plays it with cuts.

The model is as strict as POSIX lets it be. Content is on the disk once its file was synced; a name (of a new file, a rename, a removal) once its
folder was synced. Of everything else any part may be there: each write, truncation and change of a name by itself, a write in pieces of 512 bytes.
SQLite's -shm is left out, as a restart leaves it out.
"""
import collections
import json
import pathlib
import struct
import subprocess
import tempfile

HERE = pathlib.Path(__file__).resolve().parent
SECTOR = 512
HEAD = struct.Struct("<IIQQQII")
MAGIC = 0x52574F50
CREATED, WROTE, TRUNCATED, SYNCED, SYNCED_FOLDER, RENAMED, UNLINKED, MADE_FOLDER, MARK, LINKED = range(1, 11)
Record = collections.namedtuple("Record", "kind file at size path other data")


class Recorder:
    """`environment` goes to each process that is watched; `folder` is taken as on the disk when the recorder is made, with nobody writing."""

    def __init__(self, folder):
        self.folder = pathlib.Path(folder).resolve()
        self.place = tempfile.TemporaryDirectory(prefix="gatehouse-power-")
        place = pathlib.Path(self.place.name)
        subprocess.run(["cc", "-shared", "-fPIC", "-O1", "-o", place / "power.so", HERE / "power.c", "-ldl"], check=True)
        self.log = place / "records"
        self.marks = open(self.log, "ab", buffering=0)
        self.environment = {"LD_PRELOAD": str(place / "power.so"), "GATEHOUSE_POWER_FOLDER": str(self.folder), "GATEHOUSE_POWER_LOG": str(self.log)}
        self.begin = [(path, path.stat().st_ino, path.read_bytes() if path.is_file() else None) for path in sorted(self.folder.rglob("*"))
                      if path.is_dir() or path.is_file()]

    def mark(self, **what):
        """What somebody outside knows from here on. One write to a file opened for appending: whole, and in its place."""
        data = json.dumps(what).encode()
        self.marks.write(HEAD.pack(MAGIC, MARK, 0, 0, len(data), 0, 0) + data)

    def records(self):
        log, at, found = self.log.read_bytes(), 0, []
        while at < len(log):
            magic, kind, file, offset, size, first, second = HEAD.unpack_from(log, at)
            assert magic == MAGIC, f"the record at {at} is none"
            at += HEAD.size
            path, other = log[at:at + first].decode(), log[at + first:at + first + second].decode()
            at += first + second
            data = log[at:at + size] if kind in (WROTE, MARK) else b""
            at += len(data)
            found.append(Record(kind, file, offset, size, path, other, data))
        return found

    def disk(self, **lies):
        return Disk(self.folder, self.begin, **lies)


class File:
    def __init__(self, content=b""):
        self.content, self.pending = bytearray(content), []

    def sync(self):
        for record in self.pending:
            apply(self.content, record)
        self.pending = []

    def after(self, chance, style):
        """Its content after a cut: `style` is the share of unsynced pieces that are there."""
        content = bytearray(self.content)
        for record in self.pending:
            if style == 1 or (style > 0 and record.kind == TRUNCATED and chance.random() < style):
                apply(content, record)
            elif style > 0 and record.kind == WROTE:
                for piece in torn(record):
                    if chance.random() < style:
                        apply(content, piece)
        return content


def apply(content, record):
    if record.kind == TRUNCATED:
        del content[record.size:]
        content.extend(bytes(record.size - len(content)))
        return
    content.extend(bytes(max(0, record.at - len(content))))
    content[record.at:record.at + len(record.data)] = record.data


def torn(record):
    """The write in pieces that end where sectors end."""
    begin = 0
    while begin < len(record.data):
        end = min(len(record.data), begin + SECTOR - (record.at + begin) % SECTOR)
        yield record._replace(at=record.at + begin, data=record.data[begin:end])
        begin = end


class Disk:
    def __init__(self, folder, begin, forget_syncs=False, forget_names=False):
        """forget_syncs: the disk lies, and syncs of contents change nothing; forget_names: those of folders. For tests of the tests."""
        self.folder, self.forget_syncs, self.forget_names = str(folder), forget_syncs, forget_names
        self.files = {inode: File(content) for _, inode, content in begin if content is not None}
        self.names = {str(path): self.files.get(inode) for path, inode, _ in begin}  # None is a folder
        self.later = []  # changes of names whose folder was not synced since
        self.current = dict(self.names)  # as the processes saw them

    def play(self, record):
        if record.kind == CREATED:
            self.files[record.file] = File()
            self.change(record, record.path, self.files[record.file])
        elif record.kind in (WROTE, TRUNCATED):
            assert record.file in self.files, f"a change of a file whose making was not seen: {record[:6]}"
            self.files[record.file].pending.append(record)
        elif record.kind == SYNCED and not self.forget_syncs:
            self.files[record.file].sync()
        elif record.kind == SYNCED_FOLDER and not self.forget_names:
            self.sync_names(record.path)
        elif record.kind in (RENAMED, LINKED):
            self.change(record, record.other, self.current.get(record.path))
        elif record.kind == UNLINKED:
            self.change(record, record.path, None)
        elif record.kind == MADE_FOLDER:
            self.change(record, record.path, None)

    def change(self, record, path, file):
        self.later.append((record, path, file))
        change_name(self.current, record, path, file)

    def sync_names(self, folder):
        rest = []
        for change in self.later:
            if str(pathlib.Path(change[1]).parent) == folder:
                change_name(self.names, *change)
            else:
                rest.append(change)
        self.later = rest

    def image(self, chance):
        """Path below the folder -> content; None is a folder. What is not synced is there wholly, not at all, or in part."""
        style = chance.choice([0, 1, 0.1, 0.5, 0.9])
        names = dict(self.names)
        for change in self.later:
            if chance.random() < style:
                change_name(names, *change)
        return self.below(names, lambda file: file.after(chance, style))

    def whole(self):
        """Everything that was done, as after an orderly end."""
        return self.below(self.current, lambda file: file.after(None, 1))

    def below(self, names, content_of):
        found = {}
        for path, file in sorted(names.items()):
            inside = path[len(self.folder) + 1:]
            if path.startswith(self.folder + "/") and not inside.endswith("-shm"):
                found[inside] = content_of(file) if file else None
        return found


def change_name(names, record, path, file):
    if record.kind == UNLINKED:
        names.pop(path, None)
        return
    if record.kind == RENAMED:
        names.pop(record.path, None)
    names[path] = file


def lay_down(image, folder):
    """An image as files, for their owner alone."""
    folder = pathlib.Path(folder)
    folder.mkdir(mode=0o700)
    for inside, content in image.items():
        path = folder / inside
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        if content is None:
            path.mkdir(mode=0o700, exist_ok=True)
        else:
            path.touch(mode=0o600)
            path.write_bytes(content)
