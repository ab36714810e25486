"""What random configurations contained, and how often."""

import collections
import re

_VARIED = {
    "number of threads": "threads", "instruction set": "isa", "shard size": "shard_size", "pinning": "pin",
    "number of ranks": "ranks"}
_OPTION = re.compile(r" --(?:no-)?([a-z0-9-]+)")

# What has to occur in a long run; a group that is not here is shown as it comes.
EXPECTED = {
    "layers": [
        "conv", "conv stride", "conv valid", "conv groups", "conv depthwise",
        "conv by Winograd", "pool", "pool with a stride",
        "avgpool", "avgpool with a stride", "globalpool", "flatten", "dense", "residual",
        "residual with a projection", "residual within residual", "no layers"],
    "modifiers": ["bn", "relu", "leaky", "gelu", "silu", "dropout", "dropout2d", "noise"],
    "optimizer": ["sgd", "momentum", "nesterov", "adagrad", "rmsprop", "adam", "adamw"],
    "lr-schedule": ["constant", "step", "cosine", "one-cycle", "plateau"],
    "augment": ["rotate", "scale", "shift", "shear", "elastic", "erase", "flip"],
    "ways": ["another number of threads", "another instruction set", "another shard size", "another pinning"],
    "settings from": ["command line", "configuration file", "environment"],
    "stopped by": ["KILL", "TERM", "USR1", "INT", "steps"],
    "ends": ["complete", "early-stopping", "target-accuracy", "diverged"],
}


class Coverage:
    """Counts what occurred, by group."""

    def __init__(self):
        self.groups = {name: collections.Counter(dict.fromkeys(names, 0)) for name, names in EXPECTED.items()}
        self.options = collections.Counter()
        # The options of the last configuration, which may not be on its command lines.
        self._given = set()

    def add(self, group, *names):
        self.groups.setdefault(group, collections.Counter()).update(names)

    def add_configuration(self, configuration):
        data, options = configuration.data, configuration.options
        kinds = configuration.model.kinds or {"no layers"}
        modifiers = EXPECTED["modifiers"]
        self.add("layers", *(kind for kind in kinds if kind not in modifiers))
        self.add("modifiers", *(kind for kind in kinds if kind in modifiers))
        self.add("channels", data.channels)
        self.add("classes", data.classes)
        batch = options.get("batch-size", 0)
        self.add("batch", "all samples, by default" if not batch else "1" if batch == 1 else "a multiple of 8"
                 if batch % 8 == 0 else "odd" if batch % 2 else "even")
        if batch and configuration.trained % batch:
            self.add("batch", "a smaller last one")
        for name in ("optimizer", "lr-schedule"):
            self.add(name, options[name])
        if "augment" in options:
            self.add("augment", *(words.split()[0] for words in options["augment"].split(", ")))
        self._given = {"data", *configuration.model.options, *options}
        self.options.update(self._given)

    def add_ways(self, ways, outcomes):
        one, other = ways[0][0], ways[1][-1]
        for words, name in _VARIED.items():
            if getattr(one, name) != getattr(other, name):
                self.add("ways", f"another {words}")
        for part in [part for way in ways for part in way]:
            self.add("threads", part.threads)
            self.add("ranks", part.ranks or "without mpirun")
            self.add("isa", part.isa)
            self.add("settings from", part.source)
        words = {word for outcome in outcomes for word in _OPTION.findall("\n".join(outcome.commands))}
        self.options.update(words - self._given)
        for outcome in outcomes:
            self.add("stopped by", *(stop for stop, _ in outcome.stops))
        first = outcomes[0]
        if any(outcome.problem for outcome in outcomes):
            self.add("ends", "failed")
        elif first.records:
            self.add("ends", first.records["metrics"][-1].get("ended_by", "complete"))
            self.add("compared", *first.records)
        else:
            self.add("ends", "diverged" if first.code == 70 else "refused")

    def table(self, all_options):
        """Lines of the table: what occurred how often, and what never did."""
        for name, counts in self.groups.items():
            yield f"  {name}: " + ", ".join(
                f"{entry} {count or 'NEVER'}" for entry, count in sorted(
                    counts.items(), key=lambda pair: (str(type(pair[0])), pair[0])))
        yield "  options: " + ", ".join(f"{name} {count}" for name, count in sorted(self.options.items()))
        missing = sorted(set(all_options) - set(self.options))
        yield "  options of trainer train that were not chosen at random: " + ", ".join(missing)
