"""What the network is held to: which cells answer for which garment, and how far off their answers are."""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import Tensor
from torch.nn import functional

from training.network import MASK_STRIDE, cells

TOP = 8
"""Cells that answer for one garment."""
MOST_MASKS = 160
"""Cells of a batch whose masks are looked at in one step."""


@dataclass(frozen=True, slots=True)
class Truth:
    """What is in a batch: `boxes` (n, m, 4) x1, y1, x2, y2 in pixels, `classes` (n, m), -1 for none, `owners`
    (n, h, w), which of the m a pixel shows, from 1, or 0."""

    boxes: Tensor
    classes: Tensor
    owners: Tensor


def loss(answer: tuple[Tensor, Tensor, Tensor, Tensor], truth: Truth, columns: int) -> Tensor:
    """The sum of the losses of scores, boxes and masks."""
    boxes, logits, coefficients, prototypes = (part.float() for part in answer)
    with torch.no_grad():
        owner, target = assigned(boxes, logits, truth, columns)
    scale = target.sum().clamp(min=1)
    scores = functional.binary_cross_entropy_with_logits(logits, target, reduction="sum") / scale
    row, cell = torch.nonzero(owner >= 0, as_tuple=True)
    if not len(row):
        return scores
    weight = target[row, :, cell].sum(1)
    wanted = truth.boxes[row, owner[row, cell]]
    off = ((1 - generalised_iou(boxes[row, :, cell], wanted)) * weight).sum() / scale
    chosen = torch.randperm(len(row))[:MOST_MASKS]
    row, cell, wanted = row[chosen], cell[chosen], wanted[chosen]
    drawn = torch.einsum("nk,nkhw->nhw", coefficients[row, :, cell], prototypes[row])
    masks = _mask_loss(drawn, wanted, truth.owners[row] == (owner[row, cell] + 1)[:, None, None])
    return scores + 2.5 * off + 1.5 * (masks * weight[chosen]).sum() / weight[chosen].sum().clamp(min=1e-6)


def assigned(boxes: Tensor, logits: Tensor, truth: Truth, columns: int) -> tuple[Tensor, Tensor]:
    """Task-aligned assignment (TOOD: Feng et al. 2021, arXiv 2108.07755).

    -> which garment each cell answers for (n, cells), -1 for none; and the scores to reach (n, concepts, cells).
    """
    middles = cells(boxes.shape[2], columns)
    there = truth.classes >= 0
    overlaps = iou(boxes.transpose(1, 2)[:, None], truth.boxes[:, :, None]).clamp(min=0)
    scores = logits.sigmoid().gather(1, truth.classes.clamp(min=0)[:, :, None].expand(-1, -1, boxes.shape[2]))
    low, high = middles - truth.boxes[:, :, :2, None], truth.boxes[:, :, 2:, None] - middles
    inside = (torch.minimum(low, high).amin(2) > 0) & there[:, :, None]
    aligned = scores.sqrt() * overlaps**4 * inside + 1e-9 * inside
    best = torch.zeros_like(inside).scatter_(2, aligned.topk(TOP, dim=2).indices, value=True) & inside
    aligned = torch.where(best, aligned, torch.zeros_like(aligned))
    value, owner = (overlaps * best).max(1)
    owner = torch.where(best.any(1), owner, torch.full_like(owner, -1))
    strongest = aligned.amax(2, keepdim=True).clamp(min=1e-12)
    reach = aligned / strongest * (overlaps * best).amax(2, keepdim=True)
    mine = reach.gather(1, owner.clamp(min=0)[:, None])[:, 0] * (owner >= 0) * (value >= 0)
    kind = truth.classes.gather(1, owner.clamp(min=0)).clamp(min=0)
    return owner, torch.zeros_like(logits).scatter_(1, kind[:, None], mine[:, None])


def iou(a: Tensor, b: Tensor) -> Tensor:
    """Intersection over union of boxes (..., 4)."""
    both = (torch.minimum(a[..., 2:], b[..., 2:]) - torch.maximum(a[..., :2], b[..., :2])).clamp(min=0).prod(-1)
    return both / (_area(a) + _area(b) - both).clamp(min=1e-6)


def generalised_iou(a: Tensor, b: Tensor) -> Tensor:
    """-1 to 1, and of use where boxes do not meet (Rezatofighi et al. 2019, arXiv 1902.09630)."""
    both = (torch.minimum(a[..., 2:], b[..., 2:]) - torch.maximum(a[..., :2], b[..., :2])).clamp(min=0).prod(-1)
    union = (_area(a) + _area(b) - both).clamp(min=1e-6)
    hull = (torch.maximum(a[..., 2:], b[..., 2:]) - torch.minimum(a[..., :2], b[..., :2])).prod(-1).clamp(min=1e-6)
    return both / union - (hull - union) / hull


def _area(boxes: Tensor) -> Tensor:
    return (boxes[..., 2:] - boxes[..., :2]).clamp(min=0).prod(-1)


def _mask_loss(logits: Tensor, boxes: Tensor, shown: Tensor) -> Tensor:
    """Cross-entropy and Dice of each mask within its box, (n,); a cell is to reach the share of it that is covered."""
    target = functional.avg_pool2d(shown[:, None].float(), MASK_STRIDE)[:, 0]
    height, width = target.shape[1:]
    x, y = torch.arange(width) + 0.5, torch.arange(height) + 0.5
    x1, y1, x2, y2 = (side[:, None] for side in (boxes / MASK_STRIDE).unbind(1))
    inside = (((y >= y1 - 1) & (y <= y2 + 1))[:, :, None] & ((x >= x1 - 1) & (x <= x2 + 1))[:, None]).float()
    entropy = functional.binary_cross_entropy_with_logits(logits, target, reduction="none") * inside
    drawn = logits.sigmoid() * inside
    both = 2 * (drawn * target).sum((1, 2))
    dice = 1 - (both + 1) / (drawn.square().sum((1, 2)) + (target * inside).square().sum((1, 2)) + 1)
    return entropy.sum((1, 2)) / inside.sum((1, 2)).clamp(min=1) + dice
