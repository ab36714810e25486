"""Reads safetensors files."""

import hashlib
import json
import struct


def read_header(path):
    """The header of a file as a dictionary, and the bytes after it; ValueError if it is not whole."""
    data = path.read_bytes()
    size = struct.unpack("<Q", data[:8])[0]
    header = json.loads(data[8:8 + size])
    content = data[8 + size:]
    end = max((entry["data_offsets"][1] for name, entry in header.items() if name != "__metadata__"), default=0)
    if end != len(content):
        raise ValueError(f"{path}: {len(content)} bytes of tensors, expected {end}")
    return header, content


def describe_checkpoint(path):
    """What a checkpoint has besides times: a digest of its tensors, and its position in the run."""
    header, content = read_header(path)
    metadata = header.pop("__metadata__")
    position = _without_seconds(json.loads(metadata["position"]))
    tensors = hashlib.sha256(json.dumps(header, sort_keys=True).encode() + content).hexdigest()
    return {"tensors": tensors, "position": position, "identity": json.loads(metadata["identity"])}


def _without_seconds(value):
    if isinstance(value, dict):
        return {
            key: _without_seconds(entry) for key, entry in value.items()
            if key not in ("seconds", "trainingSeconds")}
    return [_without_seconds(entry) for entry in value] if isinstance(value, list) else value
