"""The files of a case: whether each is whole, and what it says apart from times."""

import csv
import hashlib
import io
import json
import re
import struct

from runcheck import event_files

# What differs from run to run: times, the machine's free memory, where and when it ran.
TIMES = {
    "seconds", "train_seconds", "trainingSeconds", "samples_per_second", "machine", "threads", "created", "command",
    "resumed", "directory", "data", "files"}
TIME_METRICS = ("trainer_samples_per_second", "trainer_run_seconds_total", "trainer_update_timestamp_seconds")


class Broken(ValueError):
    """A file that is not whole."""


def without_times(value):
    """A JSON value without what differs from run to run."""
    if isinstance(value, dict):
        return {key: without_times(item) for key, item in value.items() if key not in TIMES}
    if isinstance(value, list):
        return [without_times(item) for item in value]
    return value


def safetensors(data):
    """The metadata and the tensors' bytes of a file whose digest is right."""
    if len(data) < 8:
        raise Broken("shorter than a header")
    (length,) = struct.unpack_from("<Q", data)
    if length > len(data) - 8:
        raise Broken("its header is cut off")
    header = json.loads(data[8:8 + length])
    metadata = header.pop("__metadata__")
    content = data[8 + length:]
    digest = hashlib.sha256()
    for key in sorted(metadata):
        if key != "content_sha256":
            digest.update(key.encode() + b"\0" + metadata[key].encode() + b"\0")
    end = 0
    for name, tensor in sorted(header.items(), key=lambda item: item[1]["data_offsets"]):
        first, end = tensor["data_offsets"]
        shape = "[" + ", ".join(map(str, tensor["shape"])) + "]"
        digest.update(name.encode() + b"\0" + f"{tensor['dtype']} {shape}".encode() + b"\0" + content[first:end])
    if end != len(content):
        raise Broken(f"it has {len(content)} bytes of tensors, expected {end}")
    if digest.hexdigest() != metadata.pop("content_sha256"):
        raise Broken("its digest is another")
    if "position" in metadata:
        metadata["position"] = without_times(json.loads(metadata["position"]))
    return metadata, header, content


def lines(data, may_be_torn):
    """The lines of a file that grows; half a line at its end is left out if it may be there."""
    whole, newline, rest = data.rpartition(b"\n")
    if rest and not may_be_torn:
        raise Broken(f"it ends with half a line: {rest[-60:]!r}")
    return (whole + newline).splitlines()


def json_lines(data, may_be_torn):
    """The events of a metrics file, without those that say that a run was resumed."""
    found = [without_times(json.loads(line)) for line in lines(data, may_be_torn)]
    return [line for line in found if line.get("event") != "resume"]


def table(data, may_be_torn):
    """The rows of a CSV file, without the columns of times."""
    rows = list(csv.reader(io.StringIO(b"\n".join(lines(data, may_be_torn)).decode())))
    kept = [index for index, name in enumerate(rows[0]) if name not in TIMES] if rows else []
    if any(len(row) != len(rows[0]) for row in rows):
        raise Broken("it has half a row")
    return [[row[index] for index in kept] for row in rows]


def page(data):
    """The digest that a report shows; None before the end of the run."""
    if not data.endswith(b"</html>\n"):
        raise Broken(f"it ends with {data[-20:]!r}")
    found = re.search(rb"Weights digest <code>([0-9a-f]{64})</code>", data)
    return found and found[1].decode()


def prometheus(data):
    """The metrics of a file for Prometheus."""
    text = data.decode()
    if not re.search(r"\ntrainer_update_timestamp_seconds\{[^\n]*\} [0-9.]+\n\Z", text):
        raise Broken("its last metric is missing")
    found = [line for line in text.splitlines() if not line.startswith("#")]
    return [line for line in found if not line.startswith(TIME_METRICS)]


def whole(path, data, may_be_torn=False):
    """What a file says; raises Broken or another ValueError if it is not whole.

    `may_be_torn`: a file that grows in place may end with half a line, since a crash cut its last write off.
    """
    name = path.name
    if name.endswith(".safetensors"):
        return safetensors(data)
    if name.endswith(".jsonl"):
        return json_lines(data, may_be_torn)
    if name.endswith(".csv"):
        return table(data, may_be_torn)
    if name.endswith(".html"):
        return page(data)
    if name.endswith(".prom"):
        return prometheus(data)
    if name.endswith(".json"):
        return without_times(json.loads(data))
    return data


def curves(folder, may_be_torn=False):
    """What TensorBoard shows of a folder: the value of each tag and step; raises ValueError if one is there twice."""
    shown = {}
    for tag, values in event_files.read_events(folder, lambda path, last: may_be_torn).items():
        for step, value in values:
            if (tag, step) in shown:
                raise ValueError(f"{tag} of step {step} is there twice")
            shown[tag, step] = None if tag == "samples_per_second" else value
    return shown
