"""The trainer's network and optimizers in PyTorch, from tensors with the trainer's names."""

from __future__ import annotations

from collections.abc import Callable, Iterable

import numpy as np
import torch
import torch.nn.functional as F
from torch import nn

Tensors = dict[str, np.ndarray]
Batches = Iterable[tuple[np.ndarray, np.ndarray]]

# PyTorch's own defaults apply but for what stands here.
OPTIMIZERS: dict[str, Callable[..., torch.optim.Optimizer]] = {
    "sgd": torch.optim.SGD,
    "momentum": lambda groups, lr: torch.optim.SGD(groups, lr=lr, momentum=0.9),
    "nesterov": lambda groups, lr: torch.optim.SGD(groups, lr=lr, momentum=0.9, nesterov=True),
    "adagrad": torch.optim.Adagrad,
    "rmsprop": torch.optim.RMSprop,
    "adam": torch.optim.Adam,
    "adamw": torch.optim.AdamW,
}


class Network(nn.Module):
    """Linear, batch norm where there is one, ReLU for each hidden layer, then Linear.

    Weights are stored (in, out), as in the trainer's files: y = x W + b.
    """

    def __init__(self, tensors: Tensors, dtype: torch.dtype) -> None:
        super().__init__()
        self.depth = sum(name.startswith("dense") and name.endswith(".weight") for name in tensors)
        self.normed = "batchnorm1.gamma" in tensors
        self.values = nn.ParameterDict()
        self.running: dict[str, torch.Tensor] = {}
        for name, array in tensors.items():
            value = torch.from_numpy(array).to(dtype, copy=True)
            if ".running_" in name:
                self.running[name] = value
            else:
                # A name of a parameter may not hold a dot.
                self.values[name.replace(".", "/")] = nn.Parameter(value)

    def parameter(self, name: str) -> nn.Parameter | None:
        """The parameter of that name, where there is one."""
        key = name.replace(".", "/")
        return self.values[key] if key in self.values else None

    def forward(self, images: torch.Tensor) -> torch.Tensor:
        """Logits (batch, classes) of images (batch, pixels), in training mode."""
        values = images
        for layer in range(1, self.depth + 1):
            weight = self.parameter(f"dense{layer}.weight")
            values = F.linear(values, weight.t(), self.parameter(f"dense{layer}.bias"))
            if layer == self.depth:
                break
            if self.normed:
                norm = f"batchnorm{layer}"
                values = F.batch_norm(
                    values,
                    self.running[f"{norm}.running_mean"],
                    self.running[f"{norm}.running_var"],
                    self.parameter(f"{norm}.gamma"),
                    self.parameter(f"{norm}.beta"),
                    training=True,
                    momentum=0.1,
                    eps=1e-5,
                )
            values = F.relu(values)
        return values

    def tensors(self) -> Tensors:
        """Every parameter and running statistic under its name, in float64."""
        found = {key.replace("/", "."): value.detach() for key, value in self.values.items()}
        found |= self.running
        return {name: value.double().numpy().copy() for name, value in found.items()}


def make_optimizer(
    network: Network,
    name: str,
    learning_rate: float,
    weight_decay: float | None,
    epsilon: float | None,
) -> torch.optim.Optimizer:
    """The optimizer, with weight decay on weight matrices only; None is PyTorch's default."""
    matrices = [value for value in network.parameters() if value.dim() == 2]
    vectors = [value for value in network.parameters() if value.dim() != 2]
    decayed: dict[str, object] = {"params": matrices}
    if weight_decay is not None:
        decayed["weight_decay"] = weight_decay
    plain = {"params": vectors, "weight_decay": 0.0}
    further = {} if epsilon is None else {"eps": epsilon}
    return OPTIMIZERS[name]([decayed, plain], lr=learning_rate, **further)


def train(
    start: Tensors,
    batches: Batches,
    optimizer: str,
    learning_rate: float,
    weight_decay: float | None = None,
    epsilon: float | None = None,
    dtype: torch.dtype = torch.float64,
) -> Tensors:
    """What `start` becomes by one step on each of `batches` (images in [0, 1], labels)."""
    network = Network(start, dtype)
    steps = make_optimizer(network, optimizer, learning_rate, weight_decay, epsilon)
    for images, labels in batches:
        loss = F.cross_entropy(
            network(torch.from_numpy(images).to(dtype)), torch.from_numpy(labels)
        )
        steps.zero_grad()
        loss.backward()
        steps.step()
    return network.tensors()
