"""Training of a network by Adam in jitted steps of JAX."""

from __future__ import annotations

import argparse
from collections.abc import Callable
from typing import NamedTuple

import jax
import jax.numpy as jnp
import numpy as np

from jax_network import Arrays, Pass, start
from measurement import LEARNING_RATE
from mnist_idx import Dataset
from models import Layer

BETA1, BETA2, ADAM_EPSILON = 0.9, 0.999, 1e-8
TEST_BATCH = 1000


class State(NamedTuple):
    """All that a step changes; its buffers are donated to the step."""

    parameters: Arrays
    running: Arrays  # running mean and variance of each batch norm
    first: Arrays  # Adam's first moment
    second: Arrays  # Adam's second moment
    count: jax.Array  # steps done
    key: jax.Array  # random key of the dropout masks


def first_state(layers: tuple[Layer, ...], seed: int, generator: str) -> State:
    """The state of a fresh network."""
    parameters, running = start(layers, seed)
    return State(
        parameters,
        running,
        first=jax.tree.map(jnp.zeros_like, parameters),
        second=jax.tree.map(jnp.zeros_like, parameters),
        count=jnp.zeros((), jnp.int32),
        key=jax.random.key(seed, impl=generator),
    )


def make_step(layers: tuple[Layer, ...], options: argparse.Namespace) -> Callable[..., State]:
    """The jitted function that trains `steps_per_call` steps of Adam.

    It takes the state (whose buffers it reuses), the training set and the indices of the rows,
    `steps_per_call` times `batch_size` of them.
    """
    steps_per_call, batch_size = options.steps_per_call, options.batch_size
    image = layers[0].input

    def loss(
        parameters: Arrays, running: Arrays, images: jax.Array, labels: jax.Array, key: jax.Array
    ) -> tuple[jax.Array, Arrays]:
        training = Pass(parameters, running, key, packed_masks=options.masks == "packed")
        logits = training.through(layers, images.reshape(-1, *image))
        chosen = jnp.take_along_axis(logits, labels[:, None], 1)[:, 0]
        return (jax.nn.logsumexp(logits, 1) - chosen).mean(), training.updated

    def step(state: State, images: jax.Array, labels: jax.Array, rows: jax.Array) -> State:
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

    def call(state: State, images: jax.Array, labels: jax.Array, rows: jax.Array) -> State:
        if steps_per_call == 1:
            return step(state, images, labels, rows)
        batches = rows.reshape(steps_per_call, batch_size)
        return jax.lax.scan(lambda s, r: (step(s, images, labels, r), None), state, batches)[0]

    return jax.jit(call, donate_argnums=0)


class JaxPeer:
    """The network in training and its place in the shuffled training set.

    An epoch's last, smaller batch is dropped: another shape would be another compilation.
    """

    def __init__(
        self, data: Dataset, layers: tuple[Layer, ...], options: argparse.Namespace
    ) -> None:
        self.data = data
        self.layers = layers
        self.images = jnp.asarray(data.train_images)
        self.labels = jnp.asarray(data.train_labels.astype(np.int32))
        self.batch_size: int = options.batch_size
        self.steps_per_call: int = options.steps_per_call
        self.state = first_state(layers, options.seed, options.generator)
        self.call = make_step(layers, options)
        self.random = np.random.default_rng(options.seed)
        self.order = np.empty(0, np.int32)
        self.position = 0

    def train(self, steps: int) -> int:
        """Trains `steps` steps, rounded up to whole calls; returns the samples they held."""
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
        correct = 0
        for first in range(0, len(self.data.test_labels), TEST_BATCH):
            rows = slice(first, first + TEST_BATCH)
            images = self.data.test_images[rows].reshape(-1, *self.layers[0].input)
            evaluation = Pass(self.state.parameters, self.state.running, key=None)
            logits = evaluation.through(self.layers, jnp.asarray(images))
            correct += int((np.asarray(logits).argmax(1) == self.data.test_labels[rows]).sum())
        return correct / len(self.data.test_labels)
