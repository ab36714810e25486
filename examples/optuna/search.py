#!/usr/bin/env python3
"""Searches for a learning rate and label smoothing with Optuna (from PyPI: pip install optuna).

    examples/optuna/search.py --runs runs/search --trials 20 -- --dataset fashion-mnist --epochs 5

Each trial is a run of `trainer train` in its own directory. The script reads the validation loss
after each epoch from the file of --objective-file. If Optuna prunes a trial, the script sends SIGTERM
to its run, which writes a checkpoint and exits with code 75. The study is kept in RUNS/study.db; start
the script again to add trials. Options of `trainer train` for all trials follow `--`. The same calls
with the same --seed make the same trials.
"""

import argparse
import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import optuna

# The exit code of a run that a signal stopped with a checkpoint.
STOPPED = 75
POLLING_SECONDS = 0.1


def options() -> argparse.Namespace:
    words = sys.argv[1:]
    rest = words[words.index("--") + 1 :] if "--" in words else []
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument(
        "--runs", type=Path, default=Path("runs/search"), help="folder of the runs (default: runs/search)"
    )
    parser.add_argument("--trials", type=int, default=20, help="trials to add (default: 20)")
    parser.add_argument(
        "--trainer", default=os.environ.get("TRAINER", "trainer"),
        help="the binary (default: that of $TRAINER, or trainer in PATH)",
    )
    parser.add_argument("--validation", type=int, default=5000, help="samples held out (default: 5000)")
    parser.add_argument("--start", type=float, help="learning rate of the first trial (default: chosen by Optuna)")
    parser.add_argument("--seed", type=int, default=0, help="seed of the search (default: 0)")
    found = parser.parse_args(words[: words.index("--")] if "--" in words else words)
    found.rest = rest
    return found


def settings(trial: optuna.Trial) -> list[str]:
    """The settings to search: change them here."""
    rate = trial.suggest_float("learning-rate", 1e-5, 1e-1, log=True)
    smoothing = trial.suggest_float("label-smoothing", 0, 0.2)
    return [f"--learning-rate={rate!r}", f"--label-smoothing={smoothing!r}"]


class Lines:
    """The complete lines that another process appends to a file."""

    def __init__(self, path: Path):
        self.path = path
        self.offset = 0

    def new(self) -> list[dict]:
        if not self.path.exists():
            return []
        with self.path.open("rb") as file:
            file.seek(self.offset)
            text = file.read()
        complete = text[: text.rfind(b"\n") + 1]
        self.offset += len(complete)
        return [json.loads(line) for line in complete.splitlines()]


def train(trial: optuna.Trial, given: argparse.Namespace) -> tuple[optuna.trial.TrialState, float | None]:
    """Runs a trial, and stops it if Optuna prunes it.

    Returns the state of the trial, and its value if it is complete.
    """
    run = given.runs / f"trial-{trial.number}"
    lines = Lines(given.runs / f"trial-{trial.number}.jsonl")
    command = [given.trainer, "train", f"--output={run}", "--quiet", "--objective=validation-loss"]
    command += [f"--objective-file={lines.path}", f"--validation={given.validation}"]
    # In a session of its own, the run does not also get the SIGINT of Ctrl-C in the terminal.
    process = subprocess.Popen(
        command + settings(trial) + given.rest, stdout=subprocess.DEVNULL, start_new_session=True
    )
    is_pruned = False
    value = None
    try:
        while True:
            has_ended = process.poll() is not None
            for line in lines.new():
                # A pruned run may complete further epochs before it stops. How many depends on timing,
                # so they are not reported.
                if is_pruned:
                    continue
                value = line["value"]
                trial.report(value, line["epoch"])
                if trial.should_prune():
                    is_pruned = True
                    process.send_signal(signal.SIGTERM)
            if has_ended:
                break
            time.sleep(POLLING_SECONDS)
    except BaseException:
        # After Ctrl-C, SIGTERM or an error, the run ends with a checkpoint before the script does.
        process.send_signal(signal.SIGTERM)
        process.wait()
        raise
    if is_pruned and process.returncode in (0, STOPPED):
        return optuna.trial.TrialState.PRUNED, None
    if process.returncode == 0 and value is not None:
        return optuna.trial.TrialState.COMPLETE, value
    print(f"trial {trial.number}: the trainer ended with code {process.returncode}", file=sys.stderr)
    return optuna.trial.TrialState.FAIL, None


def main() -> int:
    given = options()
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(128 + signal.SIGTERM))
    given.runs.mkdir(parents=True, exist_ok=True)
    study = optuna.create_study(
        study_name="search",
        storage=f"sqlite:///{given.runs / 'study.db'}",
        load_if_exists=True,
        direction="minimize",
        pruner=optuna.pruners.MedianPruner(n_startup_trials=4, n_warmup_steps=1),
    )
    # A later call would otherwise draw the numbers of the first one again.
    study.sampler = optuna.samplers.TPESampler(seed=given.seed + len(study.trials))
    if given.start is not None and not study.trials:
        study.enqueue_trial({"learning-rate": given.start, "label-smoothing": 0.0})
    for _ in range(given.trials):
        trial = study.ask()
        try:
            state, value = train(trial, given)
        except BaseException:
            study.tell(trial, state=optuna.trial.TrialState.FAIL)
            raise
        study.tell(trial, value, state=state)
    complete = study.get_trials(states=[optuna.trial.TrialState.COMPLETE])
    pruned = study.get_trials(states=[optuna.trial.TrialState.PRUNED])
    print(f"{len(complete)} trials complete, {len(pruned)} pruned")
    if not complete:
        return 1
    best = study.best_trial
    print(f"best: trial {best.number}, validation loss {best.value:.4f}, {best.params}")
    return 0


if __name__ == "__main__":
    try:
        sys.exit(main())
    except KeyboardInterrupt:
        sys.exit(130)
