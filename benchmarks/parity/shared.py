"""What parity shares with the peers, whose folder is no installed package."""

from __future__ import annotations

import sys
from pathlib import Path

sys.path.append(str(Path(__file__).resolve().parent.parent / "peers"))

from mnist_idx import DataError, read_idx
from model_text import PRESETS, ModelError, smoothed, without_dropout
from models import NORM_EPSILON, NORM_MOMENTUM, Layer, Shape, flattened, network

__all__ = [
    "NORM_EPSILON", "NORM_MOMENTUM", "PRESETS", "DataError", "Layer", "ModelError", "Shape", "flattened",
    "network", "read_idx", "smoothed", "without_dropout",
]
