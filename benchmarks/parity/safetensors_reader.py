"""Reads safetensors files of float32 and float64 tensors with NumPy alone."""

from __future__ import annotations

import json
import math
import struct
from pathlib import Path

import numpy as np

# The format is little-endian, whatever the machine is.
DTYPES = {"F32": np.dtype("<f4"), "F64": np.dtype("<f8")}


class FormatError(Exception):
    """A file that is not what the format says."""


def read(path: Path) -> dict[str, np.ndarray]:
    """Every tensor of `path` under its name, in float64."""
    content = path.read_bytes()
    if len(content) < 8:
        raise FormatError(f"{path}: {len(content)} bytes, expected at least 8")
    (length,) = struct.unpack_from("<Q", content)
    if length > len(content) - 8:
        raise FormatError(f"{path}: byte 0: header of {length} bytes in a file of {len(content)}")
    try:
        header = json.loads(content[8 : 8 + length])
    except ValueError as error:
        raise FormatError(f"{path}: byte 8: the header is not JSON: {error}") from error
    body = memoryview(content)[8 + length :]
    tensors = {}
    for name, entry in header.items():
        if name == "__metadata__":
            continue
        if entry["dtype"] not in DTYPES:
            raise FormatError(f"{path}: {name}: dtype {entry['dtype']}, expected F32 or F64")
        dtype = DTYPES[entry["dtype"]]
        start, end = entry["data_offsets"]
        size = math.prod(entry["shape"]) * dtype.itemsize
        if not 0 <= start <= end <= len(body) or end - start != size:
            raise FormatError(
                f"{path}: {name}: bytes {start} to {end} of {len(body)}, "
                f"expected {size} bytes for {entry['shape']}"
            )
        values = np.frombuffer(body[start:end], dtype).reshape(entry["shape"])
        tensors[name] = values.astype(np.float64)
    return tensors
