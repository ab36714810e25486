"""The compared networks as PyTorch modules, channels last."""

from __future__ import annotations

from math import prod

import torch
from torch import nn

from models import NORM_EPSILON, NORM_MOMENTUM, Layer


class Images(nn.Module):
    """Views rows of pixels (batch, pixels) as images, whose channels lie last in memory."""

    def __init__(self, layer: Layer) -> None:
        super().__init__()
        self.shape = layer.input

    def forward(self, values: torch.Tensor) -> torch.Tensor:
        """(batch, channels, rows, columns), as PyTorch numbers them."""
        return values.view(-1, *self.shape).permute(0, 3, 1, 2)


class Flatten(nn.Module):
    """Makes a row of each image, channels last, which copies nothing."""

    def forward(self, values: torch.Tensor) -> torch.Tensor:
        """(batch, rows * columns * channels)."""
        return values.permute(0, 2, 3, 1).flatten(1) if values.dim() == 4 else values


class GlobalPool(nn.Module):
    """The mean of each channel."""

    def forward(self, values: torch.Tensor) -> torch.Tensor:
        """(batch, channels)."""
        return values.mean((2, 3))


class Residual(nn.Module):
    """Adds a block's input, or a projection of it, to its output."""

    def __init__(self, block: nn.Module, shortcut: nn.Module) -> None:
        super().__init__()
        self.block = block
        self.shortcut = shortcut

    def forward(self, values: torch.Tensor) -> torch.Tensor:
        """The sum."""
        return self.block(values) + self.shortcut(values)


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
        quarters = words.view(torch.int16)[: values.numel()].as_strided(
            values.shape, values.stride())
        return values * (quarters >= self.smallest_kept).to(values.dtype).mul_(self.scale)


def make_convolution(layer: Layer) -> nn.Module:
    """A convolution, after padding of its own where there are more zeros after an image."""
    kind = layer.kind
    (before, below), (_, right) = layer.padding
    # More zeros after an image than are needed change nothing.
    is_symmetric = max(below, right) <= before
    convolution = nn.Conv2d(
        layer.input[-1], kind.units, kind.size, kind.stride, before if is_symmetric else 0,
        groups=kind.groups, bias=layer.has_bias,
    )
    start_weights(convolution, layer)
    if is_symmetric:
        return convolution
    return nn.Sequential(nn.ZeroPad2d((before, right, before, below)), convolution)


def make_dense(layer: Layer) -> nn.Module:
    """A dense layer of images or rows."""
    linear = nn.Linear(prod(layer.input), layer.kind.units, bias=layer.has_bias)
    start_weights(linear, layer)
    return nn.Sequential(Flatten(), linear) if len(layer.input) == 3 else linear


def start_weights(module: nn.Conv2d | nn.Linear, layer: Layer) -> None:
    """Fills weights with normal random numbers, a bias with zeros."""
    nn.init.normal_(module.weight, std=layer.deviation)
    if module.bias is not None:
        nn.init.zeros_(module.bias)


def make_layer(layer: Layer, packed: bool) -> nn.Module:
    """The module of a layer; `packed` chooses how dropout draws its masks."""
    match layer.kind.keyword:
        case "conv":
            return make_convolution(layer)
        case "dense":
            return make_dense(layer)
        case "bn":
            norm_type = nn.BatchNorm2d if len(layer.input) == 3 else nn.BatchNorm1d
            norm = norm_type(layer.input[-1], eps=NORM_EPSILON, momentum=NORM_MOMENTUM)
            # Counting batches is not part of the arithmetic and costs an operation a layer.
            norm.num_batches_tracked = None
            return norm
        case "relu":
            return nn.ReLU(inplace=True)
        case "silu":
            return nn.SiLU()
        case "dropout":
            return (PackedDropout if packed else nn.Dropout)(layer.kind.rate)
        case "pool":
            return nn.MaxPool2d(layer.kind.size)
        case "avgpool":
            return nn.AvgPool2d(layer.kind.size)
        case "globalpool":
            return GlobalPool()
        case "residual":
            shortcut: nn.Module = nn.Identity()
            if layer.projection:
                shortcut = make_sequence(layer.projection, packed)
            elif len(layer.output) < len(layer.input):
                shortcut = Flatten()
            return Residual(make_sequence(layer.block, packed), shortcut)
    raise AssertionError(f"{layer.kind.keyword} is read but not made")


def make_sequence(layers: tuple[Layer, ...], packed: bool) -> nn.Sequential:
    """The modules of layers, one after the other."""
    return nn.Sequential(*(make_layer(layer, packed) for layer in layers))


def make_network(layers: tuple[Layer, ...], packed: bool) -> nn.Module:
    """The module of a whole network, from rows of pixels to logits."""
    sequence = make_sequence(layers, packed)
    if layers[0].kind.keyword == "dense":
        return sequence
    return nn.Sequential(Images(layers[0]), sequence).to(memory_format=torch.channels_last)
