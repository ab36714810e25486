"""Random texts for --model whose layers fit the images."""

# The most values between two layers, and the most layers: runs have to be short.
MOST_VALUES = 2400
MOST_ITEMS = 4

# Modifiers with a number.
NUMBERED = ("dropout", "dropout2d", "noise")


class ModelText:
    """A random network for images of a size."""

    def __init__(self, chance, rows, columns, channels):
        self._chance = chance
        # The kinds of layers and modifiers that occur.
        self.kinds = set()
        self.has_batch_norm = False
        self.items = []
        shape = (rows, columns, channels)
        # One in twenty is a perceptron without hidden layers.
        for _ in range(0 if chance.random() < 0.05 else chance.randint(1, MOST_ITEMS)):
            text, shape = self._item(shape, depth=0)
            self.items.append(text)

    @property
    def options(self):
        return {"model": ", ".join(self.items) or "none"}

    def _item(self, shape, depth):
        """A layer with its modifiers, and its output: rows, columns and channels, or one number of values."""
        text, output = self._layer(shape, depth)
        for _ in range(self._chance.choice([0, 1, 1, 2, 2, 3])):
            text += " " + self._modifier(output)
        return text, output

    def _layer(self, shape, depth):
        chance = self._chance
        if len(shape) == 1:
            return self._residual(shape, depth) if depth < 2 and chance.random() < 0.25 else self._dense()
        kind = chance.choices(
            ["conv", "pool", "avgpool", "globalpool", "flatten", "dense", "residual"],
            [8, 2, 2, 1, 1, 2, 3 if depth < 2 else 0])[0]
        if kind == "residual":
            return self._residual(shape, depth)
        self.kinds.add(kind)
        rows, columns, channels = shape
        if kind == "conv":
            return self._convolution(shape)
        if kind == "globalpool":
            return kind, (1, 1, channels)
        if kind == "flatten":
            return kind, (rows * columns * channels,)
        if kind == "dense":
            return self._dense()
        size = chance.randint(1, min(3, rows, columns))
        stride = chance.choice([size, size, 1, 2, 3])
        text = f"{kind} {size}" + ("" if stride == size else f" stride {stride}")
        if stride != size:
            self.kinds.add(f"{kind} with a stride")
        return text, ((rows - size) // stride + 1, (columns - size) // stride + 1, channels)

    def _dense(self):
        self.kinds.add("dense")
        units = self._chance.choice([1, 2, 3, 5, 7, 8, 9, 13, 16, 17, 24, 33, 40])
        return f"dense {units}", (units,)

    def _convolution(self, shape):
        chance = self._chance
        rows, columns, channels = shape
        if chance.random() < 0.15 and MOST_VALUES // (rows * columns) >= 16 and min(rows, columns) > 3:
            return self._pair_of_convolutions(shape)
        groups = chance.choice([1, 1, 1, channels] + [g for g in (2, 3, 4) if channels % g == 0])
        most = max(1, MOST_VALUES // (rows * columns * groups))
        outputs = groups * min(most, chance.choice([1, 1, 2, 3, 4, 5]) if groups > 1
                               else chance.choice([1, 3, 4, 5, 6, 8, 11, 16, 17, 20]))
        is_valid = chance.random() < 0.3
        sizes = [size for size in (1, 2, 3, 3, 4, 5) if not is_valid or size <= min(rows, columns)]
        size, stride = chance.choice(sizes), chance.choice([1, 1, 1, 2, 3])
        words = [f"stride {stride}"] * (stride > 1) + ["valid"] * is_valid
        words += [f"groups {groups}"] * (groups > 1)
        chance.shuffle(words)
        self.kinds.update(f"conv {word.split()[0]}" for word in words)
        if groups == channels > 1:
            self.kinds.add("conv depthwise")
        if is_valid:
            extents = ((rows - size) // stride + 1, (columns - size) // stride + 1)
        else:
            extents = ((rows + stride - 1) // stride, (columns + stride - 1) // stride)
        return " ".join([f"conv {outputs}x{size}", *words]), (*extents, outputs)

    def _pair_of_convolutions(self, shape):
        """The second one uses Winograd's filtering (docs/decisions/0035-winograd.md)."""
        chance = self._chance
        rows, columns, _ = shape
        middle = (rows, columns, chance.choice([16, 17, 24]))
        outputs = min(MOST_VALUES // (rows * columns), chance.choice([16, 17, 20, 33]))
        self.kinds.add("conv by Winograd")
        return (f"conv {middle[2]}x3 {self._modifier(middle)}, conv {outputs}x3", (rows, columns, outputs))

    def _residual(self, shape, depth):
        """A block; its input has to be brought to its output by a projection, if they differ."""
        while True:
            kinds, has_batch_norm = set(self.kinds), self.has_batch_norm
            texts, output = [], shape
            for _ in range(self._chance.randint(1, 2)):
                text, output = self._item(output, depth + 1)
                texts.append(text)
            if output != shape and self._chance.random() < 0.4 and len(output) == len(shape):
                text, output = self._return_to(shape, output)
                texts.append(text)
            if can_be_added(shape, output):
                break
            self.kinds, self.has_batch_norm = kinds, has_batch_norm
        self.kinds.add("residual" if shape == output else "residual with a projection")
        if depth:
            self.kinds.add("residual within residual")
        return f"residual({', '.join(texts)})", output

    def _return_to(self, shape, output):
        """A last layer of a block that gives the shape of its input, if there is one."""
        if len(shape) == 1:
            self.kinds.add("dense")
            return f"dense {shape[0]} {self._modifier(shape)}", shape
        self.kinds.add("conv")
        # Rows and columns that a layer has reduced do not grow again.
        return f"conv {shape[2]}x3 {self._modifier(output)}", (*output[:2], shape[2])

    def _modifier(self, shape):
        chance = self._chance
        kinds = ["bn", "bn", "relu", "relu", "leaky", "gelu", "silu", "dropout", "noise"]
        kind = chance.choice(kinds + ["dropout2d"] * (len(shape) == 3))
        self.kinds.add(kind)
        self.has_batch_norm |= kind == "bn"
        return f"{kind} {chance.choice([0, 0.1, 0.25, 0.5, 0.9])}" if kind in NUMBERED else kind


class HiddenUnits:
    """A random network of dense layers, as --hidden, --dropout and --batch-norm describe it."""

    def __init__(self, chance):
        self.kinds = {"dense"}
        self.items = [str(chance.choice([3, 8, 17, 24])) for _ in range(chance.randint(0, 3))]
        self._own = {}
        if self.items and chance.random() < 0.5:
            self._own["dropout"] = chance.choice([0, 0.1, 0.5])
        if self.items and chance.random() < 0.5:
            self._own["batch-norm"] = chance.random() < 0.5
        # Batch normalization is on by default.
        self.has_batch_norm = bool(self.items) and self._own.get("batch-norm", True)

    @property
    def options(self):
        return {"hidden": ",".join(self.items) or "none", **self._own}


def can_be_added(shape, output):
    """Whether a residual block may have these extents of its input and output (docs/training.md, Models)."""
    if len(output) == 1 or shape == output:
        return True
    if len(shape) == 1:
        return False
    stride = -(-shape[0] // output[0])
    return all(-(-shape[axis] // stride) == output[axis] for axis in (0, 1))
