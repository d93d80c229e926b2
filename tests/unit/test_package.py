"""What an installation gets: a wheel, built from the source archive as pip would, brings the pages."""

import gzip
import json
import runpy
import subprocess
import sys
import tarfile
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

ROOT = Path(__file__).parents[2]
is_installed = runpy.run_path(str(ROOT / "hatch_build.py"))["is_installed"]
FIRST_LOAD = 400_000
"""Bytes, compressed, of all that a browser fetches before it shows the first page."""


def hatch(target: str, source: Path, to: Path) -> Path:
    subprocess.run([sys.executable, "-m", "hatchling", "build", "-t", target, "-d", to], cwd=source, check=True)
    (made,) = to.glob("labelmill-*")
    return made


@pytest.fixture(scope="module")
def archive(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return hatch("sdist", ROOT, tmp_path_factory.mktemp("sdist"))


@pytest.fixture(scope="module")
def wheel(archive: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[zipfile.ZipFile]:
    source = tmp_path_factory.mktemp("source")
    subprocess.run(["tar", "-xf", archive, "-C", source], check=True)
    (folder,) = source.iterdir()
    if is_installed(ROOT / "web"):  # of the same lock file, for the pages here
        (folder / "web/node_modules").symlink_to(ROOT / "web/node_modules")
    with zipfile.ZipFile(hatch("wheel", folder, tmp_path_factory.mktemp("wheel"))) as opened:
        yield opened


def test_the_source_archive_holds_the_pages_and_nothing_that_is_made(archive: Path) -> None:
    with tarfile.open(archive) as packed:
        names = [name.partition("/")[2] for name in packed.getnames()]
    assert {"web/package-lock.json", "web/src/main.tsx", "hatch_build.py", "src/labelmill/cli/__init__.py"} <= {*names}
    assert not [name for name in names if "node_modules" in name or name.startswith("src/labelmill/pages")]


def test_the_wheel_brings_the_pages(wheel: zipfile.ZipFile) -> None:
    names = set(wheel.namelist())
    page = wheel.read("labelmill/pages/index.html").decode()
    assert "{{nonce}}" in page
    assert '<script src="/scheme.js"' in page
    assert {"labelmill/pages/mark.svg", "labelmill/pages/scheme.js"} <= names
    assert not [name for name in names if not name.startswith(("labelmill/", "labelmill-"))]


def test_the_wheel_brings_the_cards_of_the_demo_with_all_they_name(wheel: zipfile.ZipFile) -> None:
    cards = {name for name in wheel.namelist() if name.startswith("labelmill/demo/") and name.endswith(".yaml")}
    assert {Path(name).stem for name in cards} == {"wardrobe-boxes", "wardrobe-outlines", "messages"}
    for name in cards:
        card = yaml.safe_load(wheel.read(name))
        for file in filter(None, (card["weights"], card["input"].get("words"))):
            kept = (ROOT / "src/labelmill/demo" / file).read_bytes()
            assert wheel.read(f"labelmill/demo/{file}") == kept


def test_the_first_load_is_small_and_pages_come_on_demand(wheel: zipfile.ZipFile) -> None:
    manifest: dict[str, dict[str, Any]] = json.loads(wheel.read("labelmill/pages/.vite/manifest.json"))
    first = _with_imports(manifest, "index.html") | _with_imports(manifest, "src/pages/SignIn.tsx")
    sizes = {name: len(gzip.compress(wheel.read(f"labelmill/pages/{name}"))) for name in first}
    assert sum(sizes.values()) < FIRST_LOAD, sizes
    pages = {name for name in manifest if name.startswith("src/pages/")}
    assert len(pages) > 8
    assert all(manifest[name].get("isDynamicEntry") for name in pages)


def _with_imports(manifest: dict[str, dict[str, Any]], entry: str) -> set[str]:
    """The files of an entry and of all that it imports, style sheets included."""
    seen, left = set[str](), [entry]
    while left:
        if (name := left.pop()) not in seen:
            seen.add(name)
            left += manifest[name].get("imports", [])
    return {file for name in seen for file in (manifest[name]["file"], *manifest[name].get("css", []))}


def test_packages_are_installed_anew_when_the_lock_file_names_others(tmp_path: Path) -> None:
    optional = {"version": "1", "optional": True}
    locked = {"": {}, "node_modules/a": {"version": "1"}, "node_modules/of-nobody": {**optional, "os": ["none"]}}
    ours = {"node_modules/ours": {**optional, "os": [sys.platform]}}
    (tmp_path / "package-lock.json").write_text(json.dumps({"packages": locked}))
    assert not is_installed(tmp_path)
    (tmp_path / "node_modules").mkdir()
    for there, enough in (
        ({"node_modules/a": "1"}, True),
        ({"node_modules/a": "2"}, False),
        ({}, False),
        ({"node_modules/a": "1", "node_modules/gone": "1"}, False),
    ):
        noted = {"packages": {name: {"version": version} for name, version in there.items()}}
        (tmp_path / "node_modules/.package-lock.json").write_text(json.dumps(noted))
        assert is_installed(tmp_path) is enough
    (tmp_path / "package-lock.json").write_text(json.dumps({"packages": locked | ours}))
    (tmp_path / "node_modules/.package-lock.json").write_text(
        json.dumps({"packages": {"node_modules/a": {"version": "1"}}})
    )
    assert not is_installed(tmp_path)
    (tmp_path / "node_modules/.package-lock.json").write_text("{")
    assert not is_installed(tmp_path)


def test_the_lock_file_pins_every_package_and_names_no_place() -> None:
    lock = json.loads((ROOT / "web/package-lock.json").read_text(encoding="utf-8"))
    packages = [one for name, one in lock["packages"].items() if name]
    assert len(packages) > 100
    assert all({"version", "integrity"} <= one.keys() for one in packages)
    assert not [one for one in packages if "resolved" in one]
