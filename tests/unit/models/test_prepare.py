"""Tensors: each pixel goes where the card says, and the frame knows where that is."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import cv2
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from labelmill.core.errors import ModelUnusable
from labelmill.models.base import Picture
from labelmill.models.keys import ImageInput, TextInput
from labelmill.models.prepare import TEXT, PictureTensors, TextTensors

sides = st.integers(1, 70)


def noise(width: int, height: int, seed: int = 0) -> Picture:
    pixels = np.random.default_rng(seed).integers(0, 256, (height, width, 3), dtype=np.uint8)
    return Picture(pixels, width, height)


def gradient(width: int, height: int) -> Picture:
    """Red says how far right a pixel lies, green how far down, as shares of the picture times 255."""
    x = (np.arange(width) + 0.5) / width * 255
    y = (np.arange(height) + 0.5) / height * 255
    pixels = np.stack([*np.broadcast_arrays(x[None, :], y[:, None]), np.full((height, width), 9.0)], axis=-1)
    return Picture(pixels.round().astype(np.uint8), width, height)


def tensors(batch: int = 4, rows: int | None = None, **keys: Any) -> PictureTensors:
    return PictureTensors(ImageInput(**keys), rows=rows, batch=batch)


@pytest.mark.parametrize("layout", ["nchw", "nhwc"])
@pytest.mark.parametrize("colour", ["rgb", "bgr"])
@pytest.mark.parametrize("dtype", ["uint8", "float32"])
def test_layout_colour_and_type(layout: Any, colour: Any, dtype: Any) -> None:
    picture = noise(5, 3)
    made, _ = tensors(size=(5, 3), layout=layout, colour=colour, dtype=dtype).fill([picture])
    expected = picture.pixels if colour == "rgb" else picture.pixels[:, :, ::-1]
    np.testing.assert_array_equal(made[0], expected if layout == "nhwc" else expected.transpose(2, 0, 1))
    assert made.dtype == dtype


@pytest.mark.parametrize("layout", ["nchw", "nhwc"])
def test_values_follow_the_formula(layout: Any) -> None:
    picture = noise(5, 3)
    keys = {"scale": 1 / 255, "offset": 0.5, "mean": (0.4, 0.5, 0.6), "std": (0.2, 0.3, 0.4), "colour": "bgr"}
    made, _ = tensors(size=(5, 3), layout=layout, **keys).fill([picture])
    expected = (picture.pixels[:, :, ::-1] / 255 + 0.5 - (0.4, 0.5, 0.6)) / (0.2, 0.3, 0.4)
    np.testing.assert_allclose(
        made[0] if layout == "nhwc" else made[0].transpose(1, 2, 0), expected, rtol=1e-5, atol=1e-5
    )


def test_interpolation_is_the_cards() -> None:
    picture = noise(40, 30)
    flags = {"linear": cv2.INTER_LINEAR, "area": cv2.INTER_AREA, "nearest": cv2.INTER_NEAREST, "cubic": cv2.INTER_CUBIC}
    for name, flag in flags.items():
        made, _ = tensors(size=(8, 6), layout="nhwc", dtype="uint8", interpolation=name).fill([picture])
        np.testing.assert_array_equal(made[0], cv2.resize(picture.pixels, (8, 6), interpolation=flag))


@given(sides, sides, st.sampled_from(["top-left", "centre"]))
def test_a_letterbox_keeps_the_picture_whole(width: int, height: int, position: Any) -> None:
    source = tensors(size=(32, 24), resize="letterbox", position=position, fill=114, layout="nhwc", dtype="uint8")
    made, (frame,) = source.fill([Picture(np.full((height, width, 3), 7, np.uint8), width, height)])
    covered = (made[0] == 7).all(axis=-1)
    inside = max(1, int(frame.width)) * max(1, int(frame.height))
    assert abs(int(covered.sum()) - inside) <= max(frame.size)  # 415.9999 may count as 415
    assert (made[0][~covered] == 114).all()
    assert frame.width / frame.height == pytest.approx(width / height)
    assert frame.picture == (width, height)
    if position == "top-left":
        assert (frame.left, frame.top) == (0, 0)
        assert covered[0, 0]


@pytest.mark.parametrize(
    "keys",
    [
        {"size": (60, 40)},
        {"size": (60, 40), "resize": "letterbox"},
        {"size": (60, 40), "resize": "letterbox", "position": "centre"},
        {"size": (60, 40), "resize": "crop"},
        {"resize": "pad", "multiple": 32, "max_side": 64},
        {"resize": "pad", "multiple": 32, "max_side": 320},
    ],
)
@pytest.mark.parametrize("size", [(200, 100), (100, 200), (64, 64)])
def test_a_frame_says_where_the_picture_lies(keys: dict[str, Any], size: tuple[int, int]) -> None:
    made, (frame,) = tensors(batch=1, layout="nhwc", dtype="uint8", **keys).fill([gradient(*size)])
    height, width = made.shape[1:3]
    for x in (2, width // 2, width - 3):
        for y in (2, height // 2, height - 3):
            if made[0, y, x, 2] == 9:  # not padding
                share_x = (x + 0.5 - frame.left) / frame.width
                share_y = (y + 0.5 - frame.top) / frame.height
                assert made[0, y, x, 0] / 255 == pytest.approx(share_x, abs=0.02)
                assert made[0, y, x, 1] / 255 == pytest.approx(share_y, abs=0.02)


def test_a_reduced_picture_lies_where_the_original_would() -> None:
    full = gradient(201, 101)
    half = Picture(cv2.resize(full.pixels, (101, 51), interpolation=cv2.INTER_AREA), 201, 101)
    for keys in ({"resize": "letterbox"}, {"resize": "crop"}, {}):
        source = tensors(size=(60, 40), layout="nhwc", dtype="uint8", **keys)
        made, (frame,) = source.fill([full])
        made = made.copy()  # the next call writes into the same memory
        again, (frame_again,) = source.fill([half])
        assert frame == frame_again
        assert np.abs(made.astype(int) - again).max() <= 4


def test_padding_is_not_left_over_from_the_last_picture() -> None:
    source = tensors(size=(32, 32), resize="letterbox", fill=0, layout="nhwc", dtype="uint8")
    source.fill([noise(32, 32)])
    wide, _ = source.fill([noise(32, 8)])
    assert not wide[0, 8:].any()
    assert wide[0, :8].any()


def test_pad_rounds_up_and_keeps_the_pixels() -> None:
    picture = noise(50, 33)
    made, (frame,) = tensors(batch=1, resize="pad", multiple=32, max_side=320, layout="nhwc", dtype="uint8").fill(
        [picture]
    )
    assert made.shape == (1, 64, 64, 3)
    np.testing.assert_array_equal(made[0, :33, :50], picture.pixels)
    assert not made[0, 33:].any()
    assert frame.size == (64, 64)


def test_a_batch_fills_its_rows() -> None:
    pictures = [noise(5, 3, seed) for seed in range(3)]
    made, frames = tensors(batch=4, size=(5, 3), layout="nhwc", dtype="uint8").fill(pictures)
    assert made.shape == (3, 3, 5, 3)
    assert len(frames) == 3
    for row, picture in zip(made, pictures, strict=True):
        np.testing.assert_array_equal(row, picture.pixels)
    made, frames = tensors(rows=4, size=(5, 3), layout="nhwc", dtype="uint8").fill(pictures)
    assert made.shape == (4, 3, 5, 3)
    assert len(frames) == 3


@pytest.fixture
def words(tmp_path: Path) -> Path:
    path = tmp_path / "words.txt"
    path.write_text("<PAD> 0\n<START> 1\n<UNKNOWN> 2\ngood 3\nisn't 4\nÉté 5\nété 6\n", encoding="utf-8")
    return path


@pytest.mark.parametrize(
    ("keys", "text", "numbers"),
    [
        ({"start": 1, "unknown": 2}, "Good, isn't it?", [1, 3, 4, 2, 0, 0]),
        ({"start": 1, "unknown": 2, "lower": False}, "Good Été", [1, 2, 5, 0, 0, 0]),
        ({"start": 1, "unknown": 2}, "Été", [1, 6, 0, 0, 0, 0]),
        ({"pad": 9}, "good", [3, 9, 9, 9, 9, 9]),
        ({}, "", [0] * 6),
        ({}, "...", [0] * 6),
        ({"start": 1}, "good " * 20, [1, 3, 3, 3, 3, 3]),
        ({"split": r"\s+"}, "good, good", [0, 3, 0, 0, 0, 0]),
    ],
)
def test_texts_become_word_numbers(words: Path, keys: dict[str, Any], text: str, numbers: list[int]) -> None:
    source = TextTensors(TextInput(words="words.txt", length=6, **keys), words, rows=None)
    made, frames = source.fill([text, "good"])
    assert made.dtype == np.int64
    assert made[0].tolist() == numbers
    assert frames == [TEXT, TEXT]


def test_texts_fill_a_fixed_number_of_rows(words: Path) -> None:
    source = TextTensors(TextInput(words="w", length=2, dtype="float32"), words, rows=3)
    made, _ = source.fill(["good"])
    assert made.tolist() == [[3, 0], [0, 0], [0, 0]]
    assert made.shape == source.blank().shape


@pytest.mark.parametrize("line", ["good", "good x", " 3", "good -1"])
def test_a_wrong_word_list_is_told_of(tmp_path: Path, line: str) -> None:
    path = tmp_path / "words.txt"
    path.write_text(f"fine 1\n{line}\n")
    with pytest.raises(ModelUnusable, match=r"line 2 of .*words.txt"):
        TextTensors(TextInput(words="w", length=2), path, rows=None)


def test_a_word_list_must_be_readable(tmp_path: Path) -> None:
    with pytest.raises(ModelUnusable, match="cannot be read"):
        TextTensors(TextInput(words="w", length=2), tmp_path / "none", rows=None)
