"""Checks the PyTorch side against the formulas themselves, written out in NumPy float64.

Run in this folder: python3 -m unittest
"""

from __future__ import annotations

import json
import struct
import tempfile
import unittest
from pathlib import Path

import numpy as np

import numpy_formulas
import pytorch_reference
from compare_with_pytorch import CASES, WITHOUT_BATCH_NORM, relative_error
from pytorch_reference import Tensors
from safetensors_reader import FormatError, read
from shared import flattened, network, smoothed

SIZES = (6, 5, 4, 3)


def make_tensors(batch_norm: bool) -> Tensors:
    """Random tensors of a network 6-5-4-3."""
    random = np.random.default_rng(1)
    tensors: Tensors = {}
    last = len(SIZES) - 1
    for layer, (inputs, outputs) in enumerate(zip(SIZES, SIZES[1:]), start=1):
        tensors[f"dense{layer}.weight"] = random.normal(0, 0.7, (inputs, outputs))
        if layer == last or not batch_norm:
            tensors[f"dense{layer}.bias"] = random.normal(0, 0.3, outputs)
        else:
            tensors[f"batchnorm{layer}.gamma"] = random.normal(1, 0.3, outputs)
            tensors[f"batchnorm{layer}.beta"] = random.normal(0, 0.3, outputs)
            tensors[f"batchnorm{layer}.running_mean"] = np.zeros(outputs)
            tensors[f"batchnorm{layer}.running_var"] = np.ones(outputs)
    return tensors


def gradients(tensors: Tensors, images: np.ndarray, labels: np.ndarray) -> Tensors:
    """The loss's gradients by hand; brings the running statistics in `tensors` up to date."""
    depth = len(SIZES) - 1
    count = len(images)
    inputs, normalized, deviations = [images], {}, {}
    values = images
    for layer in range(1, depth + 1):
        values = values @ tensors[f"dense{layer}.weight"] + tensors.get(f"dense{layer}.bias", 0.0)
        norm = f"batchnorm{layer}"
        if f"{norm}.gamma" in tensors:
            mean, variance = values.mean(0), values.var(0)
            for name, new in (("mean", mean), ("var", variance * count / (count - 1))):
                old = tensors[f"{norm}.running_{name}"]
                tensors[f"{norm}.running_{name}"] = 0.9 * old + 0.1 * new
            deviations[layer] = np.sqrt(variance + 1e-5)
            normalized[layer] = (values - mean) / deviations[layer]
            values = normalized[layer] * tensors[f"{norm}.gamma"] + tensors[f"{norm}.beta"]
        if layer < depth:
            values = np.maximum(values, 0)
            inputs.append(values)
    powers = np.exp(values - values.max(1, keepdims=True))
    upstream = (powers / powers.sum(1, keepdims=True) - np.eye(SIZES[-1])[labels]) / count
    found: Tensors = {}
    for layer in range(depth, 0, -1):
        norm = f"batchnorm{layer}"
        if layer < depth:
            upstream = upstream * (inputs[layer] > 0)
        if layer in normalized:
            found[f"{norm}.gamma"] = (upstream * normalized[layer]).sum(0)
            found[f"{norm}.beta"] = upstream.sum(0)
            scaled = upstream * tensors[f"{norm}.gamma"]
            projected = normalized[layer] * (scaled * normalized[layer]).mean(0)
            upstream = (scaled - scaled.mean(0) - projected) / deviations[layer]
        if f"dense{layer}.bias" in tensors:
            found[f"dense{layer}.bias"] = upstream.sum(0)
        found[f"dense{layer}.weight"] = inputs[layer - 1].T @ upstream
        upstream = upstream @ tensors[f"dense{layer}.weight"].T
    return found


def update(
    optimizer: str, rate: float, decay: float, epsilon: float, w: np.ndarray, g: np.ndarray,
    state: Tensors, t: int,
) -> np.ndarray:
    """The weights after step `t` (from 1); `state` holds what the optimizer remembers of them."""
    zero = np.zeros_like(w)
    if optimizer == "adamw":
        w = w - rate * decay * w
    else:
        g = g + decay * w
    if optimizer == "sgd":
        return w - rate * g
    if optimizer in ("momentum", "nesterov"):
        v = state["v"] = 0.9 * state.get("v", zero) - rate * g
        return w + (v if optimizer == "momentum" else 0.9 * v - rate * g)
    if optimizer == "adagrad":
        s = state["s"] = state.get("s", zero) + g * g
        return w - rate * g / (np.sqrt(s) + epsilon)
    if optimizer == "rmsprop":
        s = state["s"] = 0.99 * state.get("s", zero) + 0.01 * g * g
        return w - rate * g / (np.sqrt(s) + epsilon)
    m = state["m"] = 0.9 * state.get("m", zero) + 0.1 * g
    s = state["s"] = 0.999 * state.get("s", zero) + 0.001 * g * g
    return w - rate * (m / (1 - 0.9**t)) / (np.sqrt(s / (1 - 0.999**t)) + epsilon)


def train(
    start: Tensors, batches: list[tuple[np.ndarray, np.ndarray]], optimizer: str, rate: float,
    weight_decay: float | None, epsilon: float | None,
) -> Tensors:
    """What pytorch_reference.train does, without PyTorch."""
    tensors = dict(start)
    if weight_decay is None:
        weight_decay = 0.01 if optimizer == "adamw" else 0.0
    if epsilon is None:
        epsilon = 1e-10 if optimizer == "adagrad" else 1e-8
    states: dict[str, Tensors] = {}
    for step, (images, labels) in enumerate(batches, start=1):
        for name, gradient in gradients(tensors, images, labels).items():
            decay = weight_decay if tensors[name].ndim == 2 else 0.0
            state = states.setdefault(name, {})
            tensors[name] = update(
                optimizer, rate, decay, epsilon, tensors[name], gradient, state, step
            )
    return tensors


class ReferenceTests(unittest.TestCase):
    """The PyTorch side does what the formulas say."""

    def test_four_steps_of_every_case_equal_the_formulas(self) -> None:
        random = np.random.default_rng(2)
        batches = [(random.random((11, 6)), random.integers(0, 3, 11)) for _ in range(4)]
        texts = {
            "mlp": "dense 5 bn relu, dense 4 bn relu",
            WITHOUT_BATCH_NORM: "dense 5 relu, dense 4 relu",
        }
        for case in CASES:
            if case.model not in texts:
                continue
            with self.subTest(case.label):
                start = make_tensors(case.model == "mlp")
                layers = network(texts[case.model], (2, 3, 1), SIZES[-1])
                settings = (case.optimizer, case.learning_rate, case.weight_decay, case.epsilon)
                found = pytorch_reference.train(layers, start, batches, *settings)
                expected = train(start, batches, *settings)
                self.assertEqual(found.keys(), expected.keys())
                for name, array in expected.items():
                    self.assertLess(relative_error(found[name], array), 1e-11, name)
                    self.assertGreater(relative_error(start[name], array), 1e-6, name)

    def test_gradients_of_images_equal_differences_of_the_formulas_loss(self) -> None:
        """Central differences; all kinds of layers, padding of even kernels, and a projection."""
        text = (
            "conv 4x3 stride 2 bn relu, conv 4x4 relu bn, pool 2, conv 4x2 stride 2 valid relu, "
            "residual(conv 6x3 stride 2 bn relu, conv 6x3 groups 2 bn) relu, globalpool"
        )
        for description in (text, smoothed(text)):
            with self.subTest(description):
                self.check_gradients(description)

    def check_gradients(self, text: str) -> None:
        """Compares the gradients of a network with central differences."""
        layers = network(text, (18, 17, 2), 3)
        random = np.random.default_rng(3)
        start: Tensors = {}
        for layer in flattened(layers):
            for name, shape in layer.tensors.items():
                center = float(name.endswith(("gamma", "running_var")))
                start[name] = random.normal(center, 0.0 if ".running_" in name else 0.4, shape)
        images, labels = random.random((3, 18, 17, 2)), np.array([2, 0, 1])
        found = pytorch_reference.train(layers, start, [(images, labels)], "sgd", 1.0)
        expected = dict(start)
        numpy_formulas.loss(layers, expected, images, labels)
        for name, array in start.items():
            if ".running_" in name:
                self.assertLess(relative_error(found[name], expected[name]), 1e-12, name)
                continue
            differences = np.empty(array.shape)
            for place in np.ndindex(array.shape):
                sides = []
                for step in (1e-6, -1e-6):
                    moved = dict(start)
                    moved[name] = array.copy()
                    moved[name][place] += step
                    sides.append(numpy_formulas.loss(layers, moved, images, labels))
                differences[place] = (sides[0] - sides[1]) / 2e-6
            self.assertGreater(np.abs(differences).max(), 1e-4, name)
            self.assertLess(relative_error(array - found[name], differences), 1e-6, name)


class ReaderTests(unittest.TestCase):
    """Safetensors files are read, or refused with the place of the fault."""

    def read_bytes(self, content: bytes) -> Tensors:
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder) / "weights.safetensors"
            path.write_bytes(content)
            return read(path)

    def test_tensors_come_back_with_name_shape_and_values(self) -> None:
        values = np.arange(6, dtype="<f4").reshape(2, 3)
        header = json.dumps(
            {
                "__metadata__": {"format": "pt"},
                "b": {"dtype": "F32", "shape": [1], "data_offsets": [24, 28]},
                "a": {"dtype": "F32", "shape": [2, 3], "data_offsets": [0, 24]},
            }
        ).encode()
        last = np.array([7], "<f4").tobytes()
        found = self.read_bytes(struct.pack("<Q", len(header)) + header + values.tobytes() + last)
        np.testing.assert_array_equal(found["a"], values)
        np.testing.assert_array_equal(found["b"], [7])
        self.assertEqual(set(found), {"a", "b"})

    def test_a_tensor_that_ends_behind_the_file_is_refused(self) -> None:
        header = b'{"a":{"dtype":"F32","shape":[2],"data_offsets":[0,8]}}'
        with self.assertRaisesRegex(FormatError, "a: bytes 0 to 8 of 4"):
            self.read_bytes(struct.pack("<Q", len(header)) + header + bytes(4))

    def test_a_header_longer_than_the_file_is_refused(self) -> None:
        with self.assertRaisesRegex(FormatError, "header of 100 bytes"):
            self.read_bytes(struct.pack("<Q", 100) + b"{}")


if __name__ == "__main__":
    unittest.main()
