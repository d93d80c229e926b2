"""Scores that mean what they say: Platt scaling (Platt 1999) of what was found on scenes of its own."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import torch
from torch.nn import functional

from labelmill.demo.scenes import Scene
from labelmill.models import catalog
from labelmill.models.cards import read_card
from training.measure import judged

FLOOR = 0.02
"""Scores below this, before calibration, are not looked at."""


def fitted(card: Path, scenes: Sequence[Scene]) -> tuple[float, float]:
    """(temperature, shift) for which sigmoid(logit / temperature + shift) best tells right from wrong.

    `card`: of the exported network, not calibrated yet.
    """
    found = judged(catalog.load(read_card(card), floor=FLOOR), scenes)
    scores = torch.tensor([one.score for one in found], dtype=torch.float64).clamp(1e-6, 1 - 1e-6)
    right = torch.tensor([one.right for one in found], dtype=torch.float64)
    values = torch.tensor([1.0, 0.0], dtype=torch.float64, requires_grad=True)
    optimiser = torch.optim.LBFGS([values], max_iter=200, line_search_fn="strong_wolfe")

    def step() -> torch.Tensor:
        optimiser.zero_grad()
        value = functional.binary_cross_entropy_with_logits(torch.logit(scores) * values[0] + values[1], right)
        value.backward()
        return value

    optimiser.step(step)
    slope, shift = values.detach().tolist()
    return float(np.reciprocal(slope)), shift
