#!/usr/bin/env python3
"""Compares the trainer with PyTorch in float64, step for step from the same initial weights.

For every optimizer and network the trainer and PyTorch train the same steps on the same rows of the
training set, in file order and without dropout; then every tensor is compared. The exit status is 1
where one differs by more than the limit.

ReLU is not continuous in its derivative: where a value before it lies within rounding of zero,
float32 and float64 disagree on its sign, a whole term of the gradient comes or goes, and the runs
part, PyTorch's own float32 too. With 768 units, 512 rows and 50 steps that happens about once a
run. So a case is tried with several seeds and passes with the first within the limit; a wrong
formula is over it with every seed. Learning rates are such that a step's rounding stays below the
limit, and a wrong formula does not. Convolutional networks with batch norm have a hundred times as many
values before ReLUs; they are compared over fewer steps of smaller batches, and over 50 steps with SiLU in
place of ReLU and average pools in place of maximum pools.
"""

from __future__ import annotations

import argparse
import hashlib
import struct
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch

import pytorch_reference
from pytorch_reference import Tensors
from safetensors_reader import FormatError, read
from shared import (
    PRESETS, DataError, ModelError, Shape, network, read_idx, smoothed, without_dropout,
)

LIMIT = 2e-4


@dataclass(frozen=True)
class Case:
    """One run of both."""

    optimizer: str
    learning_rate: float
    model: str = "mlp"  # a preset or a description, whose dropout is left out
    weight_decay: float | None = None
    epsilon: float | None = None
    steps: int = 50
    batch_size: int = 512
    is_smooth: bool = False  # with functions whose derivatives are continuous

    @property
    def label(self) -> str:
        """What the table calls it."""
        parts = [self.model, "smooth", self.optimizer] if self.is_smooth else [self.model, self.optimizer]
        if self.weight_decay is not None:
            parts.append(f"weight decay {self.weight_decay}")
        if self.epsilon is not None:
            parts.append(f"epsilon {self.epsilon}")
        return ", ".join(parts)

    @property
    def network(self) -> str:
        """The description of the network that is trained."""
        text = without_dropout(self.model)
        return smoothed(text) if self.is_smooth else text


LEARNING_RATES = {
    "sgd": 0.01,
    "momentum": 0.001,
    "nesterov": 0.001,
    "adagrad": 1e-4,
    "rmsprop": 1e-4,
    "adam": 1e-4,
    "adamw": 1e-4,
}

WITHOUT_BATCH_NORM = "dense 512 relu, dense 256 relu"


# Steps and batch size with which some seed switches no unit: the more units there are, and the deeper
# they lie behind batch norms, which spread a switch over all samples, the fewer.
SIZES = {"lenet": (50, 64), "cnn-fast": (50, 64), "resnet": (2, 8)}
OTHER_SIZES = (4, 16)
SMOOTH_SIZES = (50, 32)
OPTIMIZERS = ("sgd", "momentum", "adam")


def model_cases(model: str) -> list[Case]:
    """A model with the optimizers that differ most; a deep one also with smooth functions."""
    sizes = [(False, *SIZES.get(model, OTHER_SIZES))]
    if sizes[0][1] < SMOOTH_SIZES[0] and smoothed(model) != model:
        sizes.append((True, *SMOOTH_SIZES))
    return [
        Case(
            name, LEARNING_RATES[name], model, steps=steps, batch_size=batch_size,
            is_smooth=is_smooth)
        for is_smooth, steps, batch_size in sizes
        for name in OPTIMIZERS
    ]


CASES = [
    *(Case(name, rate) for name, rate in LEARNING_RATES.items()),
    *(Case(name, rate, WITHOUT_BATCH_NORM) for name, rate in LEARNING_RATES.items()),
    *(case for model in PRESETS if model != "mlp" for case in model_cases(model)),
    Case("sgd", 0.01, weight_decay=0.01),
    Case("adam", 1e-4, weight_decay=0.01),
    # A large epsilon dampens rounding, and so allows a rate at which the decay tells: here
    # AdamW's default, and another.
    Case("adamw", 0.01, epsilon=1e-3),
    Case("adamw", 0.01, epsilon=1e-3, weight_decay=0.1),
]


class ComparisonError(Exception):
    """The comparison cannot be made."""


def run_trainer(trainer: Path, arguments: list[str]) -> None:
    """Runs `trainer train` with `arguments`."""
    command = [str(trainer), "train", *arguments]
    try:
        result = subprocess.run(command, capture_output=True, text=True, check=False)
    except OSError as error:
        raise ComparisonError(f"{trainer}: {error.strerror}") from error
    if result.returncode != 0:
        raise ComparisonError(
            f"{' '.join(command)}: exit status {result.returncode}\n{result.stderr.rstrip()}"
        )


def check_presets(trainer: Path) -> None:
    """Refuses a trainer whose presets are other networks than those of the same names here."""
    result = subprocess.run([str(trainer), "models"], capture_output=True, text=True, check=True)
    lines = [line.split(None, 2) for line in result.stdout.splitlines()[1:]]
    theirs = {name: text for name, _, text in lines}
    for name, text in PRESETS.items():
        if theirs.get(name) != text:
            raise ComparisonError(f"preset {name}: {theirs.get(name)}; expected {text}")


def relative_error(found: np.ndarray, expected: np.ndarray) -> float:
    """The largest difference as a share of the largest expected magnitude."""
    if not np.isfinite(found).all():
        return float("inf")
    difference = float(np.abs(found - expected).max())
    scale = float(np.abs(expected).max())
    if scale == 0:
        return 0.0 if difference == 0 else float("inf")
    return difference / scale


def relative_errors(found: Tensors, expected: Tensors) -> dict[str, float]:
    """The relative error of every tensor; both must hold the same names and shapes."""
    if found.keys() != expected.keys():
        raise ComparisonError(
            f"tensors {', '.join(sorted(found))}; expected {', '.join(sorted(expected))}"
        )
    for name, array in found.items():
        if array.shape != expected[name].shape:
            raise ComparisonError(f"{name}: shape {array.shape}, expected {expected[name].shape}")
    return {name: relative_error(found[name], expected[name]) for name in sorted(found)}


def copy_rows(directory: Path, count: int, folder: Path) -> tuple[np.ndarray, np.ndarray]:
    """Copies the first `count` training samples, and few test samples, which no run waits for.

    Returns the training images (samples, rows, columns) in bytes, and their labels.
    """
    found = []
    for prefix, samples in (("train", count), ("t10k", 100)):
        for part, dimensions in (("images", 3), ("labels", 1)):
            name = f"{prefix}-{part}-idx{dimensions}-ubyte"
            try:
                values = read_idx(directory, name, dimensions)[:samples]
            except DataError as error:
                raise ComparisonError(str(error)) from error
            header = struct.pack(f">2x2B{dimensions}I", 8, dimensions, *values.shape)
            (folder / name).write_bytes(header + values.tobytes())
            found.append(values)
    images, labels = found[:2]
    if min(len(images), len(labels)) < count:
        raise ComparisonError(
            f"{directory}: {min(len(images), len(labels))} training samples, expected at least "
            f"{count}: one epoch holds fewer than all the steps"
        )
    return images, labels.astype(np.int64)


@dataclass(frozen=True)
class Outcome:
    """What came of one case with one seed."""

    seed: int
    errors: dict[str, float]  # the trainer's relative error, by tensor
    float32_error: float  # the worst of PyTorch's own float32

    @property
    def worst(self) -> str:
        """The tensor with the largest error."""
        return max(self.errors, key=self.errors.__getitem__)

    @property
    def error(self) -> float:
        """The largest error."""
        return self.errors[self.worst]


@dataclass(frozen=True)
class Comparison:
    """What all cases share."""

    trainer: Path
    folder: Path  # holds the data, and what the trainer writes
    steps: int | None  # None for the case's own
    batch_size: int | None
    extra: list[str]
    images: np.ndarray
    labels: np.ndarray

    @property
    def image(self) -> Shape:
        """Rows, columns and the one channel of an image."""
        return (*self.images.shape[1:], 1)

    def sizes(self, case: Case) -> tuple[int, int]:
        """How many steps a case has, and samples in a batch."""
        return self.steps or case.steps, self.batch_size or case.batch_size

    def batches(self, case: Case) -> Iterator[tuple[np.ndarray, np.ndarray]]:
        """Consecutive rows of the training set, with pixels in [0, 1]."""
        steps, batch_size = self.sizes(case)
        for start in range(0, steps * batch_size, batch_size):
            rows = slice(start, start + batch_size)
            yield self.images[rows] / 255.0, self.labels[rows]

    def arguments(self, case: Case) -> list[str]:
        """The options that making the initial weights and training share."""
        return [
            "--data", str(self.folder), "--batch-size", str(self.sizes(case)[1]),
            "--model", case.network, "--no-shuffle", "--quiet",
            "--optimizer", case.optimizer, "--lr-schedule", "constant", *self.extra,
        ]

    def initial_weights(self, case: Case, seed: int) -> Path:
        """A file of initial weights for the case's network, made by the trainer once."""
        model = hashlib.sha256(case.network.encode()).hexdigest()
        path = self.folder / f"{model}-{seed}.safetensors"
        if not path.exists():
            options = ["--seed", str(seed), "--steps", "1", "--save-init", str(path)]
            run_trainer(self.trainer, [*self.arguments(case), *options])
        return path

    def run(self, case: Case, seed: int) -> Outcome:
        """Trains with the trainer and with PyTorch from the same weights."""
        initial = self.initial_weights(case, seed)
        saved = self.folder / "trained.safetensors"
        options = [
            "--steps", str(self.sizes(case)[0]), "--init", str(initial), "--save", str(saved),
            "--learning-rate", str(case.learning_rate),
        ]
        for name, value in (("--weight-decay", case.weight_decay), ("--epsilon", case.epsilon)):
            if value is not None:
                options += [name, str(value)]
        run_trainer(self.trainer, [*self.arguments(case), *options])
        start = read(initial)
        layers = network(case.network, self.image)
        exact, rounded = (
            pytorch_reference.train(
                layers, start, self.batches(case), case.optimizer, case.learning_rate, case.weight_decay,
                case.epsilon, dtype,
            )
            for dtype in (torch.float64, torch.float32)
        )
        errors = relative_errors(read(saved), exact)
        saved.unlink()
        return Outcome(seed, errors, max(relative_errors(rounded, exact).values()))

    def best(self, case: Case, seeds: int, limit: float) -> Outcome:
        """The first seed's outcome within the limit, else the best of all."""
        outcomes = []
        for seed in range(seeds):
            outcome = self.run(case, seed)
            if outcome.error <= limit:
                return outcome
            outcomes.append(outcome)
        return min(outcomes, key=lambda outcome: outcome.error)


def compare(
    comparison: Comparison, cases: list[Case], seeds: int, limit: float, every_tensor: bool
) -> bool:
    """Prints the table; true where every tensor of every case is within the limit."""
    print(f"{'case':<48} {'seed':>4} {'worst tensor':<24} {'error':>8} {'float32':>8}  verdict")
    passed = True
    for case in cases:
        outcome = comparison.best(case, seeds, limit)
        within = outcome.error <= limit
        passed = passed and within
        print(
            f"{case.label:<48} {outcome.seed:4} {outcome.worst:<24} {outcome.error:8.1e} "
            f"{outcome.float32_error:8.1e}  {'ok' if within else 'OVER THE LIMIT'}",
            flush=True,
        )
        for name, error in outcome.errors.items():
            if every_tensor or (error > limit and name != outcome.worst):
                print(f"{'':<53} {name:<24} {error:8.1e}")
    print(f"error: max|trainer - PyTorch float64| / max|PyTorch float64|, at most {limit}")
    print("seed: the first within the limit, from 0; else the best")
    print("float32: the worst error of PyTorch's own float32 with that seed, for comparison")
    return passed


def positive(text: str) -> int:
    """A whole number above zero."""
    value = int(text)
    if value < 1:
        raise argparse.ArgumentTypeError(f"{value}, expected at least 1")
    return value


def main() -> int:
    """Reads the options, compares, and returns the exit status."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--trainer", type=Path, required=True, metavar="PATH")
    parser.add_argument("--data", type=Path, required=True, metavar="DIR")
    parser.add_argument("--steps", type=positive, metavar="N", help="instead of each case's own")
    parser.add_argument(
        "--batch-size", type=positive, metavar="N", help="instead of each case's own")
    parser.add_argument(
        "--model", metavar="TEXT",
        help="only the cases of this network, or some for a description that has none",
    )
    parser.add_argument(
        "--seeds", type=positive, default=25, metavar="N",
        help="how many initial weights to try before a case has failed (default 25)",
    )
    parser.add_argument("--limit", type=float, default=LIMIT, metavar="X")
    parser.add_argument("--optimizer", choices=list(LEARNING_RATES), help="only this one's cases")
    parser.add_argument("--every-tensor", action="store_true", help="print every tensor's error")
    parser.add_argument(
        "extra", nargs="*", metavar="OPTION",
        help="further options of the trainer, after --, such as -- --threads 2 --shard-size 100",
    )
    options = parser.parse_args()
    cases = [case for case in CASES if options.model in (None, case.model)]
    cases = [
        case for case in cases or model_cases(options.model)
        if options.optimizer in (None, case.optimizer)
    ]
    if not cases:
        parser.error(f"no case of {options.model} with {options.optimizer}")
    try:
        check_presets(options.trainer)
        rows = max(
            (options.steps or case.steps) * (options.batch_size or case.batch_size)
            for case in cases)
        with tempfile.TemporaryDirectory() as folder:
            images, labels = copy_rows(options.data, rows, Path(folder))
            comparison = Comparison(
                options.trainer, Path(folder), options.steps, options.batch_size,
                options.extra, images, labels,
            )
            passed = compare(
                comparison, cases, options.seeds, options.limit, options.every_tensor
            )
    except (ComparisonError, FormatError, ModelError, OSError, subprocess.SubprocessError) as error:
        print(f"error: {error}", file=sys.stderr)
        return 2
    return 0 if passed else 1


if __name__ == "__main__":
    sys.exit(main())
