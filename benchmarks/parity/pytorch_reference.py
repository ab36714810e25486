"""The trainer's networks and optimizers in PyTorch, from tensors with the trainer's names."""

from __future__ import annotations

from collections.abc import Callable, Iterable

import numpy as np
import torch
import torch.nn.functional as F
from torch import nn

from shared import NORM_EPSILON, NORM_MOMENTUM, Layer, ModelError, flattened

Tensors = dict[str, np.ndarray]
Batches = Iterable[tuple[np.ndarray, np.ndarray]]

# PyTorch's own defaults apply except where stated here.
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
    """A network's layers as functions of the trainer's own tensors, in training mode.

    Images are (batch, rows, columns, channels), weights (in, out) or (rows, columns, in, out).
    """

    def __init__(self, layers: tuple[Layer, ...], tensors: Tensors, dtype: torch.dtype) -> None:
        super().__init__()
        expected = {name for layer in flattened(layers) for name in layer.tensors}
        if tensors.keys() != expected:
            raise ModelError(
                f"tensors {', '.join(sorted(tensors))}; expected {', '.join(sorted(expected))}")
        self.layers = layers
        self.values = nn.ParameterDict()
        self.running: dict[str, torch.Tensor] = {}
        for name, array in tensors.items():
            value = torch.from_numpy(array).to(dtype, copy=True)
            if ".running_" in name:
                self.running[name] = value
            else:
                # A name of a parameter may not hold a dot.
                self.values[name.replace(".", "/")] = nn.Parameter(value)

    def parameter(self, layer: Layer, part: str) -> nn.Parameter | None:
        """A parameter of a layer, if it has it."""
        key = f"{layer.name}/{part}"
        return self.values[key] if key in self.values else None

    def forward(self, images: torch.Tensor) -> torch.Tensor:
        """Logits (batch, classes) of images (batch, pixels)."""
        return self.through(self.layers, images.reshape(-1, *self.layers[0].input))

    def through(self, layers: tuple[Layer, ...], values: torch.Tensor) -> torch.Tensor:
        """The output of layers, one after the other."""
        for layer in layers:
            values = self.one(layer, values)
        return values

    def one(self, layer: Layer, values: torch.Tensor) -> torch.Tensor:
        """A layer's output."""
        match layer.kind.keyword:
            case "conv":
                return self.convolution(layer, values)
            case "dense":
                weight = self.parameter(layer, "weight")
                return F.linear(values.flatten(1), weight.t(), self.parameter(layer, "bias"))
            case "bn":
                return self.batch_norm(layer, values)
            case "relu":
                return F.relu(values)
            case "silu":
                return F.silu(values)
            case "pool":
                return F.max_pool2d(values.permute(0, 3, 1, 2), layer.kind.size).permute(0, 2, 3, 1)
            case "avgpool":
                return F.avg_pool2d(values.permute(0, 3, 1, 2), layer.kind.size).permute(0, 2, 3, 1)
            case "globalpool":
                return values.mean((1, 2))
            case "residual":
                block = self.through(layer.block, values)
                return block + self.through(layer.projection, values).reshape(block.shape)
        raise ModelError(f"{layer.kind.keyword} is not compared")

    def convolution(self, layer: Layer, values: torch.Tensor) -> torch.Tensor:
        """The convolution of images among zeros."""
        rows, columns = layer.padding
        padded = F.pad(values.permute(0, 3, 1, 2), (*columns, *rows))
        weight = self.parameter(layer, "weight").permute(3, 2, 0, 1)
        result = F.conv2d(
            padded, weight, self.parameter(layer, "bias"), layer.kind.stride,
            groups=layer.kind.groups)
        return result.permute(0, 2, 3, 1)

    def batch_norm(self, layer: Layer, values: torch.Tensor) -> torch.Tensor:
        """Normalizes each channel; brings the running statistics up to date."""
        result = F.batch_norm(
            values.reshape(-1, values.shape[-1]),
            self.running[f"{layer.name}.running_mean"],
            self.running[f"{layer.name}.running_var"],
            self.parameter(layer, "gamma"),
            self.parameter(layer, "beta"),
            training=True,
            momentum=NORM_MOMENTUM,
            eps=NORM_EPSILON,
        )
        return result.reshape(values.shape)

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
    """The optimizer, with weight decay on weights only; None is PyTorch's default."""
    weights = [value for value in network.parameters() if value.dim() > 1]
    vectors = [value for value in network.parameters() if value.dim() == 1]
    decayed: dict[str, object] = {"params": weights}
    if weight_decay is not None:
        decayed["weight_decay"] = weight_decay
    plain = {"params": vectors, "weight_decay": 0.0}
    further = {} if epsilon is None else {"eps": epsilon}
    return OPTIMIZERS[name]([decayed, plain], lr=learning_rate, **further)


def train(
    layers: tuple[Layer, ...],
    start: Tensors,
    batches: Batches,
    optimizer: str,
    learning_rate: float,
    weight_decay: float | None = None,
    epsilon: float | None = None,
    dtype: torch.dtype = torch.float64,
) -> Tensors:
    """What `start` becomes by one step on each of `batches` (images in [0, 1], labels)."""
    network = Network(layers, start, dtype)
    steps = make_optimizer(network, optimizer, learning_rate, weight_decay, epsilon)
    for images, labels in batches:
        loss = F.cross_entropy(
            network(torch.from_numpy(images).to(dtype)), torch.from_numpy(labels)
        )
        steps.zero_grad()
        loss.backward()
        steps.step()
    return network.tensors()
