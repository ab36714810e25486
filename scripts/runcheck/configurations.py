"""Random configurations of training that the trainer accepts."""

import dataclasses
import random

from . import data_sets, random_settings
from .random_models import HiddenUnits, ModelText

# Steps of a run with small batches: runs have to be short.
MOST_STEPS = 24


@dataclasses.dataclass
class DataSpec:
    """A small data set."""

    seed: str
    training: int
    test: int
    rows: int
    columns: int
    channels: int
    classes: int
    uneven: bool
    compressed: bool

    @staticmethod
    def random(chance, seed):
        training = chance.choice([chance.randint(2, 12), *[chance.randint(20, 150)] * 6])
        rows = chance.choice([1, 2, 3, 5, 7, 8, 9, 11, 12, 16])
        return DataSpec(
            seed=seed, training=training, test=chance.choice([1, 7, 8, 9, 30, 50, 64]), rows=rows,
            columns=chance.choice([rows, rows, chance.choice([1, 4, 6, 10, 13, 15])]),
            channels=chance.choice([1, 1, 1, 2, 3, 3, 4]), classes=min(training, chance.randint(2, 12)),
            uneven=chance.random() < 0.4, compressed=chance.random() < 0.3)

    def write(self, folder):
        data_sets.write_data_set(
            folder, random.Random(self.seed), self.training, self.test, self.rows, self.columns,
            self.channels, self.classes, self.uneven, self.compressed)


class Configuration:
    """A data set and options that determine a result; the same for one seed and number on every machine."""

    def __init__(self, seed, number):
        self.number = number
        name = f"{seed} {number}"
        chance = random.Random(name)
        self.data = DataSpec.random(chance, f"{name} data")
        size = self.data.rows, self.data.columns, self.data.channels
        self.model = HiddenUnits(chance) if chance.random() < 0.08 else ModelText(chance, *size)
        self.options = self._held_out(chance)
        self.options |= self._batches(chance)
        steps = self._steps_per_epoch()
        self.options["epochs"] = epochs = chance.randint(1, 4)
        if steps * epochs > MOST_STEPS or chance.random() < 0.3:
            self.options["steps"] = chance.randint(1, min(MOST_STEPS, steps * epochs + 3))
        self.options |= random_settings.optimizer(chance)
        self.options |= random_settings.schedule(chance, min(MOST_STEPS, steps * epochs))
        self.options |= self._samples(chance) | self._averages(chance, epochs)
        if chance.random() < 0.1:
            self.options["engine"] = "openblas"
        self.histogram_every = chance.choice([None, 1, 2, 3, 5])
        self.checkpoint_every = chance.choice([1, 2, 3, 7, "1s", None])
        self.keep = chance.choice([1, 2, 3, None])
        self.starts_from_weights = chance.random() < 0.08
        self.has_directory = chance.random() < 0.6
        self.has_events = chance.random() < 0.5
        self.has_objective = chance.random() < 0.2

    @property
    def trained(self):
        """Samples that are trained on."""
        if "fold" in self.options:
            part, parts = (int(word) for word in self.options["fold"].split("/"))
            return self.data.training - len(range(part - 1, self.data.training, parts))
        return self.data.training - self.options.get("validation", 0)

    def _held_out(self, chance):
        options = {}
        count = self.data.training
        # Batch normalization needs two samples.
        if count > 5 and chance.random() < 0.5:
            if chance.random() < 0.6:
                options["validation"] = chance.randint(1, count // 3)
            else:
                parts = chance.randint(2, 5)
                options["fold"] = f"{chance.randint(1, parts)}/{parts}"
            options["stratify"] = chance.random() < 0.5
            if chance.random() < 0.3:
                options["early-stopping"] = chance.randint(1, 2)
        if chance.random() < 0.15:
            options["target-accuracy"] = chance.choice([0.1, 0.3, 0.5, 1])
        return options

    def _batches(self, chance):
        trained = self.trained
        options = {"seed": chance.choice([0, 1, 7, chance.randrange(1 << 32), (1 << 64) - 1])}
        if chance.random() < 0.3:
            options["shuffle"] = chance.random() < 0.5
        sizes = [1, 2, 3, 5, 7, 8, 9, 15, 16, 17, 31, 32, 33, 50, 63, 64, 65, trained - 1, trained, trained]
        sizes = [size for size in sizes if 1 <= size <= trained]
        if self.model.has_batch_norm:
            sizes = [size for size in sizes if size > 1 and trained % size != 1]
        # Without the option the batch is all samples, and may not be one that is normalized.
        if chance.random() < 0.9:
            options["batch-size"] = chance.choice(sizes)
        if chance.random() < 0.35:
            options["accumulate"] = chance.randint(2, 5)
        return options

    def _steps_per_epoch(self):
        rows = self.options.get("batch-size", self.trained) * self.options.get("accumulate", 1)
        return -(-self.trained // rows)

    def _samples(self, chance):
        options = {}
        if chance.random() < 0.35:
            transforms = random_settings.augmentation(chance, max(self.data.rows, self.data.columns))
            options["augment"] = ", ".join(transforms)
        for name in ("mixup", "cutmix"):
            if chance.random() < 0.25:
                options[name] = chance.choice([0.1, 0.4, 1, 3])
        if chance.random() < 0.3:
            options["label-smoothing"] = chance.choice([0.0, 0.1, 0.5])
        if chance.random() < 0.3:
            options["class-weights"] = random_settings.class_weights(chance, self.data.classes)
        if chance.random() < 0.4:
            options["dropout-mode"] = chance.choice(["inverted", "vanilla"])
        return options

    def _averages(self, chance, epochs):
        options = {}
        if chance.random() < 0.35:
            options["ema"] = chance.choice([0, 0.5, 0.9, 0.99])
        if chance.random() < 0.3:
            options["average-from"] = chance.randint(1, epochs)
        if options and self.model.has_batch_norm and chance.random() < 0.4:
            options["average-statistics"] = chance.choice([1, 2, 5, 1000])
        return options
