"""Pictures and texts as input tensors, the way a card says."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

import cv2
import numpy as np
from numpy.typing import NDArray

from labelmill.core.errors import ModelUnusable
from labelmill.models.base import Input, Picture
from labelmill.models.keys import ImageInput, TextInput

_INTERPOLATIONS = {
    "linear": cv2.INTER_LINEAR,
    "area": cv2.INTER_AREA,
    "nearest": cv2.INTER_NEAREST,
    "cubic": cv2.INTER_CUBIC,
}


@dataclass(frozen=True, slots=True)
class Frame:
    """Where the whole upright picture lies in a tensor, in the tensor's pixels (beyond its edges where cropped).

    `size` is the tensor's and `picture` the original's (width, height) in pixels.
    """

    left: float
    top: float
    width: float
    height: float
    size: tuple[int, int]
    picture: tuple[int, int]


TEXT = Frame(0, 0, 1, 1, (1, 1), (1, 1))
"""The frame of a text: heads that read texts do not look at it."""


class Tensors(Protocol):
    """Fills input tensors; what it returns is valid until the next call, which writes into the same memory."""

    def fill(self, batch: Sequence[Input]) -> tuple[NDArray[Any], list[Frame]]:
        """The tensor for a batch, one row an input, and where each picture lies in it."""
        ...

    def blank(self) -> NDArray[Any]:
        """A tensor of the right shape that shows nothing."""
        ...


class PictureTensors:
    """Tensors of pictures.

    `rows` is the graph's fixed batch size, rows beyond the batch keep what they held; None: as many as there are
    pictures, at most `batch`. With resize: pad one picture at a time.
    """

    def __init__(self, keys: ImageInput, *, rows: int | None, batch: int) -> None:
        self._keys = keys
        self._rows = rows
        self._flag = _INTERPOLATIONS[keys.interpolation]
        self._factor = np.asarray([keys.scale / std for std in keys.std], np.float32)
        self._shift = np.asarray([(keys.offset - m) / s for m, s in zip(keys.mean, keys.std, strict=True)], np.float32)
        self._count = rows or batch
        self._allocate(keys.size or (keys.multiple or 1, keys.multiple or 1))

    def _allocate(self, size: tuple[int, int]) -> None:
        width, height = size
        self._size = size
        shape = (3, height, width) if self._keys.layout == "nchw" else (height, width, 3)
        self._tensor = np.zeros((self._count, *shape), self._keys.dtype)
        self._canvas = np.full((height, width, 3), self._keys.fill, np.uint8)
        self._planes = [np.empty((height, width), np.uint8) for _ in range(3)]
        self._covered = (0, 0, 0, 0)

    def blank(self) -> NDArray[Any]:
        """Zeros, shape (rows or 1, 3, height, width) or (rows or 1, height, width, 3)."""
        return np.zeros((self._rows or 1, *self._tensor.shape[1:]), self._tensor.dtype)

    def fill(self, batch: Sequence[Input]) -> tuple[NDArray[Any], list[Frame]]:
        """The tensor of a batch of pictures and where each lies in it."""
        frames: list[Frame] = [self._fill_row(row, picture) for row, picture in enumerate(batch)]  # type: ignore[arg-type] # info.reads is ("image",)
        return (self._tensor if self._rows else self._tensor[: len(batch)]), frames

    def _fill_row(self, row: int, picture: Picture) -> Frame:
        pixels, frame, place = self._place(picture)
        x, y, width, height = place
        if place != self._covered:  # what the last picture covered and this one does not
            self._canvas[:] = self._keys.fill
            self._covered = place
        spot = self._canvas[y : y + height, x : x + width]
        if pixels.shape[:2] == (height, width):
            np.copyto(spot, pixels)
        else:
            cv2.resize(pixels, (width, height), dst=spot, interpolation=self._flag)
        self._write(self._tensor[row])
        return frame

    def _place(self, picture: Picture) -> tuple[NDArray[np.uint8], Frame, tuple[int, int, int, int]]:
        """What of the pixels goes where: pixels, the whole picture's frame, (x, y, width, height) on the canvas."""
        keys, pixels, (w, h) = self._keys, picture.pixels, (picture.width, picture.height)
        if keys.resize == "pad":
            return self._place_padded(picture)
        width, height = self._size
        if keys.resize == "stretch":
            return pixels, Frame(0, 0, width, height, self._size, (w, h)), (0, 0, width, height)
        if keys.resize == "crop":
            ratio = max(width / w, height / h)
            rows, columns = pixels.shape[:2]
            columns_kept = max(1, round(columns * width / (w * ratio)))
            rows_kept = max(1, round(rows * height / (h * ratio)))
            left, top = (columns - columns_kept) // 2, (rows - rows_kept) // 2
            middle = Frame((width - w * ratio) / 2, (height - h * ratio) / 2, w * ratio, h * ratio, self._size, (w, h))
            return pixels[top : top + rows_kept, left : left + columns_kept], middle, (0, 0, width, height)
        ratio = min(width / w, height / h)
        inner = max(1, int(w * ratio)), max(1, int(h * ratio))
        x, y = (0, 0) if keys.position == "top-left" else ((width - inner[0]) // 2, (height - inner[1]) // 2)
        return pixels, Frame(x, y, w * ratio, h * ratio, self._size, (w, h)), (x, y, *inner)

    def _place_padded(self, picture: Picture) -> tuple[NDArray[np.uint8], Frame, tuple[int, int, int, int]]:
        w, h, step = picture.width, picture.height, self._keys.multiple or 1
        ratio = min(1.0, (self._keys.max_side or max(w, h)) / max(w, h))
        inner = max(1, round(w * ratio)), max(1, round(h * ratio))
        size = -(-inner[0] // step) * step, -(-inner[1] // step) * step
        if size != self._size:
            self._allocate(size)
        return picture.pixels, Frame(0, 0, *inner, size, (w, h)), (0, 0, *inner)

    def _write(self, out: NDArray[Any]) -> None:
        """The canvas (height, width, RGB) as one row of the tensor."""
        swapped = self._keys.colour == "bgr"
        if self._keys.layout == "nhwc":
            source = self._canvas[:, :, ::-1] if swapped else self._canvas
            self._convert(source, self._factor, self._shift, out)
            return
        cv2.split(self._canvas, self._planes)  # 3 times as fast as copying strided channels
        for channel, plane in enumerate(reversed(self._planes) if swapped else self._planes):
            self._convert(plane, self._factor[channel], self._shift[channel], out[channel])

    def _convert(self, source: NDArray[np.uint8], factor: Any, shift: Any, out: NDArray[Any]) -> None:
        if not self._keys.changes_values:
            np.copyto(out, source)
            return
        np.multiply(source, factor, out=out)
        if self._shift.any():
            np.add(out, shift, out=out)


class TextTensors:
    """Tensors of texts: word numbers, shape (rows, length). `rows` as for pictures."""

    def __init__(self, keys: TextInput, words: Path, *, rows: int | None) -> None:
        self._keys = keys
        self._rows = rows
        self._numbers = _read_words(words)
        self._split = re.compile(keys.split)

    def blank(self) -> NDArray[Any]:
        """Padding only, shape (rows or 1, length)."""
        return np.full((self._rows or 1, self._keys.length), self._keys.pad, self._keys.dtype)

    def fill(self, batch: Sequence[Input]) -> tuple[NDArray[Any], list[Frame]]:
        """The tensor of a batch of texts."""
        tensor = np.full((self._rows or len(batch), self._keys.length), self._keys.pad, self._keys.dtype)
        for row, text in enumerate(batch):
            numbers = self._numbered(str(text))
            tensor[row, : len(numbers)] = numbers
        return tensor, [TEXT] * len(batch)

    def _numbered(self, text: str) -> list[int]:
        keys = self._keys
        words = self._split.split(text.lower() if keys.lower else text)
        numbers = [] if keys.start is None else [keys.start]
        numbers += [self._numbers.get(word, keys.unknown) for word in words if word]
        return numbers[: keys.length]


def _read_words(path: Path) -> dict[str, int]:
    numbers = {}
    try:
        for line, text in enumerate(path.read_text(encoding="utf-8").splitlines(), start=1):
            word, _, number = text.rpartition(" ")
            if not word or not number.isdecimal():
                raise ModelUnusable(f"line {line} of {path.name} is {text!r}; a word list has `word number` a line")
            numbers[word] = int(number)
    except (OSError, UnicodeDecodeError) as error:
        reason = error.strerror if isinstance(error, OSError) else error
        raise ModelUnusable(f"the word list {path.name} cannot be read ({reason})") from error
    return numbers
