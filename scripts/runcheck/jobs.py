"""Starts runs, alone or as ranks of an MPI job, and kills them at chosen moments."""

import contextlib
import dataclasses
import os
import pathlib
import select
import signal
import subprocess
import sys
import time

from .file_changes import FileChanges

# Jobs of one machine; no connection leaves it. Ranks that are left alone by another one end at once.
MPI_ENVIRONMENT = {
    "OMPI_MCA_btl": "self,vader", "OMPI_MCA_btl_vader_single_copy_mechanism": "none",
    "OMPI_MCA_odls_base_sigkill_timeout": "0",
    "OMPI_ALLOW_RUN_AS_ROOT": "1", "OMPI_ALLOW_RUN_AS_ROOT_CONFIRM": "1"}


class Hang(Exception):
    """A run that does not end."""


@dataclasses.dataclass
class Moment:
    """When to stop a run: after some seconds, or some seconds after a number of changes of its files."""

    seconds: float
    changes: int = 0


class Job:
    """A started run."""

    def __init__(self, command, output, ranks=0, environment=None):
        """Starts a command; with ranks, by mpirun. Its output goes to a file."""
        words = [str(word) for word in command]
        if ranks:
            words = ["mpirun", "--oversubscribe", "--bind-to", "none", "-np", str(ranks), *words]
        self.command = words
        self.ranks = ranks
        self._output = pathlib.Path(output)
        self._start = time.monotonic()
        with self._output.open("wb") as file:
            self.process = subprocess.Popen(
                words, stdin=subprocess.DEVNULL, stdout=file, stderr=subprocess.STDOUT,
                env=_environment() | (self._mpi_environment() if ranks else {}) | (environment or {}))
        self._end = os.pidfd_open(self.process.pid)

    def _mpi_environment(self):
        """The environment of mpirun, which leaves files when it is killed: they go beside the output."""
        folder = str(self._output.parent)
        return MPI_ENVIRONMENT | {
            "OMPI_MCA_btl_vader_backing_directory": folder, "OMPI_MCA_orte_tmpdir_base": folder}

    def __enter__(self):
        return self

    def __exit__(self, *_):
        if self.process.poll() is None:
            self.kill()
        os.close(self._end)

    @property
    def output(self):
        return self._output.read_text(errors="replace")

    def wait(self, patience):
        """Waits for the end; returns the exit code, negative for a signal.

        Raises Hang after so many seconds, without those that its threads waited for a CPU, or after ten
        times as many.
        """
        while not select.select([self._end], [], [], 1)[0]:
            if self.seconds - min(self._seconds_without_cpu(), 9 * patience) > patience:
                raise Hang(f"has not ended after {self.seconds:.0f} s")
        return self.process.wait()

    def _seconds_without_cpu(self):
        """The time that threads were ready to run and had no CPU: one may wait for another that does."""
        processes = {self.process.pid} | (_children(self.process.pid) if self.ranks else set())
        delays = []
        for path in (path for process in processes for path in pathlib.Path(f"/proc/{process}/task").glob("*")):
            with contextlib.suppress(OSError):
                delays.append(int((path / "schedstat").read_text().split()[1]) / 1e9)
        return sum(delays)

    @property
    def seconds(self):
        """Seconds since the start."""
        return time.monotonic() - self._start

    def runs_until(self, moment, changes=None):
        """Waits for a moment; returns whether the run has not ended by then. Counts changes of files."""
        seen = 0
        deadline = time.monotonic() + (moment.seconds if not moment.changes else 60)
        while True:
            sources = [self._end] + ([changes] if changes else [])
            ready = select.select(sources, [], [], max(0, deadline - time.monotonic()))[0]
            if self._end in ready:
                return False
            if not ready:
                return True
            seen += changes.read()
            if moment.changes and seen >= moment.changes:
                time.sleep(moment.seconds)
                return self.process.poll() is None

    def signal(self, name):
        """Sends a signal to the process, which mpirun passes on later."""
        self.process.send_signal(getattr(signal, f"SIG{name}"))

    def kill(self, rank=None):
        """Kills all processes of the run by SIGKILL, or one rank, whose end ends the others."""
        if not self.ranks:
            self.process.kill()
            self.process.wait()
            return
        # No rank is started while they are listed.
        self.process.send_signal(signal.SIGSTOP)
        ranks = sorted(_children(self.process.pid))
        ends = []
        for process in ranks:
            with contextlib.suppress(ProcessLookupError):
                ends.append(os.pidfd_open(process))
        victims = ranks if rank is None or rank >= len(ranks) else [ranks[rank]]
        for process in victims:
            with contextlib.suppress(ProcessLookupError):
                os.kill(process, signal.SIGKILL)
        if victims == ranks:
            self.process.kill()
        else:
            self.process.send_signal(signal.SIGCONT)
        try:
            self.wait(60)
        finally:
            for end in ends:
                ended = select.select([end], [], [], 60)[0]
                if not ended:
                    signal.pidfd_send_signal(end, signal.SIGKILL)
                os.close(end)
                if not ended:
                    raise Hang("a rank has not ended 60 s after another one")


def clean_up_after_signals():
    """Ends this script by SIGTERM as by SIGINT: its processes end, and its files are removed."""
    def end(number, _):
        sys.exit(128 + number)
    signal.signal(signal.SIGTERM, end)


def _environment():
    """The environment without variables that are options (docs/formats.md)."""
    return {
        name: value for name, value in os.environ.items()
        if name == "TRAINER_DATA" or not name.startswith("TRAINER_")}


def _children(parent):
    """The processes that a process started."""
    children = set()
    for path in pathlib.Path("/proc").iterdir():
        if path.name.isdigit():
            with contextlib.suppress(OSError):
                if int((path / "stat").read_text().rsplit(")", 1)[1].split()[1]) == parent:
                    children.add(int(path.name))
    return children


@contextlib.contextmanager
def watching(*directories):
    """Counts changes of files in directories while a block runs."""
    changes = FileChanges(*directories)
    try:
        yield changes
    finally:
        changes.close()
