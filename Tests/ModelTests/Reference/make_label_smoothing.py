"""Writes label_smoothing.json with PyTorch in float64: python make_label_smoothing.py."""

import json
import pathlib

import torch
import torch.nn.functional as F

torch.set_default_dtype(torch.float64)

cases = []
for rows, classes, smoothing, seed in [(7, 5, 0.1, 1), (4, 10, 0.5, 2), (3, 2, 0.9, 3), (2, 17, 0.01, 4)]:
    generator = torch.Generator().manual_seed(seed)
    logits = (3 * torch.randn(rows, classes, generator=generator)).requires_grad_()
    labels = torch.randint(classes, (rows,), generator=generator)
    loss = F.cross_entropy(logits, labels, reduction="sum", label_smoothing=smoothing)
    loss.backward()
    cases.append(dict(
        classes=classes, smoothing=smoothing, labels=labels.tolist(),
        logits=logits.detach().flatten().tolist(), loss=loss.item(),
        gradient=logits.grad.flatten().tolist()))
file = pathlib.Path(__file__).with_name("label_smoothing.json")
file.write_text(json.dumps(dict(cases=cases), indent=0) + "\n")
