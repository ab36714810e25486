"""Limits of memory, threads and file descriptors for a process."""

import os
import pathlib
import resource
import time

MIB = 1 << 20
# A user that has no other threads on any machine.
USER = 61_742


class ResourceLimit:
    """A limit that setrlimit sets."""

    def __init__(self, name, kind, unit, last, pattern):
        self.name, self.kind, self.unit, self.last, self.pattern = name, kind, unit, last, pattern

    def lack(self):
        """Why it cannot be set here; None if it can."""
        if self.kind == resource.RLIMIT_NPROC and os.geteuid() != 0:
            return "needs root, to become a user without other threads"
        return None

    def levels(self, is_full):
        step = 8 if self.unit == MIB and not is_full else 1
        return range(0, self.last + 1, step)

    def process(self, level):
        """The arguments of Popen with which a process has the limit."""
        value = level * self.unit

        def limit():
            resource.setrlimit(self.kind, (value, value))

        options = {"preexec_fn": limit}
        if self.kind == resource.RLIMIT_NPROC:
            options |= {"user": USER, "group": USER, "extra_groups": []}
        return options

    def remove(self):
        pass


class CgroupLimit:
    """A limit of a cgroup that is made for it, below the top one that this process is in."""

    def __init__(self, name, controller, files, unit, last, pattern):
        self.name, self.controller, self.files = name, controller, files
        self.unit, self.last, self.pattern = unit, last, pattern
        self.folder = None

    def lack(self):
        if os.geteuid() != 0:
            return "needs root, to make a cgroup"
        mount, path, version = self.hierarchy()
        if mount is None:
            return f"no cgroup has the controller {self.controller}"
        if path != "/":
            # A cgroup beside it would leave the limits that somebody has set for it.
            return f"this process is in the cgroup {path}, which is not its own"
        folder = pathlib.Path(mount, f"trainer-limits-{os.getpid()}")
        try:
            folder.mkdir()
        except OSError as error:
            return str(error)
        self.folder = folder
        if not (folder / self.files[version]).exists():
            self.remove()
            return f"{mount} does not have the controller {self.controller} in cgroup.subtree_control"
        self.file = folder / self.files[version]
        return None

    def hierarchy(self):
        """The mount point, this process's cgroup in it, and the version; three times None if there is none."""
        paths = {}
        for line in pathlib.Path("/proc/self/cgroup").read_text().splitlines():
            _, controllers, path = line.split(":", 2)
            for controller in controllers.split(","):
                paths[controller] = path
        for line in pathlib.Path("/proc/self/mounts").read_text().splitlines():
            _, mount, kind, options = line.split()[:4]
            if kind == "cgroup" and self.controller in options.split(","):
                return mount, paths[self.controller], 1
            if kind == "cgroup2" and self.controller not in paths:
                return mount, paths[""], 2
        return None, None, None

    def levels(self, is_full):
        step = 8 if self.unit == MIB and not is_full else 1
        return range(step, self.last + 1, step)

    def process(self, level):
        self.file.write_text(str(level * self.unit))

        def enter():
            (self.folder / "cgroup.procs").write_text(str(os.getpid()))

        return {"preexec_fn": enter}

    def remove(self):
        if self.folder is None:
            return
        for _ in range(100):
            try:
                self.folder.rmdir()
                break
            except OSError:
                time.sleep(0.05)  # processes that end leave it a moment later
        self.folder = None


AMOUNT = r"[0-9.]+ (bytes|[MG]iB)"
LIMITS = [
    ResourceLimit("descriptors", resource.RLIMIT_NOFILE, 1, 64, r"RLIMIT_NOFILE \(ulimit -n\) is \d+"),
    ResourceLimit("threads", resource.RLIMIT_NPROC, 1, 64, r"RLIMIT_NPROC \(ulimit -u\) is \d+"),
    ResourceLimit(
        "memory", resource.RLIMIT_AS, MIB, 2048,
        rf"RLIMIT_AS \(ulimit -v\) (is|allows) {AMOUNT}|there are \d+"),
    CgroupLimit("pids", "pids", {1: "pids.max", 2: "pids.max"}, 1, 64, r"pids\.max is \d+"),
    CgroupLimit(
        "memory-cgroup", "memory", {1: "memory.limit_in_bytes", 2: "memory.max"}, MIB, 1024,
        rf"memory\.(max|limit_in_bytes) (is|allows) {AMOUNT}"),
]
