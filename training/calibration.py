"""Scores that mean what they say: beta calibration (Kull et al. 2017, AISTATS) of what was found on scenes of its own.

It is temperature scaling with one temperature for what is improbable, one for what is probable, and a shift.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import torch
from torch import Tensor
from torch.nn import functional

from labelmill.demo.scenes import Scene
from labelmill.models import catalog
from labelmill.models.cards import read_card
from training.measure import judged

FLOOR = 0.09
"""Scores below this, before calibration, are not looked at. Most of what is found is improbable, and a fit to all of it
tells that best, at the cost of what decides between bands. Chosen on validation scenes."""


@dataclass(frozen=True, slots=True)
class Calibration:
    """For logit z: sigmoid(softplus(z) / high - softplus(-z) / low + shift); 1, 1, 0 leave a score as it is."""

    low: float = 1.0
    high: float = 1.0
    shift: float = 0.0

    def scores(self, logits: Tensor) -> Tensor:
        """Logits as calibrated scores, 0 to 1."""
        above, below = functional.softplus(logits), functional.softplus(-logits)
        return torch.sigmoid(above / self.high - below / self.low + self.shift)


def fitted(card: Path, scenes: Sequence[Scene]) -> Calibration:
    """The calibration that best tells right from wrong, by cross-entropy.

    `card`: of the exported network, not calibrated yet.
    """
    found = judged(catalog.load(read_card(card), floor=FLOOR), scenes)
    scores = torch.tensor([one.score for one in found], dtype=torch.float64).clamp(1e-6, 1 - 1e-6)
    right = torch.tensor([one.right for one in found], dtype=torch.float64)
    above, below = -torch.log1p(-scores), -torch.log(scores)
    values = torch.tensor([1.0, 1.0, 0.0], dtype=torch.float64, requires_grad=True)
    optimiser = torch.optim.LBFGS([values], max_iter=200, line_search_fn="strong_wolfe")

    def step() -> Tensor:
        optimiser.zero_grad()
        logits = above * values[0] - below * values[1] + values[2]
        value = functional.binary_cross_entropy_with_logits(logits, right)
        value.backward()
        return value

    optimiser.step(step)
    high, low, shift = values.tolist()
    return Calibration(1 / low, 1 / high, shift)
