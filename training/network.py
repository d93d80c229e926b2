"""A small anchor-free detector with prototype masks.

One grid of cells of 8 pixels answers, for each cell, the distances to the four sides of a box, a score a concept, and
the coefficients that mix prototype masks into the mask of what the cell found (YOLACT: Bolya et al. 2019,
arXiv 1904.02689; distances: FCOS, Tian et al. 2019, arXiv 1904.01355).
"""

from __future__ import annotations

import torch
from torch import Tensor, nn
from torch.nn import functional

from training.calibration import Calibration

STRIDE = 8
"""Pixels a cell of the grid."""
MASK_STRIDE = 4
"""Pixels a cell of the prototypes."""
PROTOTYPES = 16


class _Block(nn.Sequential):
    """A convolution, normalised and activated."""

    def __init__(self, channels: int, out: int, *, size: int = 3, stride: int = 1) -> None:
        super().__init__(
            nn.Conv2d(channels, out, size, stride, size // 2, bias=False),
            nn.BatchNorm2d(out, momentum=0.03),
            nn.SiLU(inplace=True),
        )


class _Residual(nn.Module):
    """Two convolutions beside the identity (He et al. 2016)."""

    def __init__(self, channels: int) -> None:
        super().__init__()
        self.steps = nn.Sequential(_Block(channels, channels // 2, size=1), _Block(channels // 2, channels))

    def forward(self, x: Tensor) -> Tensor:
        changed: Tensor = x + self.steps(x)
        return changed


class Wardrobe(nn.Module):
    """Pictures (n, 3, h, w) RGB 0 to 1 -> boxes (n, 4, cells), logits (n, concepts, cells), coefficients
    (n, PROTOTYPES, cells) and prototypes (n, PROTOTYPES, h / 4, w / 4). Boxes are x1, y1, x2, y2 in pixels."""

    def __init__(self, concepts: int) -> None:
        super().__init__()
        self.fine = nn.Sequential(_Block(3, 16, stride=2), _Block(16, 24, stride=2), _Residual(24))
        self.middle = nn.Sequential(_Block(24, 48, stride=2), _Residual(48), _Residual(48))
        self.coarse = nn.Sequential(_Block(48, 96, stride=2), _Residual(96), _Residual(96))
        self.whole = nn.Sequential(_Block(96, 128, stride=2), _Residual(128), _Residual(128))
        self.from_whole, self.from_coarse = _Block(128, 48, size=1), _Block(96, 48, size=1)
        self.join_coarse, self.join_middle = _Block(48, 48), _Block(48, 48)
        self.classes = nn.Sequential(_Block(48, 48), _Block(48, 48), nn.Conv2d(48, concepts, 1))
        self.places = nn.Sequential(_Block(48, 48), _Block(48, 48), nn.Conv2d(48, 4 + PROTOTYPES, 1))
        self.prototypes = nn.Sequential(_Block(48 + 24, 32, size=1), _Block(32, 24), nn.Conv2d(24, PROTOTYPES, 1))
        bias = self.classes[-1].bias
        assert isinstance(bias, Tensor)
        nn.init.constant_(bias, -4.6)  # rare at first: a score of 0.01 (Lin et al. 2017)

    def forward(self, pictures: Tensor) -> tuple[Tensor, Tensor, Tensor, Tensor]:
        fine = self.fine(pictures)
        middle = self.middle(fine)
        coarse = self.coarse(middle)
        whole = self.from_whole(self.whole(coarse))
        coarse = self.join_coarse(self.from_coarse(coarse) + _doubled(whole))
        joined = self.join_middle(middle + _doubled(coarse))
        places = self.places(joined).flatten(2)
        boxes = _boxes(places[:, :4], joined.shape[3])
        prototypes = self.prototypes(torch.cat([fine, _doubled(joined)], 1))
        return boxes, self.classes(joined).flatten(2), places[:, 4:], prototypes


def cells(count: int, columns: int) -> Tensor:
    """The middles of a grid's cells in pixels, (2, cells), row by row."""
    number = torch.arange(count)
    return torch.stack([number % columns, number // columns]) * STRIDE + STRIDE / 2


def _boxes(distances: Tensor, columns: int) -> Tensor:
    """Distances to left, top, right and bottom as corners."""
    middles = cells(distances.shape[2], columns)
    sides = functional.softplus(distances.float()) * (2 * STRIDE)
    return torch.cat([middles - sides[:, :2], middles + sides[:, 2:]], 1)


def _doubled(x: Tensor) -> Tensor:
    return functional.interpolate(x, scale_factor=2.0, mode="nearest")


class Exported(nn.Module):
    """The network in the layout of YOLOv8's segmentation models, its scores calibrated.

    It looks at each picture and at its mirror image, and gives the mean of both: that costs twice the time and finds
    more. Masks are those of the picture itself.

    -> (n, 4 + concepts + PROTOTYPES, cells): centre x, y, width, height in pixels, scores 0 to 1, coefficients; and
    prototypes (n, PROTOTYPES, h / 4, w / 4).
    """

    def __init__(self, network: Wardrobe, calibration: Calibration) -> None:
        super().__init__()
        self.network, self.calibration = network, calibration

    def forward(self, pictures: Tensor) -> tuple[Tensor, Tensor]:
        count, width = pictures.shape[0], pictures.shape[3]
        boxes, logits, coefficients, prototypes = self.network(torch.cat([pictures, pictures.flip(3)]))
        other = _mirrored(boxes[count:], width // STRIDE)
        other = torch.stack([width - other[:, 2], other[:, 1], width - other[:, 0], other[:, 3]], 1)
        corners = (boxes[:count] + other) / 2
        low, high = corners[:, :2], corners[:, 2:]
        scores = self.calibration.scores((logits[:count] + _mirrored(logits[count:], width // STRIDE)) / 2)
        return torch.cat([(low + high) / 2, high - low, scores, coefficients[:count]], 1), prototypes[:count]


def _mirrored(values: Tensor, columns: int) -> Tensor:
    """Values of a grid's cells (n, values, cells), from right to left."""
    grid: Tensor = values.unflatten(2, (-1, columns))
    return grid.flip(3).flatten(2)
