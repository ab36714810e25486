#!/usr/bin/env python3
"""Measures PyTorch on the CPU training a network that the trainer trains too."""

from __future__ import annotations

import argparse

import torch
import torch.nn.functional as F

from measurement import LEARNING_RATE, load_data, network_of, option_parser, report
from mnist_idx import Dataset
from models import Layer
from pytorch_network import make_network

TEST_BATCH = 1000


class PyTorchPeer:
    """The network, its optimizer and its place in the shuffled training set."""

    def __init__(
        self, data: Dataset, layers: tuple[Layer, ...], options: argparse.Namespace
    ) -> None:
        torch.manual_seed(options.seed)
        self.batch_size: int = options.batch_size
        self.images = torch.from_numpy(data.train_images)
        self.labels = torch.from_numpy(data.train_labels)
        self.test_images = torch.from_numpy(data.test_images)
        self.test_labels = torch.from_numpy(data.test_labels)
        self.network = make_network(layers, options.masks == "packed")
        self.autocasts = options.precision == "bfloat16"
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
        return F.cross_entropy(self.logits(images), labels)

    def logits(self, images: torch.Tensor) -> torch.Tensor:
        """The network's output, in float32."""
        with torch.autocast("cpu", torch.bfloat16, enabled=self.autocasts):
            return self.network(images).float()

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
            parts = [self.logits(images) for images in self.test_images.split(TEST_BATCH)]
            predicted = torch.cat(parts).argmax(1)
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
    parser.add_argument(
        "--precision", choices=("float32", "bfloat16"), default="float32",
        help="of products and activations; bfloat16 is torch.autocast (default float32)",
    )
    options = parser.parse_args()
    torch.set_num_threads(options.threads)
    torch.set_flush_denormal(True)
    data = load_data(options)
    layers = network_of(options, data)
    settings = {
        "precision": options.precision, "masks": options.masks, "compiled": options.compile,
        "adam": options.adam,
    }
    report(
        "pytorch", torch.__version__, options, lambda: PyTorchPeer(data, layers, options), settings)


if __name__ == "__main__":
    main()
