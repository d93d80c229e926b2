"""Cards: what is read, what is refused and with which sentence, and what makes a version."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from pets import CARD, TEXT_CARD, write
from pets import folder as folder

from labelmill.core.errors import BadCard
from labelmill.models.cards import Card, read_card


def changed(place: str, value: Any, base: dict[str, Any] = CARD) -> dict[str, Any]:
    """The card with another value at `a.b`, or without that key for None."""
    said: dict[str, Any] = json.loads(json.dumps(base))
    *above, last = place.split(".")
    part = said
    for key in above:
        part = part[key]
    part[last] = value
    if value is None:
        del part[last]
    return said


def test_a_card_is_read(folder: Path) -> None:
    card = read_card(write(folder, CARD))
    assert card.names == card.offered == ("cat", "dog")
    assert card.reads == ("image",)
    assert card.floor == 0.05
    assert card.size == (folder / "pets.onnx").stat().st_size
    assert [path.name for path in card.files] == ["pets.onnx", "classes.txt"]
    assert all(path.is_file() for path in card.files)


def test_ignored_and_repeated_names_are_not_offered(folder: Path) -> None:
    (folder / "classes.txt").write_text("background\ncrane\n???\ncrane\n???\n")
    card = read_card(write(folder, CARD | {"ignore": ["background", "???"]}))
    assert len(card.names) == 5
    assert card.offered == ("crane",)


@pytest.mark.parametrize(
    ("said", "complaint"),
    [
        (changed("input.color", "bgr"), "unknown key 'input.color'; did you mean 'colour'?"),
        (changed("licens", "MIT"), "unknown key 'licens'; did you mean 'licence'?"),
        (changed("head.anchors", 3), "unknown key 'head.anchors'; known keys: type, output, strides"),
        (changed("zzz", 3), "unknown key 'zzz'; known keys: name, runtime, licence"),
        (
            changed("name", "pets/v2"),
            "'name': is 'pets/v2', which no address on the server can hold: give another, without '/'",
        ),
        (changed("name", ".."), "'name': is '..', which no address on the server can hold"),
        (changed("licence", None), "'licence' is missing"),
        (changed("weights", None), "'weights' is missing: runtime: onnx needs it"),
        (changed("input", None), "'input' is missing: runtime: onnx needs it"),
        (changed("head", None), "'head' is missing: runtime: onnx needs it"),
        (changed("head.type", None), "'head.type' is missing: one of classifier, fastestdet"),
        (changed("head.type", "yolo"), "'head.type' is 'yolo'; it may be classifier"),
        (changed("head.type", "yolo"), "did you mean 'yolox'?"),
        (changed("input.colour", "grb"), "'input.colour' should be 'rgb' or 'bgr', got 'grb'"),
        (changed("input.size", [0, 4]), "'input.size[1]' should be greater than 0, got 0"),
        (changed("input.size", None), "'input': 'size' is missing: [w, h]"),
        (changed("input.fill", 300), "'input.fill' should be less than or equal to 255, got 300"),
        (changed("input.resize", "pad"), "'input': 'size' must be left out with resize: pad"),
        (changed("input", {"resize": "pad"}), "resize: pad needs 'multiple' and 'max_side'"),
        (
            changed("input", {"resize": "pad", "multiple": 32, "max_side": 100}),
            "'max_side' 100 is not a multiple of 32",
        ),
        (changed("input.multiple", 32), "'multiple' and 'max_side' belong to resize: pad"),
        (changed("input.std", [1, 0, 1]), "'std' must not hold 0"),
        (changed("input", {"size": [4, 4], "dtype": "uint8", "scale": 2}), "dtype: uint8 passes values on as they are"),
        (changed("suppression", 1.5), "'suppression' should be less than or equal to 1, got 1.5"),
        (changed("floor", float("nan")), "'floor' should be a finite number"),
        (changed("batch", 0), "'batch' should be greater than 0, got 0"),
        (changed("makes", "class"), "'makes' is class, but a yolox head makes box"),
        (changed("reads", "text"), "'reads' is text, but 'input' has the keys of image"),
        (changed("reads", "sound"), "'reads[1]' should be 'image' or 'text', got 'sound'"),
        (changed("script", {}), "'script' belongs to runtime: fake"),
        (changed("runtime", "fake"), "runtime: fake needs it"),
        (changed("weights", "cats.onnx"), "'weights' names cats.onnx, but there is no file"),
        (changed("weights", "."), "'weights' names ., but there is no file"),
        (changed("concepts", "names.txt"), "'concepts' names names.txt, but there is no file"),
        (changed("concepts", None), "'concepts' is missing: a list of names or a file"),
        (changed("concepts", ["cat", True]), "'concepts': entry 2 is True, not a name: put it in quotes"),
        (changed("concepts", ["cat", "cat"]), "'concepts': 'cat' is there twice"),
        (changed("concepts", {"file": "x"}), "'concepts': should be a list of names or the name of a file"),
        (changed("ignore", ["dgo"]), "'ignore' names 'dgo', which is not among the concepts; did you mean 'dog'?"),
        (changed("ignore", ["cat", "dog"]), "'ignore' leaves no concept to answer"),
        (changed("head.type", "yunet"), "'concepts' has 2 names, but a yunet head knows one"),
        (changed("input.split", "[", TEXT_CARD), "'input.split': is not a regular expression"),
        (changed("input.wrods", "x", TEXT_CARD), "unknown key 'input.wrods'; did you mean 'words'?"),
        (changed("input.words", "none.txt", TEXT_CARD), "'input.words' names none.txt, but there is no file"),
        (changed("head", {"type": "yolox"}, TEXT_CARD | {"makes": "box"}), "a yolox head reads images"),
        (
            changed("head", {"type": "segmentation"}, CARD | {"makes": "polygon"}),
            "a segmentation head needs resize: stretch",
        ),
        ("name: [", "is not YAML, line 1, column 8"),
        ("name: a\n\tb: c", "is not YAML, line 2, column 1"),
        ("name: !!python/object/apply:os.system ['true']", "could not determine a constructor"),
        ("name: &a x\nlicence: *a", "has an alias (*name)"),
        ("a: &a {b: 1}\nc: {<<: *a}", "has an alias (*name)"),
        (b"#" * (4 * 2**20 + 1), "is larger than 4 MiB"),
        (b"name: \xff", "is not YAML"),
        ("", "is not a list of keys and values"),
        ("- a", "is not a list of keys and values"),
    ],
)
def test_a_wrong_card_is_told_of_in_one_sentence(folder: Path, said: Any, complaint: str) -> None:
    path = write(folder, said)
    with pytest.raises(BadCard) as error:
        read_card(path)
    assert str(error.value).startswith(f"model card {path}: ")
    assert complaint in str(error.value)
    assert "\n" not in str(error.value)


@pytest.mark.parametrize(
    ("script", "complaint"),
    [
        ({"rules": [{"txt": "a"}]}, "unknown key 'script.rules[1].txt'; did you mean 'text'?"),
        ({"rules": [{"matches": "("}]}, "'script.rules[1].matches': is not a regular expression"),
        ({"rules": [{"do": "explode"}]}, "'script.rules[1].do' should be 'predict'"),
        ({"predictions": [{"concept": "cow"}]}, "'script' answers 'cow', which is not among the concepts"),
        ({"predictions": [{"concept": "cat", "box": [1]}]}, "'box' has another shape than box coordinates"),
        ({"predictions": [{"concept": "cat", "box": [0, 0, 2, 2]}]}, "lies outside the image"),
        ({"predictions": [{"concept": "cat", "span": [0, 1], "box": [0, 0, 1, 1]}]}, "one region, not box and span"),
    ],
)
def test_a_wrong_script_is_told_of(folder: Path, script: Any, complaint: str) -> None:
    said = {"name": "f", "runtime": "fake", "licence": "MIT", "makes": "box", "reads": "image", "concepts": ["cat"]}
    with pytest.raises(BadCard) as error:
        read_card(write(folder, said | {"script": script}))
    assert complaint in str(error.value)


def test_a_missing_card_is_told_of(tmp_path: Path) -> None:
    with pytest.raises(BadCard, match="cannot be read"):
        read_card(tmp_path / "none.yaml")


@pytest.mark.parametrize(("names", "line"), [("cat\n\ndog\n", 2), ("", 1), ("\n\n", 1)])
def test_an_empty_line_among_the_concepts_is_told_of(folder: Path, names: str, line: int) -> None:
    (folder / "classes.txt").write_text(names)
    with pytest.raises(BadCard, match=f"line {line} of .* is empty"):
        read_card(write(folder, CARD))


def test_concepts_must_be_utf8(folder: Path) -> None:
    (folder / "classes.txt").write_bytes(b"caf\xe9")
    with pytest.raises(BadCard, match=r"'concepts': .* cannot be read as UTF-8"):
        read_card(write(folder, CARD))


def test_names_are_read_whatever_wrote_the_file(folder: Path) -> None:
    (folder / "classes.txt").write_bytes(b"\xef\xbb\xbfcat\r\ndog \r\n\r\n")
    assert read_card(write(folder, CARD)).names == ("cat", "dog")


def test_json_says_the_same(folder: Path) -> None:
    card = read_card(write(folder, CARD))
    again = Card.model_validate_json(card.model_dump_json()).at(folder)
    assert again.version == card.version
    assert again.names == card.names
    assert read_card(write(folder, card.model_dump_json())).version == card.version


@pytest.mark.parametrize(
    "said",
    [
        changed("floor", 0.2),
        changed("input.fill", 0),
        changed("head.strides", [8]),
        changed("concepts", ["cat", "dog"]),
        changed("ignore", ["dog"]),
    ],
)
def test_another_word_on_the_card_is_another_version(folder: Path, said: dict[str, Any]) -> None:
    assert read_card(write(folder, said)).version != read_card(write(folder, CARD)).version


@pytest.mark.parametrize("name", ["pets.onnx", "classes.txt", "words.txt"])
def test_another_byte_in_a_file_is_another_version(folder: Path, name: str) -> None:
    before = read_card(write(folder, TEXT_CARD)).version
    (folder / name).write_text("other 3\n")
    assert read_card(write(folder, TEXT_CARD)).version != before


def test_neither_order_nor_defaults_nor_file_names_make_a_version(folder: Path) -> None:
    before = read_card(write(folder, CARD)).version
    (folder / "pets.onnx").rename(folder / "renamed.onnx")
    said = CARD | {"weights": "renamed.onnx", "floor": 0.05, "input": CARD["input"] | {"layout": "nchw"}}
    assert read_card(write(folder, dict(reversed(said.items())))).version == before


@pytest.mark.parametrize(
    "text",
    [
        "name: 2020-13-45", "name: !!timestamp x", "name: !!int ''", "name: !!bool x", "name: {[]: 1}",
        "name: " + "[" * 5000, "name: \x00", b"name: \xff",
    ],
)  # fmt: skip
def test_a_value_that_yaml_chokes_on_is_told_of(folder: Path, text: str | bytes) -> None:
    with pytest.raises(BadCard) as error:
        read_card(write(folder, text))
    assert "\n" not in str(error.value)


@pytest.mark.parametrize("character", ["\0", "\n", "\x1b", "\x7f", "\ud800"])
@pytest.mark.parametrize("key", ["name", "licence", "concepts"])
def test_names_hold_no_control_characters(folder: Path, key: str, character: str) -> None:
    name = f"a{character}b"
    said = json.dumps(CARD | {key: [name] if key == "concepts" else name})  # JSON is YAML
    with pytest.raises(BadCard, match=r"control characters|unicode") as error:
        read_card(write(folder, said))
    assert str(error.value).isprintable()


def test_a_list_of_concepts_holds_no_control_characters(folder: Path) -> None:
    (folder / "classes.txt").write_text("cat\nd\0g\n")
    with pytest.raises(BadCard, match=r"line 2 of .* control characters"):
        read_card(write(folder, CARD))
