"""The networks that are compared: layers with shapes, and the names that the trainer gives them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from math import prod

from model_text import Kind, ModelError, read

CLASSES = 10
ACTIVATIONS = ("relu", "silu")
NORM_MOMENTUM = 0.1
NORM_EPSILON = 1e-5

Shape = tuple[int, ...]  # of one sample: (rows, columns, channels) or (units,)


@dataclass(frozen=True)
class Layer:
    """A kind in its place in the network."""

    kind: Kind
    name: str  # as the trainer's tensors have it, such as conv1
    input: Shape
    output: Shape
    has_bias: bool = False
    precedes_activation: bool = False  # its weights start as He's
    block: tuple[Layer, ...] = ()
    projection: tuple[Layer, ...] = ()  # of a block's input, if the shapes differ

    @property
    def padding(self) -> tuple[tuple[int, int], tuple[int, int]]:
        """The zeros before and after the rows, and the columns, of a convolution's input."""
        if not self.kind.is_padded:
            return (0, 0), (0, 0)
        before = (self.kind.size - 1) // 2
        ends = [
            max((outputs - 1) * self.kind.stride + self.kind.size - before - inputs, 0)
            for inputs, outputs in zip(self.input[:2], self.output[:2])
        ]
        return (before, ends[0]), (before, ends[1])

    @property
    def tensors(self) -> dict[str, Shape]:
        """The shapes of the layer's own tensors by their names in the trainer's files."""
        units = self.output[-1]
        if self.kind.keyword == "bn":
            parts = ("gamma", "beta", "running_mean", "running_var")
            return {f"{self.name}.{part}": (units,) for part in parts}
        weight: Shape
        if self.kind.keyword == "conv":
            weight = (self.kind.size, self.kind.size, self.input[-1] // self.kind.groups, units)
        elif self.kind.keyword == "dense":
            weight = (prod(self.input), units)
        else:
            return {}
        bias = {f"{self.name}.bias": (units,)} if self.has_bias else {}
        return {f"{self.name}.weight": weight} | bias

    @property
    def deviation(self) -> float:
        """The standard deviation of the initial weights: He's before an activation, else Xavier's."""
        *area, fan_in, fan_out = self.tensors[f"{self.name}.weight"]
        if self.precedes_activation:
            return (2 / (prod(area) * fan_in)) ** 0.5
        return (2 / (prod(area) * (fan_in + fan_out // self.kind.groups))) ** 0.5


def flattened(layers: tuple[Layer, ...]) -> Iterator[Layer]:
    """Every layer, those of blocks and projections included."""
    for layer in layers:
        yield layer
        yield from flattened(layer.block)
        yield from flattened(layer.projection)


def network(text: str, image: Shape, classes: int = CLASSES) -> tuple[Layer, ...]:
    """The layers of a preset or a description, with the dense layer of the classes at the end."""
    return place((*read(text), Kind("dense", units=classes)), image, (), Counter())


def place(
    kinds: tuple[Kind, ...], shape: Shape, after: tuple[Kind, ...], counts: Counter[str]
) -> tuple[Layer, ...]:
    """Gives layers their shapes and numbers; `after` follows the last of them."""
    layers = []
    for index, kind in enumerate(kinds):
        following = (*kinds[index + 1 :], *after)
        layer = place_one(kind, shape, following, counts)
        layers.append(layer)
        shape = layer.output
    return tuple(layers)


def place_one(
    kind: Kind, shape: Shape, following: tuple[Kind, ...], counts: Counter[str]
) -> Layer:
    """One layer, and what a block holds."""
    if kind.keyword == "residual":
        end = (Kind(")"), *following)
        block = place(kind.block, shape, end, counts)
        output = block[-1].output
        projection = place(projection_kinds(kind, shape, output), shape, end, counts)
        if projection and projection[-1].output != output:
            raise ModelError(f"residual: no stride brings {shape} to {output}")
        return Layer(kind, "", shape, output, block=block, projection=projection)
    names = {"bn": "batchnorm"}
    name = names.get(kind.keyword, kind.keyword)
    counts[name] += 1
    deciding = (one for one in following if one.keyword in (*ACTIVATIONS, "dense", "conv", "residual"))
    return Layer(
        kind, f"{name}{counts[name]}", shape, output_shape(kind, shape),
        has_bias=not following or following[0].keyword != "bn",
        precedes_activation=next((one.keyword in ACTIVATIONS for one in deciding), False),
    )


def projection_kinds(block: Kind, shape: Shape, output: Shape) -> tuple[Kind, ...]:
    """The layers that bring a block's input to its output's shape; none if it has as many values."""
    if shape == output or len(output) == 1 and prod(shape) == prod(output):
        return ()
    if len(output) == 1:
        layer = Kind("dense", units=output[0])
    else:
        layer = Kind("conv", units=output[-1], size=1, stride=-(-shape[0] // output[0]))
    return (layer, Kind("bn")) if block.block[-1].keyword == "bn" else (layer,)


def output_shape(kind: Kind, shape: Shape) -> Shape:
    """The shape of a layer's output."""
    if kind.keyword == "dense":
        return (kind.units,)
    if kind.keyword not in ("conv", "pool", "avgpool", "globalpool"):
        return shape
    if len(shape) != 3:
        raise ModelError(f"{kind.keyword}: its input is {shape}, expected rows, columns, channels")
    rows, columns, channels = shape
    if kind.keyword == "globalpool":
        return (channels,)
    if kind.keyword == "conv" and kind.is_padded:
        return (-(-rows // kind.stride), -(-columns // kind.stride), kind.units)
    if kind.size > min(rows, columns):
        raise ModelError(f"{kind.keyword}: a window of {kind.size} is larger than {shape}")
    return (
        (rows - kind.size) // kind.stride + 1,
        (columns - kind.size) // kind.stride + 1,
        kind.units or channels,
    )
