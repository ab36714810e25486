"""What has to hold after a command that met a fault, and after the one that repeats it without faults."""

import dataclasses
import pathlib
import re

import calls
import states

# docs/formats.md
EXIT_CODES = {0, 64, 65, 66, 70, 71, 74, 75, 130}
INPUT_OUTPUT = 74
TEMPORARY = re.compile(r"\.trainer-.*\.tmp")


@dataclasses.dataclass
class Result:
    """What a command left."""

    # Negative: the signal that ended it; None: it was killed after the time limit.
    code: int | None
    output: str
    errors: str
    calls: list

    @property
    def hits(self):
        return [call for call in self.calls if call.fate != "-"]


def temporary_files(folder):
    """The temporary files below a folder."""
    return [path for path in sorted(folder.rglob(".trainer-*")) if TEMPORARY.fullmatch(path.name)]


def ending(case, result, final, codes, warnings):
    """Complaints about how a command ended, and what it said.

    `codes`: the exit codes of a failure; `warnings`: what the command says without a fault.
    """
    if result.code is None:
        return ["it hangs"]
    if case.is_crash:
        return [] if result.code == -9 else [f"exit code {result.code} after a crash point"]
    if result.code not in EXIT_CODES:
        return [f"exit code {result.code} is not a documented one"]
    if result.code == 0:
        is_told = result.errors == warnings or not case.error or case.reason in result.errors
        return [] if is_told else [f"the warning does not give the reason, {case.reason}"]
    found = []
    if result.code not in codes:
        found.append(f"exit code {result.code}, expected {' or '.join(map(str, codes))}")
    if "error: " not in result.errors:
        found.append("no error message")
    if case.error and case.reason not in result.errors:
        found.append(f"the message does not give the reason, {case.reason}")
    possible = names(case, result, final)
    if not any(name in result.errors for name in possible):
        found.append(f"the message names none of {sorted(possible)}")
    return found


def names(case, result, final):
    """What a message may call the files of a case: their names, or those of the folders that they are in.

    A folder is synchronized or listed, and a temporary file is made, for the sake of a file in the folder. Which one a
    temporary file is for depends on the time: the report and the metrics are written more or less often.
    """
    files = {pathlib.PurePath("case", name) for name in final}
    files |= {pathlib.PurePath(other.path) for other in result.calls}
    hits = {pathlib.PurePath(hit.path) for hit in result.hits if case.repeat != "once"}
    found = set()
    for path in hits | {pathlib.PurePath(case.call.final)}:
        folder = path.parent if TEMPORARY.search(case.call.pattern) or TEMPORARY.match(path.name) else path
        found |= {path, folder, path.parent} | {file for file in files if file.parent == folder}
    found = {path.name for path in found if not TEMPORARY.match(path.name)} - {""}
    # The commands run in `case`, and name it as it was given or by its absolute path.
    return found - {"case"} | ({" .: ", "/case: "} if "case" in found else set())


def leftovers(case, folder, result):
    """Complaints about temporary files after a command that was not killed."""
    if case.is_crash:
        return []
    # What cannot be removed, or a folder that cannot be listed, has to stay.
    kept = {call.path for call in result.calls if call.result < 0
            and call.name in ("unlink", "rmdir", "opendir", "readdir")}
    left = [path.relative_to(folder) for path in temporary_files(folder)]
    left = [path for path in left if not kept & {str("case" / part) for part in [path, *path.parents]}]
    return [f"{len(left)} temporary files are left, such as {left[0]}"] if left else []


def synchronizations(result):
    """Complaints about a file that is synchronized or renamed after that failed: its content may be lost."""
    failed, found = set(), []
    for call in result.calls:
        is_folder = calls.pattern(call.path) == call.path and "." not in pathlib.PurePath(call.path).name
        if call.name == "fsync" and not is_folder:
            if call.path in failed:
                found.append(f"{call.path} is synchronized again after that failed")
            if call.result != 0 and call.error != 4:
                failed.add(call.path)
        if call.name == "rename" and call.result == 0 and call.source in failed:
            found.append(f"{call.path} is replaced by a file that could not be synchronized")
    return found


class Oracle:
    """The files that a command has to leave, from a run of it that met no fault."""

    def __init__(self, folder, reference, codes=(INPUT_OUTPUT,)):
        self.output = reference.output
        self.warnings = reference.errors
        self.codes = codes
        self.final = snapshot(folder)

    def after_fault(self, case, folder, before, result):
        """Complaints after the command that met the fault."""
        found = ending(case, result, self.final, self.codes, self.warnings)
        found += leftovers(case, folder, result) + synchronizations(result)
        try:
            now = snapshot(folder, may_be_torn=case.kind == "within")
        except ValueError as error:
            return found + [str(error)]
        found += self.partial(before, now)
        found += self.further(case, folder, before, now, result)
        if result.code == 0:
            found += self.complete(now, result)
        return found

    def after_repetition(self, case, folder, before, first, result):
        """Complaints after the command without faults that follows."""
        if result.code is None:
            return ["without a fault it hangs"]
        if result.code != 0:
            if self.may_be_refused(before, first, result):
                return []
            return [f"without a fault it ends with {result.code}: {result.errors.strip()}"]
        found = [f"{path.relative_to(folder)} is left" for path in temporary_files(folder)]
        try:
            # Nothing is removed from the event file of a killed run, and TensorBoard stops at half an event.
            now = snapshot(folder, events_may_be_torn=case.kind == "within")
        except ValueError as error:
            return found + [str(error)]
        return [f"without a fault: {text}" for text in found + self.complete(now, result, first.errors)]

    def partial(self, before, now):
        """Complaints about files that are neither old nor new."""
        return [f"{name} is neither the old nor the new one" for name, content in now.items()
                if content != before.get(name) and not self.is_state(name, content)]

    def is_state(self, name, content):
        """Whether a file may have some content during a command."""
        return name in self.final and self.final[name] == content

    def complete(self, now, result, warnings=""):
        """Complaints about files that differ from those of the command that met no fault.

        `warnings`: what an earlier part of the command said.
        """
        found = [f"{name} is missing" for name in self.final if name not in now]
        found += [f"{name} should not be there" for name in now if name not in self.final]
        found += [f"{name} differs" for name in self.final if name in now and now[name] != self.final[name]]
        if self.shown(result.output) != self.shown(self.output):
            found.append(f"other output: {result.output!r}")
        return found

    def shown(self, output):
        """The part of the output that is compared."""
        return output

    def further(self, case, folder, before, now, result):
        """Further complaints after the command that met the fault."""
        return []

    def may_be_refused(self, before, first, result):
        """Whether the repetition may fail."""
        return False


class TrainingOracle(Oracle):
    """The files of a run with everything that a run writes."""

    def __init__(self, folder, reference, versions):
        super().__init__(folder, reference)
        # Contents that atomically replaced files have during the run, by their names.
        self.versions = versions

    def is_state(self, name, content):
        final = self.final.get(name)
        if name.endswith((".jsonl", ".csv")):
            return content == final[:len(content)]
        if name == "events":
            return all(final.get(key, "") == value for key, value in content.items())
        if name.endswith(".prom"):
            return {line.split()[0] for line in content} <= {line.split()[0] for line in final}
        if name.endswith(".html"):
            return content in (None, final)
        return content in self.versions.get(name, [final])

    def complete(self, now, result, warnings=""):
        found = super().complete(now, result, warnings)
        # An older checkpoint may be missing or kept, if a message said that one could not be written or removed.
        if "checkpoints" in warnings + result.errors:
            last = max(name for name in self.final if is_checkpoint(name))
            found = [text for text in found
                     if not is_checkpoint(text.split()[0]) or text.split()[0] == last]
        # Training continues while an event file cannot be written; what a process could not write is lost with it.
        if "tfevents" in warnings and self.is_state("events", now.get("events", {})):
            found = [text for text in found if text != "events differs"]
        return found

    def shown(self, output):
        return [re.sub(r'"seconds":[^,]*', "", line) for line in output.splitlines()]

    def further(self, case, folder, before, now, result):
        found = [f"{path.name} was renamed" for path in folder.rglob("*.damaged")]
        steps = newest(before), *(step_of(call.path) for call in result.calls
                                  if call.name == "rename" and call.result == 0 and call.fate != "killed before")
        if newest(now) < max(steps):
            found.append(f"the newest checkpoint is of step {newest(now)}, expected {max(steps)}")
        return found

    def after_repetition(self, case, folder, before, first, result):
        found = super().after_repetition(case, folder, before, first, result)
        metrics = folder / "run" / "metrics.jsonl"
        start = newest(before)
        if 0 < start < newest(self.final) and result.code == 0 and metrics.exists():
            resumed = re.findall(r'"event":"resume","step":(\d+)', metrics.read_text())
            if resumed != [str(start)]:
                found.append(f"resumed at {resumed}, expected the newest checkpoint, of step {start}")
        return found

    def may_be_refused(self, before, first, result):
        # docs/formats.md: a directory with the model of a complete run and no checkpoint.
        return result.code == 65 and first.code != 0 and newest(before) == 0 and "run/model.safetensors" in before


class OverwritingOracle(TrainingOracle):
    """The files of a run that replaces another one: its checkpoints are removed, and nothing is resumed."""

    def further(self, case, folder, before, now, result):
        return [f"{path.name} was renamed" for path in folder.rglob("*.damaged")]

    def after_repetition(self, case, folder, before, first, result):
        return Oracle.after_repetition(self, case, folder, before, first, result)


class NewFolderOracle(Oracle):
    """The files of a new folder, which is not replaced if it is complete."""

    def may_be_refused(self, before, first, result):
        return result.code == 64 and before == self.final


def is_checkpoint(name):
    return name.startswith("run/checkpoints/")


def step_of(path):
    found = re.fullmatch(r".*/checkpoints/step-(\d+)\.safetensors", path)
    return int(found[1]) if found else 0


def newest(state):
    """The step of the newest checkpoint of a snapshot; 0 if there is none."""
    return max((step_of(name) for name in state), default=0)


def snapshot(folder, may_be_torn=False, events_may_be_torn=False):
    """What the files of a folder say, by their names; raises ValueError if one is not whole.

    `may_be_torn`: files that grow in place may end with half a line or half an event.
    """
    found = {}
    for path in sorted(folder.rglob("*")):
        name = str(path.relative_to(folder))
        if path.is_dir() or path.name == ".lock" or name.startswith("events/"):
            continue
        if any(TEMPORARY.fullmatch(part) for part in path.parts):
            continue
        try:
            found[name] = states.whole(path, path.read_bytes(), may_be_torn)
        except (ValueError, KeyError) as error:
            raise states.Broken(f"{name}: {error}") from error
    if (folder / "events").exists():
        try:
            found["events"] = states.curves(folder / "events", may_be_torn or events_may_be_torn)
        except ValueError as error:
            raise states.Broken(f"events: {error}") from error
    return found
