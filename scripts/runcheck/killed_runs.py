"""Runs that are stopped and resumed until they are complete."""

import json
import shutil
import subprocess

from . import records
from .jobs import Job, Moment, watching

STOPPED = 75
# Seconds for one part of a run: more than ten times of what an idle machine needs.
PATIENCE = 600

# What the parts of a run are, by the last thing that a killed process wrote.
PARTS = ["start", "steps", "saving", "end"]


class Failure(Exception):
    """A run that did not do what docs/formats.md promises."""


class Case:
    """Options of a run, and what it does if nothing stops it."""

    def __init__(self, trainer, options, folder):
        self.options = options
        files = records.RunFiles(
            folder, has_events=not any(word.startswith("--tensorboard") for word in options))
        prepare(files)
        with Job([trainer, *options, "--quiet", *files.options()], folder / "output") as job, \
                watching(folder) as changes:
            job.runs_until(Moment(PATIENCE), changes)
            if job.wait(PATIENCE) != 0:
                raise Failure(f"the unbroken run fails: {' '.join(job.command)}\n{job.output}")
            self.changes = changes.total
            self.seconds = job.seconds
        self.records = files.read(job.output)
        shutil.rmtree(folder)

    @property
    def has_events(self):
        return "events" in self.records


def prepare(files):
    """Makes the folders whose changes are watched."""
    for folder in (files.directory, files.events):
        folder.mkdir(parents=True)


class KilledRun:
    """A run that is stopped at random moments, and resumed with other threads, until it is complete."""

    def __init__(self, case, folder, chance, choices):
        self.case = case
        self.chance = chance
        self.choices = choices
        self.files = records.RunFiles(folder, has_events=case.has_events)
        self.commands = []
        # The parts of the run in which it was stopped.
        self.stops = []
        prepare(self.files)

    def complete(self):
        """Stops and resumes the run until it is complete, and compares its records."""
        while True:
            output = self.part()
            if output is None:
                continue
            found = self.files.read(output)
            texts = records.differences(found, self.case.records)
            if texts:
                raise Failure("the records differ from the unbroken run's:\n  " + "\n  ".join(texts))
            return

    def part(self):
        """Starts or resumes the run; returns its output if it is complete, otherwise None."""
        words, ranks = self.choices.command(self.chance)
        command = [*words, *self.case.options, "--quiet", *self.files.options(), "--resume"]
        before = self.inode("config.json")
        with watching(self.files.folder) as changes, \
                Job(command, self.files.folder.parent / "output", ranks) as job:
            self.commands.append(" ".join(job.command))
            is_kill = self.choices.signal == "KILL"
            if not is_kill:
                self.await_beginning(job, changes, before)
            if not job.runs_until(self.moment(), changes):
                return self.output(job)
            if is_kill:
                job.kill(self.chance.choice([None, self.chance.randrange(ranks)]) if ranks else None)
            else:
                job.signal(self.choices.signal)
            if job.wait(PATIENCE) == 0:
                return self.output(job)
            self.check_stop(job)
        self.stops.append(self.place(before))
        self.files.require_whole()
        return None

    def moment(self):
        """A moment by the clock or by changes of the run's files.

        Most of the time of a short run is its start, and most changes are those of saving. A resumed run
        has fewer changes than a whole one.
        """
        if self.chance.random() < 0.3:
            return Moment(self.chance.uniform(0, 1.2 * self.case.seconds))
        most = self.case.changes if self.chance.random() < 0.3 else self.case.changes // 4 + 1
        return Moment(self.chance.uniform(0, 0.003), self.chance.randint(1, most))

    def output(self, job):
        code = job.wait(PATIENCE)
        if code != 0:
            raise Failure(f"a part ended with {code}, expected 0:\n{job.output}")
        return job.output

    def inode(self, name):
        path = self.files.directory / name
        return path.stat().st_ino if path.exists() else None

    def await_beginning(self, job, changes, before):
        """Waits until the run has written config.json; from then on it handles signals."""
        while self.inode("config.json") == before:
            if not job.runs_until(Moment(0, 1), changes):
                return

    def check_stop(self, job):
        if self.choices.signal == "KILL":
            return
        code, expected = job.wait(PATIENCE), 130 if self.choices.signal == "INT" else STOPPED
        if code != expected:
            raise Failure(f"a part ended with {code}, expected {expected}:\n{job.output}")
        said = int(job.output.split("after step ")[1].split(",")[0])
        newest = int(max(self.files.checkpoints.iterdir()).name.split("-")[1].split(".")[0])
        if said != newest:
            raise Failure(f"stopped after step {said}, but the newest checkpoint is of step {newest}")

    def place(self, before):
        """In which part of the run it was killed."""
        if self.inode("config.json") == before:
            return "start"
        metrics = self.files.directory / "metrics.jsonl"
        lines = metrics.read_text().splitlines() if metrics.exists() else []
        epochs = sum(is_epoch(line) for line in lines)
        if epochs == sum(line["event"] == "epoch" for line in self.case.records["metrics"]):
            return "end"
        folders = [self.files.directory, self.files.checkpoints]
        is_saving = any(path.name.startswith(".trainer-") for folder in folders for path in folder.iterdir())
        return "saving" if is_saving else "steps"


def is_epoch(line):
    try:
        return json.loads(line)["event"] == "epoch"
    except ValueError:
        # The last line may be cut.
        return False


class Choices:
    """What a part of a run is started with, and how it is stopped."""

    def __init__(self, trainer, threads, sets, signal_name, mpi_trainer=None, ranks=()):
        self.trainer = trainer
        self.threads = threads
        self.sets = sets
        self.signal = signal_name
        self.mpi_trainer = mpi_trainer
        self.ranks = ranks

    def command(self, chance):
        """A command's first words, and its ranks; 0 without mpirun."""
        threads, isa = int(chance.choice(self.threads)), f"--isa={chance.choice(self.sets)}"
        # A job of ranks costs as much as several runs, and more with many more threads than CPUs.
        if self.mpi_trainer and chance.random() < 0.1:
            ranks = chance.choice(self.ranks)
            return [self.mpi_trainer, f"--threads={min(threads, max(1, 6 // ranks))}", isa], ranks
        return [self.trainer, f"--threads={threads}", isa], 0


def instruction_sets(trainer):
    """Those of the trainer's own kernels that this CPU has."""
    text = subprocess.run(
        [trainer, "info", "--json"], capture_output=True, text=True, check=True).stdout
    return json.loads(text)["kernels"]["supported"]
