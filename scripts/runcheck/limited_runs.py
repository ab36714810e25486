"""Commands that run within a limit, and what has to be true afterwards."""

import collections
import gzip
import os
import pathlib
import random
import re
import shutil
import signal
import struct
import subprocess
import zlib

REFUSED = 71
LAST_WORDS = "trainer: error: the system refused memory that the command needs"
# What a run with a limit may come to.
KINDS = ("unstarted", "runtime", "refused", "killed", "done")


class Case:
    """A command, and what it makes: --output runs can be resumed, other outputs are whole or missing."""

    def __init__(self, words, output=None, is_run=False):
        self.words, self.output, self.is_run = words.split(), output, is_run


SHORT = "--data data --epochs 2 --batch-size 128 --threads 3 --quiet"
SMALL_CNN = "--model conv_8x3_bn_relu,pool_2,dense_32_relu"
RUN = "--output out --checkpoint-every 3"
CASES = {
    "train": Case(f"train {SHORT} --save out/model.safetensors", "out/model.safetensors"),
    "train-output": Case(f"train {SHORT} {RUN}", "out", is_run=True),
    "cnn": Case(f"train {SHORT} {SMALL_CNN} --save out/model.safetensors", "out/model.safetensors"),
    "cnn-output": Case(f"train {SHORT} {SMALL_CNN} {RUN}", "out", is_run=True),
    "openblas": Case(f"train {SHORT} --engine openblas --save out/model.safetensors", "out/model.safetensors"),
    "openblas-output": Case(f"train {SHORT} --engine openblas {RUN}", "out", is_run=True),
    "evaluate": Case("evaluate --model model.safetensors --data data --threads 3 --json"),
    "predict": Case("predict --model model.safetensors --threads 3 data/t10k-images-idx3-ubyte.gz"),
    "import-csv": Case("data import images.csv --output out/set", "out/set"),
    "import-png": Case("data import images --output out/set", "out/set"),
}


def write_material(folder, trainer):
    """A data set of random images in folder/data, the same as a CSV file and as PNG files, and a model."""
    chance = random.Random(5)
    data = folder / "data"
    data.mkdir()
    for name, count in ("train", 2048), ("t10k", 512):
        labels = bytes(chance.randrange(10) for _ in range(count))
        pixels = chance.randbytes(count * 784)
        images = struct.pack(">IIII", 0x803, count, 28, 28) + pixels
        if name == "train":
            (data / f"{name}-images-idx3-ubyte").write_bytes(images)
        else:
            (data / f"{name}-images-idx3-ubyte.gz").write_bytes(gzip.compress(images))
        (data / f"{name}-labels-idx1-ubyte").write_bytes(struct.pack(">II", 0x801, count) + labels)
    with open(folder / "images.csv", "w", encoding="ascii") as file:
        file.write("label," + ",".join(f"pixel{i}" for i in range(784)) + "\n")
        for index, label in enumerate(labels):
            image = pixels[index * 784:(index + 1) * 784]
            file.write(f"{label}," + ",".join(map(str, image)) + "\n")
    subprocess.run(
        [trainer, "train", "--data", "data", "--epochs", "1", "--quiet", "--save", "model.safetensors"],
        cwd=folder, check=True, capture_output=True)
    write_pngs(folder / "images", labels, pixels)


def write_pngs(folder, labels, pixels):
    def chunk(kind, content):
        return struct.pack(">I", len(content)) + kind + content + struct.pack(">I", zlib.crc32(kind + content))

    for index, label in enumerate(labels[:200]):
        rows = b"".join(b"\0" + pixels[start:start + 28] for start in range(index * 784, index * 784 + 784, 28))
        parent = folder / f"class-{label}"
        parent.mkdir(parents=True, exist_ok=True)
        (parent / f"{index}.png").write_bytes(
            b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", struct.pack(">IIBBBBB", 28, 28, 8, 0, 0, 0, 0))
            + chunk(b"IDAT", zlib.compress(rows)) + chunk(b"IEND", b""))


Result = collections.namedtuple("Result", "code output errors")


class Bench:
    """Runs one case at a time in a folder of its own."""

    def __init__(self, arguments, folder):
        self.arguments, self.folder = arguments, folder
        self.trainer = str(pathlib.Path(arguments.trainer).resolve())

    def run(self, words, options=None, variables=None, timeout=None):
        environment = {
            "PATH": os.environ.get("PATH", "/usr/bin:/bin"), "HOME": str(self.folder / "out"), **(variables or {})}
        if "LD_LIBRARY_PATH" in os.environ:
            environment["LD_LIBRARY_PATH"] = os.environ["LD_LIBRARY_PATH"]
        words = [word.replace("_", " ") if word.startswith("conv_") else word for word in words]
        process = subprocess.Popen(
            [self.trainer, *words], cwd=self.folder, env=environment, stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, errors="replace",
            start_new_session=True, **(options or {}))
        try:
            output, errors = process.communicate(timeout=timeout or self.arguments.timeout)
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, signal.SIGKILL)
            output, errors = process.communicate()
            return Result(None, output, errors)
        return Result(process.returncode, output, errors)

    def empty(self):
        """Empties the folder of outputs; any user may write there."""
        shutil.rmtree(self.folder / "out", ignore_errors=True)
        (self.folder / "out").mkdir()
        (self.folder / "out").chmod(0o777)

    def starts(self, words, options):
        """Whether the dynamic loader reaches the program, as it says itself."""
        # To standard error: a file would need a descriptor of its own.
        errors = self.run(words, options, {"LD_DEBUG": "files"}).errors
        return "transferring control: " in errors


def outputs(folder):
    return sorted(str(path.relative_to(folder)) for path in (folder / "out").rglob("*") if path.is_file())


class Trial:
    """A case with a limit at one level."""

    def __init__(self, bench, case, limit, expected):
        self.bench, self.case, self.limit, self.expected = bench, case, limit, expected

    def outcome(self, level):
        """done, refused, runtime (refused to the Swift runtime) or unstarted; otherwise what is wrong."""
        self.bench.empty()
        options = self.limit.process(level)
        try:
            result = self.bench.run(self.case.words, options)
        except (OSError, subprocess.SubprocessError):
            return "unstarted"  # the system could not even start a process with this limit
        if result.code is None:
            return f"hangs: {result.errors[-300:]}"
        if result.code == 0:
            return self.done(result)
        if result.code == REFUSED:
            return self.refused(result)
        self.bench.empty()
        if self.is_kernels_kill(result):
            return "killed"
        if not self.bench.starts(self.case.words, options):
            return "unstarted"
        return f"ended with {ending(result.code)}: {result.errors[-300:]}"

    def is_kernels_kill(self, result):
        """Whether the kernel ended the run because its cgroup has no more memory."""
        return result.code == -signal.SIGKILL and self.limit.name == "memory-cgroup"

    def done(self, result):
        if result.output != self.expected:
            return f"another result: {result.output[:300]}, expected {self.expected[:300]}"
        if "error" in result.errors:
            return f"done, with an error: {result.errors[-300:]}"
        if self.case.output and not (self.bench.folder / self.case.output).exists():
            return f"done, without {self.case.output}"
        return "done"

    def refused(self, result):
        lines = [line for line in result.errors.splitlines() if line.startswith("trainer: error: ")]
        if len(lines) != 1:
            return f"71 with {len(lines)} errors: {result.errors[-300:]}"
        kind = "runtime" if lines[0].startswith(LAST_WORDS) else "refused"
        if not re.search(self.limit.pattern, result.errors):
            return f"71 without the limit: {result.errors[-300:]}"
        if self.case.is_run:
            return self.resumed() or kind
        if outputs(self.bench.folder) and kind == "refused":
            return f"71 leaves {outputs(self.bench.folder)}"
        return kind

    def resumed(self):
        """Resumes the refused run without limits; returns what is wrong, otherwise None."""
        metrics = self.bench.folder / "out/metrics.jsonl"
        if metrics.exists() and '"epoch"' in metrics.read_text():
            if not list((self.bench.folder / "out/checkpoints").glob("step-*")):
                return f"71 after an epoch, without a checkpoint: {metrics.read_text()[-300:]}"
        result = self.bench.run([*self.case.words, "--resume"], timeout=10 * self.bench.arguments.timeout)
        if result.code != 0 or result.output != self.expected:
            return f"resumed after 71: {ending(result.code)} {result.output} {result.errors[-300:]}"
        left = [name for name in outputs(self.bench.folder) if ".tmp" in name]
        return f"resumed after 71, leaves {left}" if left else None


def ending(code):
    return f"signal {signal.Signals(-code).name}" if code is not None and code < 0 else f"exit code {code}"
