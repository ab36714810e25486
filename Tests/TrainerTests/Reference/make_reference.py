"""Writes schedules.json and updates.json with PyTorch in float64: python make_reference.py.

Matrices are row-major nested lists, weights (in, out): the transpose of PyTorch's.
"""

import json
import pathlib

import torch
import torch.nn as nn
import torch.nn.functional as F
from torch.optim import lr_scheduler as schedulers
from torch.optim.swa_utils import AveragedModel, get_ema_multi_avg_fn

torch.set_default_dtype(torch.float64)
FOLDER = pathlib.Path(__file__).parent


def save(name, content):
    (FOLDER / name).write_text(json.dumps(content, indent=0) + "\n")


def normal(*shape, seed):
    return torch.randn(*shape, generator=torch.Generator().manual_seed(seed))


# ---- Schedules: the rate of each step, for a base rate of 1


def rates(total, steps_per_epoch, by_step=(), by_epoch=()):
    optimizer = torch.optim.SGD([nn.Parameter(torch.zeros(1))], lr=1.0)
    step_schedulers = [make(optimizer) for make in by_step]
    epoch_schedulers = [make(optimizer) for make in by_epoch]
    result = []
    for step in range(1, total + 1):
        result.append(optimizer.param_groups[0]["lr"])
        optimizer.step()
        for scheduler in step_schedulers if step < total else []:
            scheduler.step()
        for scheduler in epoch_schedulers if step % steps_per_epoch == 0 else []:
            scheduler.step()
    return result


def warmup(steps):
    return lambda o: schedulers.LinearLR(o, start_factor=1 / steps, total_iters=steps - 1)


def step_decay(epochs, gamma):
    return lambda o: schedulers.StepLR(o, step_size=epochs, gamma=gamma)


def cosine(total, warmup_steps, minimum):
    def make(optimizer):
        curve = lambda: schedulers.CosineAnnealingLR(
            optimizer, T_max=total - warmup_steps, eta_min=minimum)
        if warmup_steps == 0:
            return curve()
        rise = warmup(warmup_steps)(optimizer)
        return schedulers.SequentialLR(optimizer, [rise, curve()], milestones=[warmup_steps])

    return make


def one_cycle(total):
    return lambda o: schedulers.OneCycleLR(o, max_lr=1.0, total_steps=total, cycle_momentum=False)


curves = []


def curve(kind, total, steps_per_epoch=4, warmup_steps=0, by_step=(), by_epoch=(), **settings):
    curves.append(dict(
        kind=kind, steps_per_epoch=steps_per_epoch, warmup_steps=warmup_steps, **settings,
        factors=rates(total, steps_per_epoch, by_step, by_epoch)))


curve("constant", 6)
curve("constant", 12, warmup_steps=5, by_step=[warmup(5)])
curve("constant", 4, warmup_steps=8, by_step=[warmup(8)])
curve("step", 40, step_epochs=3, gamma=0.1, by_epoch=[step_decay(3, 0.1)])
curve("step", 40, step_epochs=1, gamma=0.7, by_epoch=[step_decay(1, 0.7)])
curve("step", 40, warmup_steps=10, step_epochs=2, gamma=0.5,
      by_step=[warmup(10)], by_epoch=[step_decay(2, 0.5)])
for total, warm, minimum in [(1, 0, 0.0), (2, 0, 0.0), (30, 0, 0.0), (101, 0, 0.25), (30, 7, 0.0),
                             (100, 99, 0.1)]:
    curve("cosine", total, warmup_steps=warm, minimum=minimum,
          by_step=[cosine(total, warm, minimum)])
for total in [1, 2, 3, 4, 10, 37, 200]:
    curve("one-cycle", total, by_step=[one_cycle(total)])

plateaus = []
for patience, gamma, minimum, seed in [(0, 0.5, 0.0, 1), (2, 0.1, 0.0, 2), (1, 0.3, 0.05, 3)]:
    # Falls, then moves about, here and there by less than the threshold.
    losses = [1 / (1 + k) for k in range(6)] + [
        0.2 + 0.1 * value for value in torch.rand(24, generator=torch.Generator().manual_seed(seed)).tolist()]
    losses[8] = losses[5] * (1 - 0.5e-4)
    losses[14] = losses[5] * (1 - 2e-4)
    losses[17] = float("nan")
    optimizer = torch.optim.SGD([nn.Parameter(torch.zeros(1))], lr=1.0)
    scheduler = schedulers.ReduceLROnPlateau(
        optimizer, factor=gamma, patience=patience, min_lr=minimum, eps=0)
    factors, best, bad = [], [], []
    for loss in losses:
        scheduler.step(loss)
        factors.append(optimizer.param_groups[0]["lr"])
        best.append(scheduler.best)
        bad.append(scheduler.num_bad_epochs)
    plateaus.append(dict(
        patience=patience, gamma=gamma, minimum=minimum, factors=factors, best=best, bad=bad,
        losses=[None if loss != loss else loss for loss in losses]))
save("schedules.json", dict(curves=curves, plateaus=plateaus))


# ---- Updates: accumulated, smoothed, clipped, limited and averaged

ROWS, CLASSES = 11, 3
LABELS = torch.tensor([0, 1, 2, 2, 1, 0, 1, 1, 2, 0, 1])
# The batches of each step.
STEPS = [
    [[0, 1, 2, 3, 4, 5], [6, 7, 8, 9, 10]],
    [[10, 9, 8, 7, 6, 5, 4, 3, 2, 1, 0]],
    [[0, 3, 6, 9], [1, 4, 7], [2, 5, 8, 10]],
    [[5, 6], [1, 2, 3], [0, 10, 9], [4, 7, 8]],
    [[2, 4, 6, 8, 10], [1, 3, 5, 7, 9]],
    [[7, 1, 5, 0, 2, 10, 6]],
]
OPTIONS = dict(smoothing=0.1, clip_norm=0.9, max_norm=1.1, ema=0.7, weight_decay=0.01)
RATES = dict(sgd=0.3, momentum=0.2, adam=0.02)
FACTORS = [0.25, 0.5, 1.0, 0.8, 0.4, 0.1]
NAMES = {0: "samples", 1: "dense1", 2: "batchnorm1", 4: "dense2", 5: "batchnorm2", 7: "dense3"}


def network():
    net = nn.Sequential(
        nn.Linear(ROWS, 6, bias=False),
        nn.Linear(6, 5, bias=False), nn.BatchNorm1d(5), nn.ReLU(),
        nn.Linear(5, 4, bias=False), nn.BatchNorm1d(4), nn.ReLU(),
        nn.Linear(4, CLASSES))
    for index, parameter in enumerate(net.parameters()):
        parameter.data = normal(*parameter.shape, seed=500 + index) * 0.7
    for norm in (net[2], net[5]):
        norm.weight.data += 1
    return net


def tensors(net):
    result = {}
    for index, layer in NAMES.items():
        module = net[index]
        if isinstance(module, nn.Linear):
            result[f"{layer}.weight"] = module.weight.t().tolist()
            if module.bias is not None:
                result[f"{layer}.bias"] = module.bias.tolist()
        else:
            result[f"{layer}.gamma"] = module.weight.tolist()
            result[f"{layer}.beta"] = module.bias.tolist()
            result[f"{layer}.running_mean"] = module.running_mean.tolist()
            result[f"{layer}.running_var"] = module.running_var.tolist()
    return result


class Momentum(torch.optim.Optimizer):
    """v = momentum v - rate g; w += v, which differs from PyTorch's where the rate changes."""

    @torch.no_grad()
    def step(self):
        for group in self.param_groups:
            for w in group["params"]:
                v = self.state[w].setdefault("v", torch.zeros_like(w))
                v.mul_(0.9).sub_(group["lr"] * (w.grad + group["weight_decay"] * w))
                w.add_(v)


def optimizer(kind, net):
    matrices = [p for p in net.parameters() if p.dim() == 2]
    vectors = [p for p in net.parameters() if p.dim() == 1]
    groups = [dict(params=matrices, weight_decay=OPTIONS["weight_decay"]),
              dict(params=vectors, weight_decay=0.0)]
    if kind == "momentum":
        return Momentum(groups, dict(lr=RATES[kind]))
    return dict(sgd=torch.optim.SGD, adam=torch.optim.Adam)[kind](groups, lr=RATES[kind])


def train(kind):
    net = network()
    rule = optimizer(kind, net)
    average = AveragedModel(
        net, multi_avg_fn=get_ema_multi_avg_fn(OPTIONS["ema"]), use_buffers=True)
    average.update_parameters(net)  # The first call copies.
    losses, norms = [], []
    for batches, factor in zip(STEPS, FACTORS):
        rule.zero_grad()
        loss = 0.0
        count = sum(len(batch) for batch in batches)
        for batch in batches:
            part = F.cross_entropy(
                net(torch.eye(ROWS)[batch]), LABELS[batch], reduction="sum",
                label_smoothing=OPTIONS["smoothing"])
            (part / count).backward()
            loss += part.item()
        norms.append(nn.utils.clip_grad_norm_(net.parameters(), OPTIONS["clip_norm"]).item())
        for group in rule.param_groups:
            group["lr"] = RATES[kind] * factor
        rule.step()
        with torch.no_grad():
            for p in net.parameters():
                if p.dim() == 2:
                    p.copy_(torch.renorm(p, p=2, dim=0, maxnorm=OPTIONS["max_norm"]))
        average.update_parameters(net)
        losses.append(loss)
    return dict(learning_rate=RATES[kind], losses=losses, norms=norms, final=tensors(net),
                average=tensors(average.module))


save("updates.json", dict(
    labels=LABELS.tolist(), steps=STEPS, factors=FACTORS, options=OPTIONS,
    initial=tensors(network()), cases={kind: train(kind) for kind in RATES}))
