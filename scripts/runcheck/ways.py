"""Runs a configuration in ways that must all end with the same bits."""

import json
import re
import shlex

from . import records
from .jobs import Hang, Job, watching

# Seconds after which a run of a fraction of a second counts as one that hangs.
PATIENCE = 60
STOPPED = {"TERM": 75, "USR1": 75, "INT": 130}
DIVERGED = 70
REFUSED = (64, 65)
# The step of these curves is an epoch's last.
EPOCH_TAGS = ("loss/", "accuracy/", "learning_rate", "samples_per_second")


class Outcome:
    """What came of a way."""

    def __init__(self):
        self.commands = []
        # What the run did not do as documented; empty if it did.
        self.problem = ""
        self.code = None
        # The error of a run that was refused or diverged.
        self.error = ""
        self.records = None
        # What really stopped its parts.
        self.stops = []
        # Whether --steps ended the last part early.
        self.is_cut = False


class WayRunner:
    """Runs a configuration in one way, with its files in a folder."""

    def __init__(self, machine, configuration, data, folder, weights):
        self.machine = machine
        self.configuration = configuration
        self.data = data
        self.weights = weights
        self.folder = folder
        self.files = records.RunFiles(
            folder, configuration.has_directory, configuration.has_events, configuration.has_objective)
        self.outcome = Outcome()
        for directory in (folder, self.files.directory, self.files.events):
            directory.mkdir(parents=True)

    def run(self, parts):
        outcome = self.outcome
        try:
            for part in parts:
                outcome.code, output = self._run_part(part)
                outcome.is_cut = part.stop == "steps"
                if outcome.code != 0 and not (part.stop and self._was_stopped(part)):
                    break
            self._judge(output, parts)
        except Hang as error:
            outcome.problem = str(error)
        except (records.BrokenRecord, OSError, ValueError, LookupError) as error:
            outcome.problem = f"unreadable records: {type(error).__name__}: {error}"
        return outcome

    def _judge(self, output, parts):
        outcome = self.outcome
        if outcome.code == 0:
            outcome.records = self.files.read(output)
            if "events" in outcome.records:
                self._drop_cut_epochs(parts)
            return
        errors = re.findall(r"trainer: error: (.*)", output)
        outcome.error = errors[0].replace(str(self.folder), "FOLDER") if errors else ""
        is_documented = outcome.code in REFUSED or (
            outcome.code == DIVERGED and "not a finite number" in outcome.error)
        if not is_documented or not errors:
            outcome.problem = f"ended with {outcome.code}:\n{output}"

    def _drop_cut_epochs(self, parts):
        """A part that --steps ended within an epoch wrote that epoch's figures, which stay visible."""
        ends = {line["step"] for line in self.outcome.records["metrics"] if line["event"] == "epoch"}
        cuts = {part.steps for part in parts if part.stop == "steps"} - ends
        events = self.outcome.records["events"]
        for tag in [tag for tag in events if tag.startswith(EPOCH_TAGS)]:
            events[tag] = [
                value for value in events[tag] if (value[0] if isinstance(value, tuple) else value) not in cuts]

    def _was_stopped(self, part):
        return len(self.outcome.stops) > 0 and self.outcome.stops[-1] == (part.stop, self.outcome.code)

    def _run_part(self, part):
        words, environment = self._command(part)
        config = self._inode()
        with watching(self.folder) as changes, \
                Job(words, self.folder.parent / f"{self.folder.name}.log", part.ranks, environment) as job:
            variables = [f"{name}={shlex.quote(value)}" for name, value in environment.items()]
            self.outcome.commands.append(" ".join(variables + [shlex.join(job.command)]))
            if part.stop in ("", "steps"):
                code = job.wait(PATIENCE)
                if part.stop and code == 0:
                    self.outcome.stops.append((part.stop, 0))
                return code, job.output
            if job.runs_until(part.moment, changes):
                self._stop(part, job, config)
            code = job.wait(PATIENCE)
            expected = STOPPED.get(part.stop, -9)
            if code == expected or (part.ranks and part.stop == "KILL" and code != 0):
                self.outcome.stops.append((part.stop, code))
                self.files.require_whole()
            return code, job.output

    def _stop(self, part, job, config):
        if part.stop == "KILL":
            job.kill(part.threads % part.ranks if part.ranks else None)
        elif self._inode() != config:
            # A signal that comes before config.json is written may end the process like any other program.
            job.signal(part.stop)

    def _inode(self):
        path = self.files.directory / "config.json"
        return path.stat().st_ino if path.exists() else None

    def _command(self, part):
        """The words of a command, and the environment variables that give its settings."""
        configuration = self.configuration
        settings = {"data": str(self.data), **configuration.model.options, **configuration.options}
        if part.stop == "steps":
            settings["steps"] = part.steps
        own = [f"--threads={part.threads}", f"--isa={part.isa}", f"--pin={part.pin}", "--quiet"]
        if configuration.starts_from_weights:
            own.append(f"--init={self.weights}")
        if part.shard_size:
            own.append(f"--shard-size={part.shard_size}")
        if configuration.has_directory:
            own.append("--resume")
            for name in ("checkpoint_every", "keep"):
                value = getattr(configuration, name)
                own += [f"--{name.replace('_', '-')}={value}"] if value else []
        if configuration.has_events and configuration.histogram_every:
            own.append(f"--histogram-every={configuration.histogram_every}")
        own += [f"--profile={self.folder / 'trace.json'}"] * part.profiled
        own += [f"--prometheus={self.folder / 'metrics.prom'}"] * part.prometheus
        trainer = self.machine.mpi_trainer if part.ranks else self.machine.trainer
        given, environment = self._given(settings, part.source)
        return [trainer, *given, *own, *self.files.options()], environment

    def _given(self, settings, source):
        if source == "configuration file":
            path = self.folder.parent / f"{self.folder.name}.yaml"
            path.write_text("".join(f"{name}: {json.dumps(value)}\n" for name, value in settings.items()))
            return [f"--config={path}"], {}
        if source == "environment":
            variables = {
                "TRAINER_" + name.upper().replace("-", "_"): _text(value)
                for name, value in settings.items() if name != "data"}
            return [f"--data={settings['data']}"], variables
        words = []
        for name, value in settings.items():
            if isinstance(value, bool):
                words.append(f"--{name}" if value else f"--no-{name}")
            else:
                words.append(f"--{name}={value}")
        return words, {}


def _text(value):
    return str(value).lower() if isinstance(value, bool) else str(value)


def disagreements(one, other):
    """Texts that say why two ways are not the same run, or why one is none."""
    problems = [f"way {number} {outcome.problem}"
                for number, outcome in enumerate((one, other), 1) if outcome.problem]
    if problems:
        return problems
    if one.code == other.code == DIVERGED and (one.is_cut or other.is_cut):
        # A run that --steps ends is evaluated there: it may be found to diverge before the next step's loss.
        return []
    if (one.code, one.error) != (other.code, other.error):
        return [f"way 1 ended with {one.code} {one.error!r}, way 2 with {other.code} {other.error!r}"]
    return records.differences(other.records, one.records) if one.records else []
