"""Random ways to run a configuration."""

import dataclasses

from .jobs import Moment

# The most changes of files after which a run is stopped.
MOST_CHANGES = 60


@dataclasses.dataclass
class Part:
    """How one process, or the ranks of one job, run a configuration or the rest of it."""

    threads: int
    isa: str
    shard_size: str
    pin: str
    ranks: int
    source: str
    profiled: bool
    prometheus: bool
    # What stops it: "" for nothing, a signal, or "steps" for a smaller --steps.
    stop: str = ""
    moment: Moment = None
    steps: int = 0

    @staticmethod
    def random(chance, machine, engine):
        """A part; with OpenBLAS only the number of threads may vary."""
        part = Part(
            threads=chance.randint(1, 8), isa=chance.choice(machine.sets),
            shard_size=chance.choice(["", "", "auto", "1", "8", "16", "24", "64", "1000"]),
            pin=chance.choice(["none", "none", "compact", "spread"]),
            ranks=chance.choice([1, 2, 3, 4]) if machine.mpi_trainer and chance.random() < 0.15 else 0,
            source=chance.choice(["command line", "command line", "configuration file", "environment"]),
            profiled=chance.random() < 0.05, prometheus=chance.random() < 0.05)
        if engine == "openblas":
            part = dataclasses.replace(part, isa="auto", shard_size="", ranks=0)
        if part.ranks > 1:
            # Ranks that share CPUs may not be bound; many more threads than CPUs would wait for each other.
            part = dataclasses.replace(part, pin="none", threads=min(part.threads, 6 // part.ranks))
        return part


@dataclasses.dataclass
class Machine:
    """What ways are possible here."""

    trainer: str
    sets: list
    mpi_trainer: str = None


def random_ways(chance, configuration, machine):
    """Two ways as lists of parts: one that nothing stops, and one that may be stopped and resumed."""
    engine = configuration.options.get("engine", "native")
    first = Part.random(chance, machine, engine)
    second = [Part.random(chance, machine, engine)]
    if not (first.ranks or second[0].ranks):
        while second[0].threads == first.threads:
            second[0].threads = chance.randint(1, 8)
    if configuration.has_directory and chance.random() < 0.6:
        for _ in range(chance.choice([1, 1, 2, 3])):
            _add_stop(chance, configuration, second)
            second.append(Part.random(chance, machine, engine))
    return [first], second


def _add_stop(chance, configuration, parts):
    """Stops the last part."""
    options = configuration.options
    part = parts[-1]
    done = max(part.steps for part in parts)
    kinds = ["KILL", "KILL", "TERM", "USR1", "INT"]
    # The other schedules are stretched over the steps. A run that a signal stopped may have done more steps.
    only_steps = all(part.stop == "steps" for part in parts[:-1])
    if only_steps and options.get("steps", 0) > done + 1 and options["lr-schedule"] in ("constant", "step", "plateau"):
        kinds += ["steps"] * 3
    # mpirun passes no signal on at once.
    part.stop = "KILL" if part.ranks else chance.choice(kinds)
    part.moment = Moment(chance.uniform(0, 0.003), chance.randint(1, MOST_CHANGES))
    if part.stop == "steps":
        part.steps = chance.randint(done + 1, options["steps"] - 1)
