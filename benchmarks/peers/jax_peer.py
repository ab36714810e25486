#!/usr/bin/env python3
"""Measures JAX on the CPU training a network that the trainer trains too."""

from __future__ import annotations

import os

from measurement import load_data, network_of, option_parser, positive, report


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
    layers = network_of(options, data)
    if options.batch_size * options.steps_per_call > len(data.train_images):
        parser.error("--steps-per-call: one call would take more samples than there are")
    # XLA reads the size of its thread pool once, when JAX is imported. It heeds neither
    # intra_op_parallelism_threads in XLA_FLAGS nor OMP_NUM_THREADS.
    os.environ["PJRT_NPROC"] = os.environ["NPROC"] = str(options.threads)
    os.environ.setdefault("JAX_PLATFORMS", "cpu")
    import jax
    from jax_training import JaxPeer

    # Partitionable Threefry spends a whole hash on every value, and nothing is partitioned here.
    jax.config.update("jax_threefry_partitionable", False)
    settings = {
        "masks": options.masks,
        "generator": options.generator,
        "steps_per_call": options.steps_per_call,
    }
    report("jax", jax.__version__, options, lambda: JaxPeer(data, layers, options), settings)


if __name__ == "__main__":
    main()
