#!/usr/bin/env python3
"""Measures JAX training the trainer's default network: jax_peer.py by its older name."""

from jax_peer import main

if __name__ == "__main__":
    main()
