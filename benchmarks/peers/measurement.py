"""What the peers share: their options, and how throughput is measured."""

from __future__ import annotations

import argparse
import json
import os
import statistics
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any, Protocol

from mnist_idx import DataError, Dataset, find_directory, load
from model_text import add_model_option
from models import Layer, network

LEARNING_RATE = 1e-3
STEPS_BETWEEN_CLOCKS = 20


class Peer(Protocol):
    """A network in training."""

    def train(self, steps: int) -> int:
        """Trains `steps` steps, waits for the last, and returns how many samples they held."""

    def train_epoch(self) -> None:
        """Trains one pass over the training set."""

    def accuracy(self) -> float:
        """The share of the test set that is classified correctly."""


def usable_cpus() -> int:
    """How many CPUs the affinity mask allows."""
    return len(os.sched_getaffinity(0))


def positive(text: str) -> int:
    """A whole number above zero."""
    value = int(text)
    if value < 1:
        raise argparse.ArgumentTypeError(f"{value}, expected at least 1")
    return value


def positive_seconds(text: str) -> float:
    """A finite number above zero."""
    value = float(text)
    if not 0 < value < float("inf"):
        raise argparse.ArgumentTypeError(f"{text}, expected a finite number above 0")
    return value


def option_parser(description: str) -> argparse.ArgumentParser:
    """The options that every peer has."""
    parser = argparse.ArgumentParser(description=description)
    add_model_option(parser)
    parser.add_argument("--batch-size", type=positive, default=512, metavar="N")
    parser.add_argument("--threads", type=positive, default=usable_cpus(), metavar="N")
    parser.add_argument(
        "--seconds", type=positive_seconds, default=5.0, metavar="S",
        help="about how long to measure, all segments together (default 5)",
    )
    parser.add_argument(
        "--repeats", type=positive, default=5, metavar="N",
        help="segments; their median is reported (default 5)",
    )
    parser.add_argument(
        "--warm-up", type=positive, default=50, metavar="N",
        help="steps before the measurement (default 50)",
    )
    parser.add_argument("--data", type=Path, metavar="DIR", help="directory of the four IDX files")
    parser.add_argument(
        "--epochs", type=positive, metavar="N",
        help="afterwards, train a fresh network for N epochs and report its test accuracy",
    )
    parser.add_argument(
        "--masks", choices=("library", "packed"), default="library",
        help="dropout masks as the library draws them (default), or several from each random word",
    )
    parser.add_argument("--seed", type=int, default=0, metavar="N")
    return parser


def load_data(options: argparse.Namespace) -> Dataset:
    """The data set, or an exit with the reason why there is none."""
    try:
        data = load(find_directory(options.data))
    except (DataError, OSError) as error:
        sys.exit(f"error: {error}")
    if not 2 <= options.batch_size <= len(data.train_images):
        sys.exit(
            f"error: --batch-size {options.batch_size}, expected at least 2, for batch norm, "
            f"and at most {len(data.train_images)}, the samples there are"
        )
    return data


def network_of(options: argparse.Namespace, data: Dataset) -> tuple[Layer, ...]:
    """The layers of --model for the images of `data`, or an exit with the reason against it."""
    try:
        return network(options.model, data.image)
    except ValueError as error:
        sys.exit(f"error: --model {options.model}: {error}")


def throughput(peer: Peer, seconds: float, repeats: int, warm_up: int) -> tuple[float, float]:
    """The median samples per second of `repeats` segments, and the seconds that all took."""
    peer.train(warm_up)
    rates = []
    total = 0.0
    for _ in range(repeats):
        samples = 0
        start = time.perf_counter()
        elapsed = 0.0
        while elapsed < seconds / repeats:
            samples += peer.train(STEPS_BETWEEN_CLOCKS)
            elapsed = time.perf_counter() - start
        rates.append(samples / elapsed)
        total += elapsed
    return statistics.median(rates), total


def report(
    name: str,
    version: str,
    options: argparse.Namespace,
    make_peer: Callable[[], Peer],
    settings: dict[str, Any],
) -> None:
    """Measures a peer and prints the result as one line of JSON."""
    rate, seconds = throughput(make_peer(), options.seconds, options.repeats, options.warm_up)
    accuracy = None
    if options.epochs is not None:
        fresh = make_peer()
        for _ in range(options.epochs):
            fresh.train_epoch()
        accuracy = fresh.accuracy()
    line = {
        "peer": name,
        "version": version,
        "model": options.model,
        "batch_size": options.batch_size,
        "threads": options.threads,
        "samples_per_second": round(rate, 1),
        "seconds": round(seconds, 3),
        "repeats": options.repeats,
        "epochs": options.epochs,
        "test_accuracy": accuracy,
        **settings,
    }
    print(json.dumps(line), flush=True)
