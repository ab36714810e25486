"""The text of the trainer's --model, and its presets, read into kinds of layers."""

from __future__ import annotations

import argparse
import re
from collections.abc import Iterator
from dataclasses import dataclass

RESIDUAL = "residual(conv {0}x3{1} bn relu, conv {0}x3 bn) relu"
PRESETS = {
    "mlp": "dense 512 bn relu dropout 0.2, dense 256 bn relu dropout 0.2",
    "lenet": "conv 6x5 relu, pool 2, conv 16x5 valid relu, pool 2, dense 120 relu, dense 84 relu",
    "cnn": (
        "conv 32x3 bn relu, conv 32x3 bn relu, pool 2, conv 64x3 bn relu, conv 64x3 bn relu, "
        "pool 2, dense 128 bn relu dropout 0.2"
    ),
    "cnn-fast": "conv 24x5 valid relu, pool 2, conv 32x3 valid relu, pool 2, dense 256 relu",
    "cnn-deep": (
        "conv 32x3 valid relu bn, conv 32x3 valid relu bn, "
        "conv 32x5 stride 2 relu bn dropout 0.4, "
        "conv 64x3 valid relu bn, conv 64x3 valid relu bn, "
        "conv 64x5 stride 2 relu bn dropout 0.4, conv 128x4 valid relu bn dropout 0.4"
    ),
    "resnet": ", ".join([
        "conv 16x3 bn relu", RESIDUAL.format(16, ""), RESIDUAL.format(16, ""),
        RESIDUAL.format(32, " stride 2"), RESIDUAL.format(32, ""),
        RESIDUAL.format(64, " stride 2"), RESIDUAL.format(64, ""), "globalpool",
    ]),
}


class ModelError(ValueError):
    """A description that is no network."""


@dataclass(frozen=True)
class Kind:
    """A layer of a description: its keyword, its settings, and for a block what it holds."""

    keyword: str
    units: int = 0  # units of dense, output channels of conv
    size: int = 0  # rows and columns of a kernel or of a pool's window
    stride: int = 1
    groups: int = 1
    is_padded: bool = True
    rate: float = 0.0
    block: tuple[Kind, ...] = ()


def read(text: str) -> tuple[Kind, ...]:
    """The layers of a preset or a description; none for `none`."""
    words = re.findall(r"[(),]|[^\s(),]+", PRESETS.get(text, text).lower())
    if words == ["none"]:
        return ()
    kinds = tuple(parse(words))
    if words:
        raise ModelError(f"found `{words[0]}`, expected the end")
    return kinds


def without_dropout(text: str) -> str:
    """The description of a preset or a description, its dropout left out."""
    return re.sub(r"\s+dropout\s+[^\s(),]+", "", PRESETS.get(text, text))


def smoothed(text: str) -> str:
    """The description of a preset or a description, with functions whose derivatives are continuous."""
    return re.sub(r"\bpool\b", "avgpool", re.sub(r"\brelu\b", "silu", PRESETS.get(text, text)))


def parse(words: list[str]) -> Iterator[Kind]:
    """Takes layers from `words` up to the end or a closing parenthesis."""
    while words and words[0] != ")":
        keyword = words.pop(0)
        try:
            if keyword in ("bn", "relu", "silu", "globalpool"):
                yield Kind(keyword)
            elif keyword == "dense":
                yield Kind(keyword, units=int(words.pop(0)))
            elif keyword in ("pool", "avgpool"):
                size = int(words.pop(0))
                yield Kind(keyword, size=size, stride=size)
            elif keyword == "dropout":
                yield Kind(keyword, rate=float(words.pop(0)))
            elif keyword == "conv":
                yield parse_convolution(words)
            elif keyword == "residual":
                if words.pop(0) != "(":
                    raise ModelError("residual: expected `(`")
                block = tuple(parse(words))
                words.pop(0)
                yield Kind(keyword, block=block)
            elif keyword != ",":
                raise ModelError(f"`{keyword}` is no layer that the peers have")
        except IndexError as error:
            raise ModelError(f"{keyword}: found the end") from error


def parse_convolution(words: list[str]) -> Kind:
    """Takes a convolution's settings from `words`."""
    units, _, size = words.pop(0).partition("x")
    settings = {"stride": 1, "groups": 1}
    is_padded = True
    while words and words[0] in ("stride", "groups", "valid"):
        word = words.pop(0)
        if word == "valid":
            is_padded = False
        else:
            settings[word] = int(words.pop(0))
    return Kind("conv", units=int(units), size=int(size), is_padded=is_padded, **settings)


def add_model_option(parser: argparse.ArgumentParser) -> None:
    """The option that names the network."""
    parser.add_argument(
        "--model", default="mlp", metavar="TEXT",
        help=f"a description of layers as the trainer's, or one of {', '.join(PRESETS)} "
        "(default mlp)",
    )
