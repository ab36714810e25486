"""Reads MNIST-format data (IDX files, gzip or plain) into memory."""

from __future__ import annotations

import gzip
import math
import os
import struct
import zlib
from dataclasses import dataclass
from pathlib import Path

import numpy as np

UNSIGNED_BYTE = 0x08


class DataError(Exception):
    """The data is missing or not what the format says."""


@dataclass(frozen=True)
class Dataset:
    """Images as rows of pixel / 255 (samples, pixels) and their labels (samples,)."""

    train_images: np.ndarray  # float32
    train_labels: np.ndarray  # int64
    test_images: np.ndarray  # float32
    test_labels: np.ndarray  # int64
    image: tuple[int, int, int]  # rows, columns and channels, of which there is one


def candidate_directories(name: str) -> list[Path]:
    """Where data set `name` may be, in the order in which the trainer looks."""
    candidates = []
    if root := os.environ.get("TRAINER_DATA"):
        candidates.append(Path(root) / name)
    cache = os.environ.get("XDG_CACHE_HOME")
    candidates.append((Path(cache) if cache else Path.home() / ".cache") / "trainer" / name)
    candidates.append(Path("/usr/share/datasets") / name)
    return candidates


def find_directory(data: Path | None, name: str = "mnist") -> Path:
    """`data` where it is given, else the first candidate that holds the training images."""
    if data is not None:
        return data
    candidates = candidate_directories(name)
    for directory in candidates:
        images = directory / "train-images-idx3-ubyte"
        if images.is_file() or images.with_name(f"{images.name}.gz").is_file():
            return directory
    looked = ", ".join(str(directory) for directory in candidates)
    raise DataError(f"{name} not found (looked in {looked}); give its directory with --data")


def read_idx(directory: Path, name: str, dimensions: int) -> np.ndarray:
    """The bytes of `name`, or of `name`.gz, as an array with the shape that its header gives."""
    path = directory / name
    if path.is_file():
        content = path.read_bytes()
    else:
        path = directory / f"{name}.gz"
        try:
            content = gzip.decompress(path.read_bytes())
        except FileNotFoundError as error:
            raise DataError(f"{directory}: neither {name} nor {name}.gz is there") from error
        except (gzip.BadGzipFile, EOFError, zlib.error) as error:
            raise DataError(f"{path}: not a whole gzip file: {error}") from error
    header = 4 + 4 * dimensions
    if len(content) < header:
        raise DataError(f"{path}: {len(content)} bytes, expected a header of {header}")
    magic = content[:4]
    expected = bytes([0, 0, UNSIGNED_BYTE, dimensions])
    if magic != expected:
        raise DataError(f"{path}: byte 0: magic {magic.hex()}, expected {expected.hex()}")
    shape = struct.unpack_from(f">{dimensions}I", content, 4)
    if len(content) - header != math.prod(shape):
        raise DataError(
            f"{path}: {len(content) - header} bytes of data, "
            f"expected {math.prod(shape)} for {shape}"
        )
    return np.frombuffer(content, np.uint8, offset=header).reshape(shape)


def load(directory: Path) -> Dataset:
    """The four files of `directory`, checked against each other."""
    parts: list[np.ndarray] = []
    shapes = []
    for prefix in ("train", "t10k"):
        images = read_idx(directory, f"{prefix}-images-idx3-ubyte", 3)
        labels = read_idx(directory, f"{prefix}-labels-idx1-ubyte", 1)
        if len(images) != len(labels) or len(images) == 0:
            raise DataError(
                f"{directory}: {prefix} has {len(images)} images and {len(labels)} labels, "
                "expected as many of each, and at least one"
            )
        rows = images.reshape(len(images), -1).astype(np.float32) / np.float32(255)
        parts += [rows, labels.astype(np.int64)]
        shapes.append(images.shape[1:])
    if shapes[0] != shapes[1]:
        raise DataError(
            f"{directory}: a training image has {shapes[0]} rows and columns, "
            f"a test image {shapes[1]}"
        )
    return Dataset(*parts, image=(*shapes[0], 1))
