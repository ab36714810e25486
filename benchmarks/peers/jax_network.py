"""The compared networks as functions of JAX, channels last."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import reduce

import jax
import jax.numpy as jnp
import numpy as np

from models import NORM_EPSILON, NORM_MOMENTUM, Layer, flattened

Arrays = dict[str, jax.Array]  # by the names of the trainer's tensors


def start(layers: tuple[Layer, ...], seed: int) -> tuple[Arrays, Arrays]:
    """Initial parameters and running statistics."""
    random = np.random.default_rng(seed)
    parameters: Arrays = {}
    running: Arrays = {}
    for layer in flattened(layers):
        for name, shape in layer.tensors.items():
            if name.endswith(".weight"):
                values = random.normal(0, layer.deviation, shape)
            else:
                values = np.full(shape, name.endswith((".gamma", ".running_var")))
            kept = running if ".running_" in name else parameters
            kept[name] = jnp.asarray(values, jnp.float32)
    return parameters, running


@dataclass
class Pass:
    """One pass through a network."""

    parameters: Arrays
    running: Arrays
    key: jax.Array | None  # of the dropout masks; None evaluates
    packed_masks: bool = False
    updated: Arrays = field(default_factory=dict)  # the new running statistics

    def through(self, layers: tuple[Layer, ...], values: jax.Array) -> jax.Array:
        """The output of layers, one after the other."""
        for layer in layers:
            values = self.one(layer, values)
        return values

    def one(self, layer: Layer, values: jax.Array) -> jax.Array:
        """A layer's output; images are (batch, rows, columns, channels)."""
        match layer.kind.keyword:
            case "conv":
                return self.with_bias(layer, self.convolution(layer, values))
            case "dense":
                rows = values.reshape(values.shape[0], -1)
                return self.with_bias(layer, rows @ self.parameters[f"{layer.name}.weight"])
            case "bn":
                return self.batch_norm(layer.name, values)
            case "relu":
                return jax.nn.relu(values)
            case "silu":
                return jax.nn.silu(values)
            case "dropout":
                return self.dropout(layer.kind.rate, values)
            case "pool":
                return reduce(jnp.maximum, windows(layer, values))
            case "avgpool":
                return sum(windows(layer, values)) / layer.kind.size**2
            case "globalpool":
                return values.mean((1, 2))
            case "residual":
                block = self.through(layer.block, values)
                return block + self.through(layer.projection, values).reshape(block.shape)
        raise AssertionError(f"{layer.kind.keyword} is read but not computed")

    def with_bias(self, layer: Layer, values: jax.Array) -> jax.Array:
        """Adds the layer's bias, if it has one."""
        return values + self.parameters[f"{layer.name}.bias"] if layer.has_bias else values

    def convolution(self, layer: Layer, values: jax.Array) -> jax.Array:
        """The convolution, without its bias."""
        kind = layer.kind
        return jax.lax.conv_general_dilated(
            values, self.parameters[f"{layer.name}.weight"], (kind.stride, kind.stride),
            layer.padding, dimension_numbers=("NHWC", "HWIO", "NHWC"),
            feature_group_count=kind.groups,
        )

    def batch_norm(self, name: str, values: jax.Array) -> jax.Array:
        """Normalizes each channel by the batch, or in evaluation by the running statistics."""
        running = {part: self.running[f"{name}.running_{part}"] for part in ("mean", "var")}
        if self.key is None:
            mean, variance = running["mean"], running["var"]
        else:
            axes = tuple(range(values.ndim - 1))
            count = values.size // values.shape[-1]
            mean = values.mean(axes)
            variance = jnp.maximum(jnp.square(values).mean(axes) - jnp.square(mean), 0)
            for part, new in (("mean", mean), ("var", variance * (count / (count - 1)))):
                self.updated[f"{name}.running_{part}"] = (
                    (1 - NORM_MOMENTUM) * running[part] + NORM_MOMENTUM * new)
        scale = self.parameters[f"{name}.gamma"] * jax.lax.rsqrt(variance + NORM_EPSILON)
        return (values - mean) * scale + self.parameters[f"{name}.beta"]

    def dropout(self, rate: float, values: jax.Array) -> jax.Array:
        """Inverted dropout; the identity in evaluation."""
        if self.key is None:
            return values
        self.key, mask_key = jax.random.split(self.key)
        kept = keep_mask(mask_key, values.shape, rate, self.packed_masks)
        return jnp.where(kept, values / (1 - rate), 0)


def keep_mask(key: jax.Array, shape: tuple[int, ...], rate: float, packed: bool) -> jax.Array:
    """True where dropout keeps a value; `packed` takes two values from each 32 random bits."""
    if not packed:
        return jax.random.bernoulli(key, 1 - rate, shape)
    words = jax.random.bits(key, (*shape[:-1], -(-shape[-1] // 2)), jnp.uint32)
    halves = jax.lax.bitcast_convert_type(words, jnp.uint16).reshape(*shape[:-1], -1)
    return halves[..., : shape[-1]] < round((1 - rate) * 2**16)


def windows(layer: Layer, values: jax.Array) -> list[jax.Array]:
    """For each position in a window that position's values, of all windows; windows do not overlap.

    Equal values share the gradient of their maximum. XLA's own reduce_window gives it to the first of them,
    but its gradient takes twenty times as long.
    """
    size = layer.kind.size
    rows, columns, channels = layer.output
    whole = values[:, : rows * size, : columns * size]
    split = whole.reshape(-1, rows, size, columns, size, channels)
    return [split[:, :, i, :, j] for i in range(size) for j in range(size)]
