#!/usr/bin/env python3
"""Measures JAX on the CPU training the network that the trainer trains by default."""

from __future__ import annotations

import argparse
import os
from collections.abc import Callable
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from measurement import (
    CLASSES, DROPOUT, HIDDEN, LEARNING_RATE, NORM_EPSILON, NORM_MOMENTUM,
    load_data, option_parser, positive, report,
)
from mnist_idx import Dataset

if TYPE_CHECKING:
    import jax

BETA1, BETA2, ADAM_EPSILON = 0.9, 0.999, 1e-8

Tree = Any  # a dictionary of names to arrays


class State(NamedTuple):
    """All that a step changes; its buffers are donated to the step."""

    parameters: Tree
    running: Tree  # running mean and variance of each hidden layer
    first: Tree  # Adam's first moment
    second: Tree  # Adam's second moment
    count: "jax.Array"  # steps done
    key: "jax.Array"  # random key of the dropout masks


def make_state(inputs: int, seed: int, generator: str) -> State:
    """A freshly initialised network: He-normal before ReLU, Xavier-normal last."""
    import jax
    import jax.numpy as jnp

    random = np.random.default_rng(seed)
    parameters: dict[str, Any] = {}
    running: dict[str, Any] = {}

    def normal(rows: int, columns: int, deviation: float) -> Any:
        return jnp.asarray(random.normal(0, deviation, (rows, columns)).astype(np.float32))

    for layer, outputs in enumerate(HIDDEN, start=1):
        parameters[f"weight{layer}"] = normal(inputs, outputs, (2 / inputs) ** 0.5)
        parameters[f"gamma{layer}"] = jnp.ones(outputs)
        parameters[f"beta{layer}"] = jnp.zeros(outputs)
        running[f"mean{layer}"] = jnp.zeros(outputs)
        running[f"variance{layer}"] = jnp.ones(outputs)
        inputs = outputs
    last = len(HIDDEN) + 1
    parameters[f"weight{last}"] = normal(inputs, CLASSES, (2 / (inputs + CLASSES)) ** 0.5)
    parameters[f"bias{last}"] = jnp.zeros(CLASSES)
    return State(
        parameters,
        running,
        first=jax.tree.map(jnp.zeros_like, parameters),
        second=jax.tree.map(jnp.zeros_like, parameters),
        count=jnp.zeros((), jnp.int32),
        key=jax.random.key(seed, impl=generator),
    )


def keep_mask(key: "jax.Array", shape: tuple[int, int], packed: bool) -> "jax.Array":
    """True where dropout keeps a value; `packed` takes two values from each 32 random bits."""
    import jax
    import jax.numpy as jnp

    if not packed:
        return jax.random.bernoulli(key, 1 - DROPOUT, shape)
    words = jax.random.bits(key, (shape[0], shape[1] // 2), jnp.uint32)
    halves = jax.lax.bitcast_convert_type(words, jnp.uint16).reshape(shape)
    return halves < round((1 - DROPOUT) * 2**16)


def forward(
    parameters: Tree, running: Tree, images: "jax.Array", key: "jax.Array | None", packed: bool
) -> tuple["jax.Array", Tree]:
    """Logits (batch, classes) and the new running statistics; evaluates where `key` is None."""
    import jax
    import jax.numpy as jnp

    values = images
    updated: dict[str, Any] = {}
    for layer in range(1, len(HIDDEN) + 1):
        values = values @ parameters[f"weight{layer}"]
        if key is None:
            mean, variance = running[f"mean{layer}"], running[f"variance{layer}"]
        else:
            count = values.shape[0]
            mean = values.mean(0)
            variance = jnp.maximum(jnp.square(values).mean(0) - jnp.square(mean), 0)
            for name, old, new in (
                ("mean", running[f"mean{layer}"], mean),
                ("variance", running[f"variance{layer}"], variance * (count / (count - 1))),
            ):
                updated[f"{name}{layer}"] = (1 - NORM_MOMENTUM) * old + NORM_MOMENTUM * new
        scale = parameters[f"gamma{layer}"] * jax.lax.rsqrt(variance + NORM_EPSILON)
        values = jax.nn.relu((values - mean) * scale + parameters[f"beta{layer}"])
        if key is not None:
            key, mask_key = jax.random.split(key)
            kept = keep_mask(mask_key, values.shape, packed)
            values = jnp.where(kept, values / (1 - DROPOUT), 0)
    last = len(HIDDEN) + 1
    return values @ parameters[f"weight{last}"] + parameters[f"bias{last}"], updated


def make_step(batch_size: int, steps_per_call: int, packed: bool) -> Callable[..., State]:
    """The jitted function that trains `steps_per_call` steps of Adam.

    It takes the state (whose buffers it reuses), the training set and the indices of the rows,
    `steps_per_call` times `batch_size` of them.
    """
    import jax
    import jax.numpy as jnp

    def loss(
        parameters: Tree, running: Tree, images: "jax.Array", labels: "jax.Array", key: "jax.Array"
    ) -> tuple["jax.Array", Tree]:
        logits, updated = forward(parameters, running, images, key, packed)
        chosen = jnp.take_along_axis(logits, labels[:, None], 1)[:, 0]
        return (jax.nn.logsumexp(logits, 1) - chosen).mean(), updated

    def step(
        state: State, images: "jax.Array", labels: "jax.Array", rows: "jax.Array"
    ) -> State:
        key, mask_key = jax.random.split(state.key)
        gradients, running = jax.grad(loss, has_aux=True)(
            state.parameters,
            state.running,
            jnp.take(images, rows, 0, mode="clip"),
            jnp.take(labels, rows, 0, mode="clip"),
            mask_key,
        )
        count = state.count + 1
        first = jax.tree.map(lambda m, g: BETA1 * m + (1 - BETA1) * g, state.first, gradients)
        second = jax.tree.map(lambda v, g: BETA2 * v + (1 - BETA2) * g * g, state.second, gradients)
        rate = LEARNING_RATE / (1 - BETA1**count)
        correction = 1 / (1 - BETA2**count)
        parameters = jax.tree.map(
            lambda w, m, v: w - rate * m / (jnp.sqrt(v * correction) + ADAM_EPSILON),
            state.parameters, first, second,
        )
        return State(parameters, running, first, second, count, key)

    def call(state: State, images: "jax.Array", labels: "jax.Array", rows: "jax.Array") -> State:
        if steps_per_call == 1:
            return step(state, images, labels, rows)
        batches = rows.reshape(steps_per_call, batch_size)
        return jax.lax.scan(lambda s, r: (step(s, images, labels, r), None), state, batches)[0]

    return jax.jit(call, donate_argnums=0)


class JaxPeer:
    """The network in training and its place in the shuffled training set.

    An epoch's last, smaller batch is dropped: another shape would be another compilation.
    """

    def __init__(self, data: Dataset, options: argparse.Namespace) -> None:
        import jax.numpy as jnp

        self.data = data
        self.images = jnp.asarray(data.train_images)
        self.labels = jnp.asarray(data.train_labels.astype(np.int32))
        self.batch_size: int = options.batch_size
        self.steps_per_call: int = options.steps_per_call
        self.state = make_state(data.train_images.shape[1], options.seed, options.generator)
        self.call = make_step(self.batch_size, self.steps_per_call, options.masks == "packed")
        self.random = np.random.default_rng(options.seed)
        self.order = np.empty(0, np.int32)
        self.position = 0

    def train(self, steps: int) -> int:
        """Trains `steps` steps, rounded up to whole calls; returns the samples they held."""
        import jax

        taken = self.batch_size * self.steps_per_call
        calls = -(-steps // self.steps_per_call)
        for _ in range(calls):
            if self.position + taken > len(self.order):
                self.order = self.random.permutation(len(self.labels)).astype(np.int32)
                self.position = 0
            rows = self.order[self.position : self.position + taken]
            self.position += taken
            self.state = self.call(self.state, self.images, self.labels, rows)
        jax.block_until_ready(self.state)
        return calls * taken

    def train_epoch(self) -> None:
        """Trains one pass over the training set, the last, smaller batch left out."""
        calls = len(self.labels) // (self.batch_size * self.steps_per_call)
        self.train(calls * self.steps_per_call)

    def accuracy(self) -> float:
        """The share of the test set that is classified correctly."""
        parameters, running = self.state.parameters, self.state.running
        logits, _ = forward(parameters, running, self.data.test_images, None, False)
        return float((np.asarray(logits).argmax(1) == self.data.test_labels).mean())


def main() -> None:
    """Reads the options, measures, prints one line."""
    parser = option_parser(__doc__ or "")
    parser.add_argument(
        "--generator", choices=("threefry2x32", "rbg", "unsafe_rbg"), default="threefry2x32",
        help="of the dropout masks (default threefry2x32, not partitionable: the fastest)",
    )
    parser.add_argument(
        "--steps-per-call", type=positive, default=1, metavar="N",
        help="steps in one jitted call, by jax.lax.scan (default 1)",
    )
    options = parser.parse_args()
    data = load_data(options)
    if options.batch_size * options.steps_per_call > len(data.train_images):
        parser.error("--steps-per-call: one call would take more samples than there are")
    # XLA reads the size of its thread pool once, when JAX is imported. It heeds neither
    # intra_op_parallelism_threads in XLA_FLAGS nor OMP_NUM_THREADS.
    os.environ["PJRT_NPROC"] = os.environ["NPROC"] = str(options.threads)
    os.environ.setdefault("JAX_PLATFORMS", "cpu")
    import jax

    # Partitionable Threefry spends a whole hash on every value, and nothing is partitioned here.
    jax.config.update("jax_threefry_partitionable", False)
    settings = {
        "masks": options.masks,
        "generator": options.generator,
        "steps_per_call": options.steps_per_call,
    }
    report("jax", jax.__version__, options, lambda: JaxPeer(data, options), settings)


if __name__ == "__main__":
    main()
