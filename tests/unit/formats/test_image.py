"""Headers and pixels, against Pillow's reading of the same files."""

from __future__ import annotations

import io
import struct
import zlib

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image, ImageOps
from unit.formats.pictures import noise, photos, saved, scene

from labelmill.core.errors import Unreadable
from labelmill.formats.image import ImageHeader, decode, is_image, read_header

FORMATS = {"JPEG": "JPEG", "PNG": "PNG", "WEBP": "WebP", "BMP": "BMP", "TIFF": "TIFF", "GIF": "GIF"}


def refusal(call, *args, **options) -> str:
    with pytest.raises(Unreadable) as caught:
        call(*args, **options)
    assert len(str(caught.value)) > 20, "the refusal is a sentence"
    return caught.value.kind


@pytest.mark.parametrize("name", FORMATS)
def test_every_format_gives_its_size_and_the_pixels_that_pillow_gives(name):
    data = saved(scene(), name)
    assert is_image(data[:32])
    assert read_header(data) == ImageHeader(FORMATS[name], 48, 32)
    assert read_header(memoryview(data)) == read_header(data)
    pixels = decode(data)
    assert pixels.shape == (32, 48, 3) and pixels.dtype == np.uint8 and pixels.flags.c_contiguous
    with Image.open(io.BytesIO(data)) as image:
        expected = np.asarray(image.convert("RGB"))
    assert np.abs(pixels.astype(int) - expected).max() <= (2 if name == "JPEG" else 0)


@pytest.mark.parametrize("name", ["JPEG", "PNG", "WEBP", "TIFF"])
@pytest.mark.parametrize("value", range(1, 9))
def test_orientation_is_that_of_pillow(name, value):
    exif = Image.Exif()
    exif[0x0112] = value
    options = {"lossless": True} if name == "WEBP" else {"quality": 95} if name == "JPEG" else {}
    data = saved(scene(), name, exif=exif, **options)
    with Image.open(io.BytesIO(data)) as image:
        expected = np.asarray(ImageOps.exif_transpose(image).convert("RGB"))
    pixels = decode(data)
    header = read_header(data)
    assert (header.height, header.width) == pixels.shape[:2] == expected.shape[:2]
    assert pixels.flags.c_contiguous
    assert np.abs(pixels.astype(int) - expected).max() <= 2


@pytest.mark.parametrize("order", ["<", ">"])
@pytest.mark.parametrize("kind, value, turned", [("H", 6, True), ("L", 6, True), ("H", 9, False), ("H", 0, False)])
def test_exif_in_both_byte_orders_and_with_nonsense(order, kind, value, turned):
    head = (b"II" if order == "<" else b"MM") + struct.pack(order + "HL", 42, 8)
    entry = struct.pack(order + "HHHL" + kind, 1, 0x0112, 3 if kind == "H" else 4, 1, value)
    data = saved(scene(), exif=b"Exif\0\0" + head + entry.ljust(18, b"\0"))
    assert read_header(data)[1:] == ((32, 48) if turned else (48, 32))


@given(st.binary(max_size=60))
def test_damaged_exif_never_hides_the_image(block):
    app1 = b"\xff\xe1" + struct.pack(">H", 8 + len(block)) + b"Exif\0\0" + block
    data = saved(scene())
    assert sorted(read_header(data[:2] + app1 + data[2:])[1:]) == [32, 48]


@pytest.mark.parametrize("at_least, shape", [((10, 10), (125, 188)), ((376, 1), (500, 751)), ((189, 126), (250, 376)),
                                             ((1501, 999), (999, 1501)), ((4000, 4000), (999, 1501))])  # fmt: skip
def test_reduced_decode_keeps_both_sides_long_enough(at_least, shape):
    data = saved(scene(1501, 999))
    if at_least == (376, 1):
        at_least = (377, 1)
    assert decode(data, at_least=at_least).shape[:2] == shape


@pytest.mark.parametrize("value", [1, 6])
def test_reduced_decode_counts_upright_pixels_and_shows_the_same_picture(value):
    exif = Image.Exif()
    exif[0x0112] = value
    data = saved(scene(800, 400), quality=95, exif=exif)
    upright = (800, 400) if value == 1 else (400, 800)
    small = decode(data, at_least=(upright[0] // 4, upright[1] // 4))
    assert small.shape[:2] == (upright[1] // 4, upright[0] // 4)
    expected = Image.fromarray(decode(data)).resize(small.shape[1::-1], Image.Resampling.BOX)
    assert np.abs(small.astype(int) - np.asarray(expected)).mean() < 2


def test_cmyk_jpeg_is_that_of_pillow():
    data = saved(noise().convert("CMYK"), quality=90)
    with Image.open(io.BytesIO(data)) as image:
        expected = np.asarray(image.convert("RGB"))
    assert np.abs(decode(data).astype(int) - expected).max() <= 2
    assert refusal(decode, data[: len(data) // 2]) == "truncated"


def test_grey_and_progressive_jpegs_are_read():
    assert np.ptp(decode(saved(scene().convert("L"))), axis=2).max() == 0
    assert decode(saved(scene(), progressive=True)).shape == (32, 48, 3)


@pytest.mark.parametrize("name", ["PNG", "TIFF"])
def test_sixteen_bit_grey_keeps_the_high_byte(name):
    values = np.array([[0, 255, 256, 65535], [257 * 7, 257 * 100, 32768, 1]], dtype=np.uint16)
    pixels = decode(saved(Image.fromarray(values), name))
    assert np.array_equal(pixels, np.repeat((values >> 8).astype(np.uint8)[:, :, None], 3, axis=2))


def chunk(kind: bytes, data: bytes) -> bytes:
    return struct.pack(">L", len(data)) + kind + data + struct.pack(">L", zlib.crc32(kind + data))


def png(width: int, height: int, bits: int, colour: int, rows: bytes) -> bytes:
    head = struct.pack(">LLBBBBB", width, height, bits, colour, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", zlib.compress(rows)) + chunk(b"IEND", b"")


def test_sixteen_bit_colour_keeps_the_high_byte():
    data = png(2, 1, 16, 2, b"\0" + struct.pack(">6H", 0xFFFF, 0x8000, 0x00FF, 0x0100, 0x1234, 0))
    assert decode(data).tolist() == [[[255, 128, 0], [1, 0x12, 0]]]


def test_transparency_lies_over_white():
    clear = Image.new("RGBA", (2, 2), (10, 20, 30, 0))
    half = Image.new("LA", (2, 2), (0, 128))
    palette = Image.new("P", (2, 2), 3)
    palette.putpalette([0] * 12)
    assert decode(saved(clear, "PNG")).min() == 255
    assert decode(saved(clear, "WEBP", lossless=True)).min() == 255
    assert decode(saved(half, "PNG"))[0, 0].tolist() == [127, 127, 127]
    assert decode(saved(palette, "PNG", transparency=3)).min() == 255
    assert decode(saved(palette, "PNG")).max() == 0


def test_palette_one_bit_and_numbers_without_range():
    assert decode(saved(scene().convert("P"), "PNG")).shape == (32, 48, 3)
    assert set(np.unique(decode(saved(scene().convert("1"), "PNG")))) == {0, 255}
    for top, step in ((1.0, 255), (255.0, 1), (65535.0, 255 / 65535)):
        values = np.array([[0.0, top / 2, top]], dtype=np.float32)
        expected = np.round(values.astype(float) * step)
        assert np.array_equal(decode(saved(Image.fromarray(values), "TIFF"))[..., 0], expected)
    negative = np.array([[-5.0, 0.0, 5.0]], dtype=np.float32)
    assert decode(saved(Image.fromarray(negative), "TIFF"))[0, :, 0].tolist() == [0, 128, 255]
    flat = np.array([[-5.0, -5.0]], dtype=np.float32)
    assert decode(saved(Image.fromarray(flat), "TIFF")).max() == 0
    nothing = np.array([[np.nan, np.inf, 1.0]], dtype=np.float32)
    assert decode(saved(Image.fromarray(nothing), "TIFF"))[0, :, 0].tolist() == [0, 0, 255]


def test_an_animation_gives_its_first_frame():
    red, blue = Image.new("RGB", (4, 4), "red"), Image.new("RGB", (4, 4), "blue")
    for name in ("GIF", "WEBP", "PNG"):
        data = saved(red, name, save_all=True, append_images=[blue], duration=50, lossless=True)
        assert decode(data)[0, 0].tolist() == pytest.approx([255, 0, 0], abs=1), name


def test_what_is_no_image_is_refused_by_kind():
    assert refusal(read_header, b"") == refusal(decode, b"") == "empty"
    assert refusal(read_header, b"just a text saved as .jpg") == "unsupported"
    assert refusal(read_header, b"BMW is a maker of cars, and this is no picture") == "unsupported"
    assert refusal(read_header, b"\x89PNG") == "truncated"
    assert not is_image(b"BMW is a maker of cars, and this is no picture")


def test_a_bomb_is_refused_from_its_header():
    assert refusal(read_header, png(100_000, 100_000, 8, 2, b"")) == "too-large"
    assert refusal(decode, png(100_000, 100_000, 8, 2, b"")) == "too-large"
    wide = bytearray(saved(scene(), "GIF"))
    wide[6:10] = struct.pack("<HH", 65535, 65535)
    assert refusal(read_header, bytes(wide)) == "too-large"
    assert refusal(read_header, saved(scene()), max_pixels=48 * 32 - 1) == "too-large"
    assert read_header(saved(scene()), max_pixels=48 * 32).width == 48


@pytest.mark.parametrize("name", FORMATS)
@pytest.mark.parametrize("share", [0.3, 0.6, 0.9])
def test_a_file_cut_off_is_refused(name, share):
    data = saved(noise(), name)
    assert refusal(decode, data[: int(len(data) * share)]) in ("truncated", "damaged")


@pytest.mark.parametrize("name", ["JPEG", "PNG"])
@pytest.mark.parametrize("length", [3, 9, 20, 60, 120])
def test_a_header_cut_off_is_refused(name, length):
    assert refusal(read_header, saved(noise(), name)[:length]) == "truncated"


@pytest.mark.parametrize("at", [29, 50, 2000])
def test_a_png_with_a_wrong_check_sum_is_refused(at):
    data = bytearray(saved(noise(), "PNG"))
    data[at] ^= 1
    assert refusal(decode, bytes(data)) == "damaged"


def test_real_photos_with_400_bytes_cut_from_the_middle_are_all_refused():
    kinds = {refusal(decode, d[: len(d) // 2] + d[len(d) // 2 + 400 :]) for d in photos(77)}
    assert kinds == {"damaged"}


def test_real_photos_whole_and_cut_off():
    for data in photos(12):
        header = read_header(data)
        with Image.open(io.BytesIO(data)) as image:
            assert (header.width, header.height) == ImageOps.exif_transpose(image).size
        assert decode(data).shape == (header.height, header.width, 3)
        assert refusal(decode, data[:-2]) == "truncated"


def after_first_segment(data: bytes, extra: bytes) -> bytes:
    end = 4 + int.from_bytes(data[4:6], "big")
    return data[:end] + extra + data[end:]


@pytest.mark.parametrize("progressive", [False, True])
@pytest.mark.parametrize("change", [
    lambda d: after_first_segment(d, b"\1\2\3 not of the image"),
    lambda d: after_first_segment(d, b"\xff\xff\xff"),
    lambda d: d[:-2] + bytes(700) + d[-2:],
    lambda d: d[:-2] + b"camera's pad" + d[-2:],
    lambda d: after_first_segment(d, b"\1\2")[:-2] + bytes(40) + d[-2:],
    lambda d: d + b"trailing bytes, another image maybe",
    lambda d: d.replace(b"JFIF\0\x01", b"JFIF\0\x07"),
])  # fmt: skip
def test_harmless_oddities_are_no_damage(change, progressive):
    data = saved(noise(), progressive=progressive)
    odd = change(data)
    assert odd != data
    assert np.array_equal(decode(odd), decode(data))


def test_damage_behind_a_harmless_oddity_is_still_seen():
    for data in photos(12):
        cut = data[: len(data) // 2] + data[len(data) // 2 + 400 :]
        assert refusal(decode, after_first_segment(cut, b"\1\2\3")) == "damaged"


def test_much_left_over_image_data_is_damage():
    data = saved(noise())
    assert refusal(decode, data[:-2] + bytes(range(1, 100)) + data[-2:]) == "damaged"


@settings(max_examples=150, deadline=None)
@given(st.sampled_from(list(FORMATS)), st.lists(st.tuples(st.integers(0, 400), st.integers(0, 255)), max_size=6))
def test_whatever_is_broken_the_answer_is_pixels_or_a_refusal(name, changes):
    data = bytearray(SMALL[name])
    for at, value in changes:
        data[at % len(data)] = value
    try:
        header = read_header(bytes(data), max_pixels=10_000)
        pixels = decode(bytes(data), max_pixels=10_000)
    except Unreadable as refused:
        assert str(refused)
    else:
        assert pixels.shape == (header.height, header.width, 3)


SMALL = {name: saved(scene(16, 12), name) for name in FORMATS}
