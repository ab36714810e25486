"""The calls that a program makes, as the preloaded library logs them, and the faults that each of them can meet."""

import dataclasses
import errno
import os
import re
import shlex

# Names that differ from run to run, and the patterns that match them.
CHANGING = [
    (re.compile(r"\.trainer-\d+-\w+\.tmp"), ".trainer-*.tmp"),
    (re.compile(r"events\.out\.tfevents\.[^/]*"), "events.out.tfevents.*"),
]

# What a call of each group can meet, and how long it lasts: `once`; `path`, from then on for the same files; or `all`,
# from then on for every file. A kind is an error number, `short` or `torn`: see faults.c.
FAULTS = {
    "write": [
        ("EIO", "once path all"), ("ENOSPC", "once path all"), ("EINTR", "once all"), ("short", "once all"),
        ("torn", "once all")],
    "read": [("EIO", "once all"), ("EINTR", "once all"), ("short", "once all")],
    "open": [("EIO", "once all"), ("EINTR", "once all")],
    "create": [("EIO", "once path all"), ("ENOSPC", "once all"), ("EINTR", "once all")],
    "fsync": [("EIO", "once path all"), ("EINTR", "once all")],
    "rename": [("EIO", "once path all"), ("ENOSPC", "once all")],
    "unlink": [("EIO", "once all")],
    "mkdir": [("EIO", "once all"), ("ENOSPC", "once all")],
    "rmdir": [("EIO", "once all")],
    "truncate": [("EIO", "once all"), ("EINTR", "once all")],
    "chmod": [("EIO", "once all")],
    "lock": [("EIO", "once all"), ("ENOLCK", "once all"), ("EINTR", "once all")],
    "opendir": [("EIO", "once all")],
    "readdir": [("EIO", "once all")],
    "stat": [("EIO", "once all")],
    "fstat": [("EIO", "once all")],
    "access": [("EIO", "once all")],
    "seek": [("EIO", "once all")],
    "close": [("EIO", "once all")],
    # A program makes hundreds of these before it starts, all alike.
    "realpath": [("EIO", "once")],
    "readlink": [("EIO", "once")],
}

# Calls that change a file, a folder or what is on disk. Between two of them, a crash finds the same files wherever
# it happens: other calls need no crash points of their own.
CHANGES = ["write", "create", "fsync", "rename", "unlink", "mkdir", "rmdir", "truncate", "chmod", "chown", "link"]


def pattern(path):
    """The pattern of fnmatch(3) for a path, in which names of temporary files are open."""
    for expression, text in CHANGING:
        path = expression.sub(text, path)
    return path


@dataclasses.dataclass
class LoggedCall:
    """A line of the log."""

    name: str
    path: str
    result: int
    error: int
    fate: str
    # The old name, for a rename.
    source: str

    @classmethod
    def read(cls, log):
        """All calls of a log."""
        calls = []
        for line in log.read_text(errors="surrogateescape").splitlines():
            name, path, result, error, fate, source = line.split("\t")
            calls.append(cls(name, path, int(result), int(error), fate, source))
        return calls


@dataclasses.dataclass(frozen=True)
class Call:
    """The n-th call of a group for the files of a pattern: the same one in every run, whatever other threads do."""

    name: str
    pattern: str
    number: int
    # The name that the file gets in the end.
    final: str

    @classmethod
    def identify(cls, logged):
        """The calls of a log, in order."""
        finals, numbers = {}, {}
        for call in logged:
            if call.name == "rename":
                finals[call.source] = call.path
        found = []
        for call in logged:
            key = (call.name, pattern(call.path))
            numbers[key] = numbers.get(key, 0) + 1
            found.append(cls(*key, numbers[key], final_path(call.path, finals)))
        return found


def final_path(path, renamed):
    """The path of a file after it, or a folder that it is in, was renamed."""
    if path in renamed:
        return final_path(renamed[path], renamed)
    folder, _, name = path.rpartition("/")
    return f"{final_path(folder, renamed)}/{name}" if folder else path


@dataclasses.dataclass(frozen=True)
class Case:
    """A call, and what happens at it."""

    call: Call
    kind: str
    repeat: str

    @property
    def is_crash(self):
        return self.kind in ("before", "within", "after")

    @property
    def error(self):
        """The error number that the program sees; 0 if none."""
        return getattr(errno, "ENOSPC" if self.kind == "torn" else self.kind, 0)

    @property
    def reason(self):
        """The text that a message has for the error."""
        return os.strerror(self.error)

    @property
    def environment(self):
        kind = self.kind if self.kind in ("short", "torn", "before", "within", "after") else str(self.error)
        return {
            "FAULT_CALL": self.call.name, "FAULT_PATH": self.call.pattern, "FAULT_NUMBER": str(self.call.number),
            "FAULT_KIND": kind, "FAULT_REPEAT": self.repeat}

    def __str__(self):
        return f"{self.call.name} {self.call.pattern} {self.call.number} {self.kind} {self.repeat}"

    @property
    def quoted(self):
        return shlex.quote(str(self))

    @classmethod
    def enumerate(cls, calls):
        """Every case of some calls."""
        cases = []
        for call in calls:
            for kind, repeats in FAULTS.get(call.name, []):
                cases += [cls(call, kind, repeat) for repeat in repeats.split()]
            if call.name in CHANGES:
                cases += [cls(call, "before", "once"), cls(call, "after", "once")]
            if call.name == "write":
                cases.append(cls(call, "within", "once"))
        return cases
