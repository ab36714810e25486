"""Random settings of training that belong together."""


def optimizer(chance):
    """Options of an optimizer; its own settings are given in half of the cases."""
    name = chance.choice(["sgd", "momentum", "nesterov", "adagrad", "rmsprop", "adam", "adamw"])
    options = {"optimizer": name}
    if chance.random() < 0.5:
        # Some runs have to diverge, in every way after the same step.
        exponent = chance.uniform(10, 30) if chance.random() < 0.06 else chance.uniform(-4, -1)
        options["learning-rate"] = _number(10 ** exponent)
    own = {
        "momentum": ("momentum", "nesterov"), "decay-rate": ("rmsprop",), "beta1": ("adam", "adamw"),
        "beta2": ("adam", "adamw")}
    for setting, names in own.items():
        if name in names and chance.random() < 0.5:
            options[setting] = _number(chance.choice([0, 0.5, 0.9, chance.random()]))
    if name in ("adagrad", "rmsprop", "adam", "adamw") and chance.random() < 0.3:
        options["epsilon"] = _number(10 ** chance.uniform(-8, -2))
    for setting, exponents in {"weight-decay": (-5, -1), "clip-norm": (-2, 1), "max-norm": (-1, 1)}.items():
        if chance.random() < 0.25:
            options[setting] = _number(10 ** chance.uniform(*exponents))
    return options


def schedule(chance, steps):
    """Options of the learning rate's schedule."""
    name = chance.choice(["constant", "step", "cosine", "one-cycle", "plateau"])
    options = {"lr-schedule": name}
    if chance.random() < 0.3:
        options["warmup-steps"] = chance.randint(0, max(1, steps // 2))
    if name == "step" and chance.random() < 0.7:
        options["lr-step-epochs"] = chance.randint(1, 2)
    if name in ("step", "plateau") and chance.random() < 0.5:
        options["lr-gamma"] = _number(chance.uniform(0.05, 0.95))
    if name == "plateau" and chance.random() < 0.7:
        options["lr-patience"] = chance.randint(0, 1)
    if name in ("cosine", "plateau") and chance.random() < 0.5:
        options["lr-minimum"] = _number(chance.choice([0, 0.01, 0.5]))
    return options


def augmentation(chance, side):
    """The text of --augment for images whose larger side has so many pixels."""
    transforms = {
        "rotate": f"rotate {chance.choice([5, 15, 90, 180])}",
        "scale": f"scale {chance.choice([0.1, 0.3, 0.9])}",
        "shift": f"shift {_number(chance.uniform(0, side))}",
        "shear": f"shear {chance.choice([5, 20, 60])}",
        "elastic": f"elastic {chance.choice([1, 8, 34])}/{chance.choice([0.5, 2, 4])}",
        "erase": f"erase {chance.choice([0.25, 0.5, 1])}",
        "flip": "flip"}
    return [transforms[name] for name in chance.sample(sorted(transforms), chance.randint(1, 4))]


def class_weights(chance, classes):
    """The text of --class-weights."""
    if chance.random() < 0.5:
        return "balanced"
    weights = [chance.choice([0, 0.5, 1, 1, 2, 3.25]) for _ in range(classes)]
    weights[chance.randrange(classes)] = 1
    return ", ".join(str(weight) for weight in weights)


def _number(value):
    return float(f"{value:.4g}")
