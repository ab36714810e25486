"""The formulas of a network's layers in NumPy, from images to the loss."""

from __future__ import annotations

import numpy as np

from shared import NORM_EPSILON, NORM_MOMENTUM, Layer

Tensors = dict[str, np.ndarray]


def loss(
    layers: tuple[Layer, ...], tensors: Tensors, images: np.ndarray, labels: np.ndarray
) -> float:
    """The mean cross-entropy of a batch; brings the running statistics in `tensors` up to date."""
    logits = through(layers, tensors, images)
    logits = logits - logits.max(1, keepdims=True)
    chosen = logits[np.arange(len(labels)), labels]
    return float((np.log(np.exp(logits).sum(1)) - chosen).mean())


def through(layers: tuple[Layer, ...], tensors: Tensors, values: np.ndarray) -> np.ndarray:
    """The output of layers, one after the other; images are (batch, rows, columns, channels)."""
    for layer in layers:
        values = one(layer, tensors, values)
    return values


def one(layer: Layer, tensors: Tensors, values: np.ndarray) -> np.ndarray:
    """A layer's output."""
    bias = tensors.get(f"{layer.name}.bias", 0.0)
    match layer.kind.keyword:
        case "conv":
            return convolution(layer, tensors[f"{layer.name}.weight"], values) + bias
        case "dense":
            return values.reshape(len(values), -1) @ tensors[f"{layer.name}.weight"] + bias
        case "bn":
            return batch_norm(layer, tensors, values)
        case "relu":
            return np.maximum(values, 0)
        case "silu":
            return values / (1 + np.exp(-values))
        case "pool":
            return windows(layer, values).max((3, 4))
        case "avgpool":
            return windows(layer, values).mean((3, 4))
        case "globalpool":
            return values.mean((1, 2))
        case "residual":
            block = through(layer.block, tensors, values)
            return block + through(layer.projection, tensors, values).reshape(block.shape)
    raise AssertionError(layer.kind.keyword)


def windows(layer: Layer, values: np.ndarray) -> np.ndarray:
    """The window of every output: (batch, rows, columns, size, size, channels)."""
    rows, columns, _ = layer.output
    size, step = layer.kind.size, layer.kind.stride
    result = np.empty((len(values), rows, columns, size, size, values.shape[3]))
    for row in range(rows):
        for column in range(columns):
            y, x = row * step, column * step
            result[:, row, column] = values[:, y : y + size, x : x + size]
    return result


def convolution(layer: Layer, weight: np.ndarray, values: np.ndarray) -> np.ndarray:
    """Each output channel sums the products of its group's windows and weights."""
    before = (layer.kind.size - 1) // 2 if layer.kind.is_padded else 0
    after = layer.kind.size + layer.kind.stride
    rows, columns = values.shape[1:3]
    padded = np.zeros((len(values), rows + before + after, columns + before + after, values.shape[3]))
    padded[:, before : before + rows, before : before + columns] = values
    parts = zip(
        np.split(windows(layer, padded), layer.kind.groups, 5),
        np.split(weight, layer.kind.groups, 3),
    )
    return np.concatenate([np.einsum("nrcijk,ijko->nrco", *part) for part in parts], 3)


def batch_norm(layer: Layer, tensors: Tensors, values: np.ndarray) -> np.ndarray:
    """Normalizes each channel by the biased variance; the running variance is unbiased."""
    axes = tuple(range(values.ndim - 1))
    count = values.size // values.shape[-1]
    mean, variance = values.mean(axes), values.var(axes)
    for name, new in (("mean", mean), ("var", variance * count / (count - 1))):
        old = tensors[f"{layer.name}.running_{name}"]
        tensors[f"{layer.name}.running_{name}"] = (1 - NORM_MOMENTUM) * old + NORM_MOMENTUM * new
    normalized = (values - mean) / np.sqrt(variance + NORM_EPSILON)
    return normalized * tensors[f"{layer.name}.gamma"] + tensors[f"{layer.name}.beta"]
