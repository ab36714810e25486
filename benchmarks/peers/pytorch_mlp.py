#!/usr/bin/env python3
"""Measures PyTorch on the CPU training the network that the trainer trains by default."""

from __future__ import annotations

import argparse

import torch
import torch.nn.functional as F
from torch import nn

from measurement import (
    CLASSES, DROPOUT, HIDDEN, LEARNING_RATE, NORM_EPSILON, NORM_MOMENTUM,
    load_data, option_parser, report,
)
from mnist_idx import Dataset


class PackedDropout(nn.Module):
    """Inverted dropout that takes four values from each 64 random bits.

    On the CPU nn.Dropout draws a whole double for every value, a third of the time of a step.
    """

    def __init__(self, probability: float) -> None:
        super().__init__()
        self.scale = 1 / (1 - probability)
        self.smallest_kept = round(probability * 2**16) - 2**15

    def forward(self, values: torch.Tensor) -> torch.Tensor:
        """`values` in evaluation; scaled, with some replaced by zero, in training."""
        if not self.training:
            return values
        words = torch.empty(-(-values.numel() // 4), dtype=torch.int64).random_(-(2**63), None)
        quarters = words.view(torch.int16)[: values.numel()].view(values.shape)
        return values * (quarters >= self.smallest_kept).to(values.dtype).mul_(self.scale)


def make_network(inputs: int, packed: bool) -> nn.Sequential:
    """Linear, batch norm, ReLU, dropout for each hidden layer, then Linear."""
    layers: list[nn.Module] = []
    for outputs in HIDDEN:
        linear = nn.Linear(inputs, outputs, bias=False)
        nn.init.kaiming_normal_(linear.weight, nonlinearity="relu")
        norm = nn.BatchNorm1d(outputs, eps=NORM_EPSILON, momentum=NORM_MOMENTUM)
        # Counting batches is not part of the arithmetic and costs an operation a layer.
        norm.num_batches_tracked = None
        dropout = PackedDropout(DROPOUT) if packed else nn.Dropout(DROPOUT)
        layers += [linear, norm, nn.ReLU(inplace=True), dropout]
        inputs = outputs
    last = nn.Linear(inputs, CLASSES)
    nn.init.xavier_normal_(last.weight)
    nn.init.zeros_(last.bias)
    return nn.Sequential(*layers, last)


class PyTorchPeer:
    """The network, its optimizer and its place in the shuffled training set."""

    def __init__(self, data: Dataset, options: argparse.Namespace) -> None:
        torch.manual_seed(options.seed)
        self.batch_size: int = options.batch_size
        self.images = torch.from_numpy(data.train_images)
        self.labels = torch.from_numpy(data.train_labels)
        self.test_images = torch.from_numpy(data.test_images)
        self.test_labels = torch.from_numpy(data.test_labels)
        self.network = make_network(self.images.shape[1], options.masks == "packed")
        self.optimizer = torch.optim.Adam(
            self.network.parameters(),
            lr=LEARNING_RATE,
            fused=options.adam == "fused",
            foreach=options.adam == "foreach",
        )
        self.loss = self.eager_loss
        self.drops_last = False
        if options.compile:
            self.loss = torch.compile(self.eager_loss, dynamic=False)
            # Another shape would mean another compilation.
            self.drops_last = True
        self.order = torch.randperm(len(self.labels))
        self.position = 0

    def eager_loss(self, images: torch.Tensor, labels: torch.Tensor) -> torch.Tensor:
        """Softmax cross-entropy, mean over the batch."""
        return F.cross_entropy(self.network(images), labels)

    def step(self) -> int:
        """Trains on the next batch and returns its size."""
        left = len(self.order) - self.position
        if left == 0 or (self.drops_last and left < self.batch_size):
            self.order = torch.randperm(len(self.labels))
            self.position = 0
        rows = self.order[self.position : self.position + self.batch_size]
        self.position += len(rows)
        loss = self.loss(self.images.index_select(0, rows), self.labels.index_select(0, rows))
        self.optimizer.zero_grad(set_to_none=True)
        loss.backward()
        self.optimizer.step()
        return len(rows)

    def train(self, steps: int) -> int:
        """Trains `steps` steps and returns how many samples they held."""
        return sum(self.step() for _ in range(steps))

    def train_epoch(self) -> None:
        """Trains one pass over the training set."""
        whole, rest = divmod(len(self.order), self.batch_size)
        self.train(whole + (1 if rest and not self.drops_last else 0))

    def accuracy(self) -> float:
        """The share of the test set that is classified correctly."""
        self.network.eval()
        with torch.inference_mode():
            predicted = self.network(self.test_images).argmax(1)
        self.network.train()
        return (predicted == self.test_labels).double().mean().item()


def main() -> None:
    """Reads the options, measures, prints one line."""
    parser = option_parser(__doc__ or "")
    parser.add_argument(
        "--compile", action="store_true",
        help="torch.compile the network and the loss (drops an epoch's last, smaller batch)",
    )
    parser.add_argument(
        "--adam", choices=("fused", "foreach", "loop"), default="fused",
        help="the optimizer's implementation (default fused, the fastest)",
    )
    options = parser.parse_args()
    torch.set_num_threads(options.threads)
    torch.set_flush_denormal(True)
    data = load_data(options)
    settings = {"masks": options.masks, "compiled": options.compile, "adam": options.adam}
    report("pytorch", torch.__version__, options, lambda: PyTorchPeer(data, options), settings)


if __name__ == "__main__":
    main()
