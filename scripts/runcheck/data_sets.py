"""Writes small data sets in the IDX format."""

import gzip
import struct


def write_idx(path, values, shape, compressed):
    """Writes bytes with the extents of their dimensions."""
    header = bytes([0, 0, 8, len(shape)]) + b"".join(struct.pack(">I", extent) for extent in shape)
    content = header + bytes(values)
    if compressed:
        path.with_name(path.name + ".gz").write_bytes(gzip.compress(content, 1, mtime=0))
    else:
        path.write_bytes(content)


def write_data_set(
        folder, chance, training, test, rows, columns, channels=1, classes=10, uneven=False,
        compressed=False):
    """Writes a data set of random images, in each of which a bright band determines the class.

    An uneven one has most samples in its first classes. Every class has a training sample if there are
    enough of them.
    """
    folder.mkdir(parents=True)
    size = rows * columns * channels
    for prefix, count in [("train", training), ("t10k", test)]:
        labels = [
            int(classes * chance.random() ** (3 if uneven else 1)) for _ in range(count)]
        if prefix == "train":
            labels[:classes] = range(classes)
            labels = labels[:count]
        pixels = bytearray()
        for label in labels:
            image = bytearray(chance.randbytes(size))
            start, end = size * label // classes, size * (label + 1) // classes
            image[start:end] = bytes([255] * (end - start))
            pixels += image
        shape = [count, rows, columns] + ([channels] if channels > 1 else [])
        write_idx(folder / f"{prefix}-images-idx3-ubyte", pixels, shape, compressed)
        write_idx(folder / f"{prefix}-labels-idx1-ubyte", labels, [count], compressed)
    return folder
