"""The records of a run, without what may differ between equal runs: times, threads, ranks, the machine."""

import csv
import dataclasses
import hashlib
import json
import pathlib

from . import event_files, weights_files

# Keys of the metrics (docs/formats.md) that equal runs may have with other values.
VARIABLE = {
    "threads", "pin", "ranks", "machine", "shard_size", "seconds", "target_seconds", "train_seconds",
    "samples_per_second"}
# Settings that never change a result.
FREE_SETTINGS = {"shard-size"}
STEP_TAGS = ("step/", "weights/", "statistics/", "gradients/", "gradient_norm", "non_finite/")


class BrokenRecord(ValueError):
    """A record that no run may leave."""


@dataclasses.dataclass(frozen=True)
class RunFiles:
    """Where a run writes: into a run directory, or the model and the metrics alone."""

    folder: pathlib.Path
    has_directory: bool = True
    has_events: bool = False
    has_objective: bool = False

    @property
    def directory(self):
        return self.folder / "run"

    @property
    def checkpoints(self):
        return self.directory / "checkpoints"

    @property
    def events(self):
        return self.folder / "events"

    def options(self):
        """The options that name the files, without --resume."""
        options = [f"--output={self.directory}"] if self.has_directory else [
            f"--save={self.folder / 'model.safetensors'}", f"--metrics={self.folder / 'metrics.jsonl'}"]
        if self.has_events:
            options.append(f"--tensorboard={self.events}")
        if self.has_objective:
            options += ["--objective=test-loss", f"--objective-file={self.folder / 'objective.jsonl'}"]
        return options

    def read(self, output):
        """All records of a complete run that printed this output, by name."""
        records = {"weights_digest": _digest(output)}
        place = self.directory if self.has_directory else self.folder
        records["metrics"] = _metrics(place / "metrics.jsonl")
        records["model"] = _sha256(place / "model.safetensors")
        is_cut = False
        if self.has_directory:
            records["table"] = _table(place / "metrics.csv")
            if (place / "best.safetensors").exists():
                records["best model"] = _sha256(place / "best.safetensors")
            newest = max(self.checkpoints.glob("step-*.safetensors"))
            records["last checkpoint"] = weights_files.describe_checkpoint(newest) | {"name": newest.name}
            is_cut = records["last checkpoint"]["position"]["stepInEpoch"] > 0
            self.require_clean()
        if self.has_events:
            records["events"] = _events(self.events, is_cut)
        if self.has_objective:
            records["objective"] = _lines(self.folder / "objective.jsonl")
        return records

    def require_clean(self):
        """Requires that a complete run left no temporary files and met no damaged checkpoint."""
        for folder in (self.directory, self.checkpoints):
            for path in folder.iterdir():
                if path.name.startswith(".trainer-") or path.name.endswith(".damaged"):
                    raise BrokenRecord(f"{path} is left over")

    def require_whole(self):
        """Requires that every file a killed run left is whole, except for the end of what grows by lines."""
        for path in self.directory.glob("*.json"):
            json.loads(path.read_text())
        for path in [*self.directory.glob("*.safetensors"), *self.checkpoints.glob("*.safetensors")]:
            weights_files.read_header(path)
        metrics = self.directory / "metrics.jsonl"
        if metrics.exists():
            for line in metrics.read_text().split("\n")[:-1]:
                json.loads(line)


def differences(found, expected):
    """Texts that say how a run's records differ from those expected."""
    texts = []
    for name in sorted(found.keys() | expected.keys()):
        one, other = found.get(name), expected.get(name)
        if one != other:
            texts.append(f"{name}: {_first_difference(one, other)}")
    return texts


def _first_difference(found, expected):
    """Where two values differ first, and both values there."""
    if isinstance(found, dict) and isinstance(expected, dict):
        for key in sorted(found.keys() | expected.keys()):
            if found.get(key) != expected.get(key):
                return f"{key}: {_first_difference(found.get(key), expected.get(key))}"
    if isinstance(found, list) and isinstance(expected, list):
        if len(found) != len(expected):
            return f"{len(found)} entries, expected {len(expected)}: {found!r:.900}, expected {expected!r:.900}"
        for number, (one, other) in enumerate(zip(found, expected), 1):
            if one != other:
                return f"entry {number}: {_first_difference(one, other)}"
    return f"{found!r:.600}, expected {expected!r:.600}"


def _digest(output):
    digests = [line.split()[1] for line in output.splitlines() if line.startswith("weights_digest ")]
    if len(digests) != 1:
        raise BrokenRecord(f"the run printed {len(digests)} digests, expected 1:\n{output}")
    return digests[0]


def _sha256(path):
    return hashlib.sha256(path.read_bytes()).hexdigest()


def _lines(path):
    """The JSON lines of a file without the variable keys."""
    text = path.read_text()
    if not text.endswith("\n"):
        raise BrokenRecord(f"{path} ends without a line feed")
    return [
        {key: value for key, value in json.loads(line).items() if key not in VARIABLE}
        for line in text.splitlines()]


def _metrics(path):
    """The lines of metrics; a run that was resumed has one more, after the epochs before that step."""
    lines = _lines(path)
    steps = [line["step"] for line in lines if "step" in line and line["event"] != "start"]
    resumes = [line for line in lines if line["event"] == "resume"]
    if steps != sorted(steps) or len(resumes) > 1:
        raise BrokenRecord(f"{path}: {len(resumes)} resumptions, steps {steps}")
    lines = [line for line in lines if line["event"] != "resume"]
    for line in lines:
        if "settings" in line:
            line["settings"] = {
                name: value for name, value in line["settings"].items() if name not in FREE_SETTINGS}
    return lines


def _table(path):
    with path.open(newline="") as file:
        return [
            {key: value for key, value in row.items() if key not in VARIABLE} for row in csv.DictReader(file)]


def _events(directory, is_cut):
    """The values that TensorBoard shows; of rates only the steps.

    If the run ends within an epoch, a run that is resumed there hides what was written of that step.
    """
    shown = event_files.read_events(directory)
    shown["samples_per_second"] = [step for step, _ in shown.get("samples_per_second", [])]
    if is_cut:
        last = max((step for step, _ in shown.get("loss/train", [])), default=0)
        for tag in [tag for tag in shown if tag.startswith(STEP_TAGS)]:
            shown[tag] = [value for value in shown[tag] if value[0] < last]
    return {tag: values for tag, values in shown.items() if values}
