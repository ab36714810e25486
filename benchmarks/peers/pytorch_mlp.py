#!/usr/bin/env python3
"""Measures PyTorch training the trainer's default network: pytorch_peer.py by its older name."""

from pytorch_peer import main

if __name__ == "__main__":
    main()
