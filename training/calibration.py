"""Scores that mean what they say: beta calibration (Kull et al. 2017, AISTATS) of what was found on scenes of its own.

It is temperature scaling with one temperature for what is improbable, one for what is probable, and a shift.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
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

SURE, PROMISED, EASE = 0.9, 0.98, 0.98
"""Scores from SURE, approved unseen by default, are to be right as often as PROMISED on the scenes of the fit: a
point more than is told of the model, as those scenes are a sample. The slope of what is probable is eased until so."""


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
    """The calibration that best tells right from wrong, by cross-entropy, and is careful with what is probable.

    `card`: of the exported network, not calibrated yet.
    """
    found = judged(catalog.load(read_card(card), floor=FLOOR), scenes)
    scores = torch.tensor([one.score for one in found], dtype=torch.float64).clamp(1e-6, 1 - 1e-6)
    right = torch.tensor([one.right for one in found], dtype=torch.float64)
    return careful(best(scores, right), scores, right)


def best(scores: Tensor, right: Tensor) -> Calibration:
    """The least cross-entropy. `scores` between 0 and 1, `right` 0 or 1; slopes stay above 0, so that order is kept."""
    above, below = -torch.log1p(-scores), -torch.log(scores)
    values = torch.zeros(3, dtype=torch.float64, requires_grad=True)  # logarithms of both slopes, the shift
    optimiser = torch.optim.LBFGS([values], max_iter=200, line_search_fn="strong_wolfe")

    def step() -> Tensor:
        optimiser.zero_grad()
        logits = above * values[0].exp() - below * values[1].exp() + values[2]
        value = functional.binary_cross_entropy_with_logits(logits, right)
        value.backward()
        return value

    optimiser.step(step)
    high, low = (-values[:2]).exp().tolist()
    return Calibration(low, high, values[2].item())


def careful(calibration: Calibration, scores: Tensor, right: Tensor) -> Calibration:
    """Eased until what scores SURE or more is right as often as PROMISED, or nothing scores so any more.

    Raises ValueError when no slope keeps the promise.
    """
    logits = torch.logit(scores)
    while (sure := calibration.scores(logits) >= SURE).any() and right[sure].mean() < PROMISED:
        calibration = replace(calibration, high=calibration.high / EASE)
        if calibration.high > 100:
            raise ValueError(f"Too much is wrong among what is probable to promise {PROMISED:.0%} from {SURE} on.")
    return calibration
