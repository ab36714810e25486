#!/usr/bin/env python3
"""Times the recipe mnist-1-epoch, whole commands from start to end, against the same in PyTorch.

Both read the data, train one epoch with the recipe's network, batch and schedule, and evaluate on the test
set. They take turns; PyTorch is timed with and without its start, which is the import of its modules.
"""

from __future__ import annotations

import argparse
import json
import statistics
import subprocess
import sys
import time
from pathlib import Path

RECIPE = Path(__file__).resolve().parents[2] / "examples" / "recipes" / "mnist-1-epoch.yaml"


def settings() -> dict[str, str]:
    """The recipe's settings: its lines are a name, a colon and a value."""
    lines = (line.partition("#")[0].strip() for line in RECIPE.read_text().splitlines())
    return {name.strip(): value.strip() for name, _, value in (l.partition(":") for l in lines if l)}


def train_with_pytorch(directory: Path, threads: int, seed: int) -> None:
    """Trains and evaluates once, and prints the seconds after the imports and the accuracy."""
    import torch
    import torch.nn.functional as F

    from mnist_idx import load
    from models import network
    from pytorch_network import make_network

    start = time.perf_counter()
    torch.set_num_threads(threads)
    torch.set_flush_denormal(True)
    torch.manual_seed(seed)
    recipe = settings()
    data = load(directory)
    images, labels = torch.from_numpy(data.train_images), torch.from_numpy(data.train_labels)
    model = make_network(network(recipe["model"], data.image), packed=False)
    rate, batch = float(recipe["learning-rate"]), int(recipe["batch-size"])
    betas = (float(recipe["beta1"]), float(recipe["beta2"]))
    optimizer = torch.optim.Adam(model.parameters(), lr=rate, betas=betas, fused=True)
    steps = -(-len(labels) // batch)
    schedule = torch.optim.lr_scheduler.OneCycleLR(
        optimizer, rate, total_steps=steps, cycle_momentum=False)
    order = torch.randperm(len(labels))
    smoothing = float(recipe["label-smoothing"])
    for step in range(steps):
        rows = order[step * batch : (step + 1) * batch]
        loss = F.cross_entropy(
            model(images.index_select(0, rows)), labels.index_select(0, rows),
            label_smoothing=smoothing)
        optimizer.zero_grad(set_to_none=True)
        loss.backward()
        optimizer.step()
        if step + 1 < steps:
            schedule.step()
    model.eval()
    with torch.inference_mode():
        parts = [model(part) for part in torch.from_numpy(data.test_images).split(1000)]
    right = torch.cat(parts).argmax(1) == torch.from_numpy(data.test_labels)
    print(json.dumps(
        {"seconds": time.perf_counter() - start, "accuracy": right.double().mean().item()}))


def timed(command: list[str]) -> tuple[float, str]:
    """The seconds and the output of a command; its failure is this program's."""
    start = time.perf_counter()
    result = subprocess.run(command, capture_output=True, text=True, check=False)
    if result.returncode != 0:
        sys.exit(f"error: {' '.join(command)}: status {result.returncode}\n{result.stderr}")
    return time.perf_counter() - start, result.stdout


def main() -> None:
    """Reads the options, takes turns, prints one line of JSON."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--trainer", required=True, help="the trainer's release binary")
    parser.add_argument("--data", type=Path, required=True, help="the four IDX files")
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--pytorch-seed", type=int, help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.pytorch_seed is not None:
        train_with_pytorch(options.data, options.threads, options.pytorch_seed)
        return
    common = ["--data", str(options.data), "--threads", str(options.threads)]
    ours, theirs, without_start, accuracies = [], [], [], []
    for seed in range(options.rounds):
        seconds, _ = timed(
            [options.trainer, "--config", str(RECIPE), *common, "--seed", str(seed), "--quiet"])
        ours.append(seconds)
        seconds, output = timed(
            [sys.executable, __file__, "--trainer", options.trainer, *common,
             "--pytorch-seed", str(seed)])
        theirs.append(seconds)
        result = json.loads(output)
        without_start.append(result["seconds"])
        accuracies.append(result["accuracy"])
    print(json.dumps({
        "trainer_seconds": round(statistics.median(ours), 2),
        "pytorch_seconds": round(statistics.median(theirs), 2),
        "pytorch_seconds_after_import": round(statistics.median(without_start), 2),
        "pytorch_accuracies": accuracies,
    }))


if __name__ == "__main__":
    main()
