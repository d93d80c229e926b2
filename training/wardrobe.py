"""Train the wardrobe model: draw, train, calibrate, export. `python -m training.wardrobe`

Reproducible from its seeds on one kind of machine; no scene of the frozen test setting is ever drawn here.
"""

from __future__ import annotations

import json
import os
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray

import labelmill.demo
from labelmill.demo.scenes import CONCEPTS
from training import drawn
from training.calibration import Calibration, fitted
from training.drawn import MARGIN, SIDE, TEMPERATURE_SEED, TRAINING_SEED, Drawn
from training.losses import Truth, loss
from training.network import STRIDE, Exported, Wardrobe

FOLDER = Path(labelmill.demo.__file__).parent
SCENES, TEMPERATURE_SCENES = 2000, 600
EPOCHS, BATCH, RATE, DECAY = 18, 16, 2.5e-3, 5e-4
PROCESSES = len(os.sched_getaffinity(0))


def main() -> None:
    """Everything, with a line an epoch."""
    frozen = json.loads((FOLDER / "frozen.json").read_text(encoding="utf-8"))
    if frozen["seed"] in (TRAINING_SEED, TEMPERATURE_SEED):
        sys.exit("The frozen test scenes are not to be trained on: take other seeds.")
    start = time.monotonic()
    scenes = drawn.draw(TRAINING_SEED, difficulties(SCENES), side=SIDE + MARGIN, processes=PROCESSES)
    print(f"{SCENES} scenes drawn in {time.monotonic() - start:.0f} s", flush=True)
    network = train(scenes)
    export(network, Calibration())
    apart = drawn.scenes(TEMPERATURE_SEED, [frozen["difficulty"]] * TEMPERATURE_SCENES, processes=PROCESSES)
    calibration = fitted(FOLDER / "wardrobe-boxes.yaml", apart)
    export(network, calibration)
    print(f"{calibration}; {time.monotonic() - start:.0f} s in all")


def difficulties(count: int) -> list[float]:
    """From 0.1 to 0.9, evenly mixed: steps of the golden ratio."""
    return [0.1 + 0.8 * (number * 0.6180339887 % 1) for number in range(count)]


def train(scenes: Drawn, epochs: int = EPOCHS) -> Wardrobe:
    """A network trained on these scenes, its weights the running mean of those it went through.

    Scenes are taken in batches of BATCH, each of which must be full. The same scenes give the same weights.
    """
    torch.manual_seed(TRAINING_SEED)
    torch.set_num_threads(1)  # the same sums in the same order whatever the machine
    chance = np.random.default_rng(TRAINING_SEED)
    network = Wardrobe(len(CONCEPTS)).to(memory_format=torch.channels_last)
    mean = torch.optim.swa_utils.AveragedModel(
        network, multi_avg_fn=torch.optim.swa_utils.get_ema_multi_avg_fn(0.995), use_buffers=True
    )
    steps = epochs * (len(scenes.pictures) // BATCH)
    optimiser = torch.optim.AdamW(network.parameters(), RATE, weight_decay=DECAY)
    schedule = torch.optim.lr_scheduler.OneCycleLR(optimiser, RATE, total_steps=steps, pct_start=0.1)
    for epoch in range(epochs):
        start, total, count = time.monotonic(), 0.0, 0
        for pictures, truth in _batches(scenes, chance):
            with torch.autocast("cpu", torch.bfloat16):  # half again as fast where processors have it
                answer = network(pictures)
            value = loss(answer, truth, SIDE // STRIDE)
            optimiser.zero_grad()
            value.backward()
            torch.nn.utils.clip_grad_norm_(network.parameters(), 10.0)
            optimiser.step()
            schedule.step()
            mean.update_parameters(network)
            total, count = total + value.item(), count + 1
        print(f"epoch {epoch + 1}: loss {total / count:.3f}, {time.monotonic() - start:.0f} s", flush=True)
    trained = mean.module
    assert isinstance(trained, Wardrobe)
    trained.eval()
    return trained


def _batches(scenes: Drawn, chance: np.random.Generator) -> Iterator[tuple[torch.Tensor, Truth]]:
    """All scenes once, in any order, each moved, mirrored and coloured a little otherwise."""
    order = chance.permutation(len(scenes.pictures))
    for first in range(0, len(order) - BATCH + 1, BATCH):
        rows = [_varied(scenes, number, chance) for number in order[first : first + BATCH]]
        pictures, owners, boxes, classes = (torch.from_numpy(np.stack(column)) for column in zip(*rows, strict=True))
        tensor = pictures.permute(0, 3, 1, 2).contiguous(memory_format=torch.channels_last)
        yield tensor, Truth(boxes, classes, owners)


def _varied(scenes: Drawn, number: int, chance: np.random.Generator) -> tuple[NDArray[np.generic], ...]:
    x, y = chance.integers(0, MARGIN + 1, 2)
    picture = scenes.pictures[number, y : y + SIDE, x : x + SIDE]
    owners = scenes.owners[number, y : y + SIDE, x : x + SIDE]
    whole = scenes.boxes[number] - np.asarray([x, y, x, y], np.float32)
    boxes = whole.clip(0, SIDE)
    left = (boxes[:, 2:] - boxes[:, :2]).prod(1) / (whole[:, 2:] - whole[:, :2]).prod(1).clip(1e-6)
    classes = np.where(left > 0.3, scenes.classes[number], -1)
    if chance.random() < 0.5:
        picture, owners = picture[:, ::-1], owners[:, ::-1]
        boxes = np.stack([SIDE - boxes[:, 2], boxes[:, 1], SIDE - boxes[:, 0], boxes[:, 3]], axis=1)
    gain, lift = chance.uniform(0.85, 1.18, 3) * chance.uniform(0.8, 1.2), chance.uniform(-0.06, 0.06)
    coloured = picture.astype(np.float32) * (gain / 255).astype(np.float32) + np.float32(lift)
    return coloured.clip(0, 1), owners.copy(), boxes, classes


def export(network: Wardrobe, calibration: Calibration) -> None:
    """Write wardrobe.onnx, for any number of pictures at a time."""
    torch.onnx.export(
        Exported(network.to(memory_format=torch.contiguous_format), calibration).eval(),
        (torch.zeros(1, 3, SIDE, SIDE),),
        FOLDER / "wardrobe.onnx",
        input_names=["images"],
        output_names=["output0", "output1"],
        dynamic_axes={name: {0: "batch"} for name in ("images", "output0", "output1")},
        opset_version=17,
        dynamo=False,
    )


if __name__ == "__main__":
    main()
