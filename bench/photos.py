"""1,500 distinct photos through real detectors, beside the loops a person would write by hand."""

import os
import subprocess
import sys
import time
from pathlib import Path
from statistics import median

from bench.command import labelmill, warm
from bench.table import Row

COUNT = 1_500
ROUNDS = 5
REPOSITORY = Path(__file__).resolve().parents[1]
PHOTOS = REPOSITORY.parent / "shared" / "data" / "coco-mini" / "images"
OF_BARE, OF_PLAIN = 0.85, 1.15


def measure(place: Path) -> list[Row]:
    if not PHOTOS.is_dir():
        print(f"No photos at {PHOTOS.name}: the photo measurements are left out.", file=sys.stderr)
        return []
    folder = place / "photos"
    write_photos(folder, COUNT)
    home = place / "home-photos"
    warm(home)
    return [row for name in ("yolox-nano", "fastestdet") for row in _measure_model(name, folder, home)]


def write_photos(folder: Path, count: int) -> None:
    """Photos with the same pixels and other bytes: each has a JPEG comment of its own."""
    folder.mkdir()
    originals = sorted(PHOTOS.glob("*.jpg"))
    for i in range(count):
        data = originals[i % len(originals)].read_bytes()
        comment = f"copy {i}".encode()
        segment = b"\xff\xfe" + (len(comment) + 2).to_bytes(2, "big") + comment
        (folder / f"{i:05}.jpg").write_bytes(data[:2] + segment + data[2:])


def _measure_model(name: str, folder: Path, home: Path) -> list[Row]:
    card = REPOSITORY / "tests" / "cards" / f"{name}.yaml"
    seconds: dict[str, list[float]] = {"threads": [], "ours": [], "processes": [], "plain": []}
    for run in range(ROUNDS):
        seconds["threads"].append(_script("bench.bare", "threads", str(card), str(folder)))
        took, report = labelmill(home, "annotate", str(folder), "--model", str(card), "--project", f"{name}-{run}")
        assert report["inputs"] == COUNT
        assert not report["failures_total"]
        seconds["ours"].append(took)
        seconds["processes"].append(_script("bench.bare", "processes", str(card), str(folder)))
        seconds["plain"].append(_script("bench.plain", name, str(card), str(folder)))
    best = min("threads", "processes", key=lambda loop: median(seconds[loop]))
    ours, bare = seconds["ours"], "of the best bare loop, two one-thread sessions"
    return [
        _row(f"{name}, {COUNT:,} photos, whole command", bare, OF_BARE, ours, seconds[best]),
        _row(f"{name}, the same", "times a plain script with one session", OF_PLAIN, ours, seconds["plain"]),
    ]


def _row(what: str, beside: str, target: float, ours: list[float], other: list[float]) -> Row:
    """How the medians of the rounds compare; each has a run of everything, as the machine changes between them."""
    ratio = median(other) / median(ours)
    speeds = [f"{COUNT / median(seconds):.0f}" for seconds in (ours, other)]
    return Row(what, f"{speeds[0]} photos/s", f"{ratio:.2f} {beside} ({speeds[1]}/s)", f"{target}", ratio >= target)


def _script(module: str, *args: str) -> float:
    started = time.perf_counter()
    best = {**os.environ, "OPENBLAS_NUM_THREADS": "1"}  # as the product has it: a process for each core
    subprocess.run([sys.executable, "-m", module, *args], check=True, cwd=REPOSITORY, env=best)
    return time.perf_counter() - started
