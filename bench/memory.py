"""How the processes grow with the number of inputs."""

from pathlib import Path

from bench.command import peak_of_workers, warm
from bench.table import Row
from bench.texts import write_texts

FEW, MANY = 20_000, 200_000
TARGET = 300


def measure(place: Path) -> list[Row]:
    home = place / "home-memory"
    warm(home)
    peaks = []
    for count in (FEW, MANY):
        source = place / f"{count}.jsonl"
        write_texts(source, count)
        peaks.append(peak_of_workers(home, "annotate", str(source), "--model", "null", "--project", f"p{count}"))
    growth = (peaks[1] - peaks[0]) / (MANY - FEW)
    return [
        Row(
            f"memory of the largest process, {FEW:,} to {MANY:,} texts",
            f"{growth:.0f} bytes an extra input",
            f"{peaks[0] >> 20} MiB to {peaks[1] >> 20} MiB",
            f"under {TARGET} bytes",
            growth < TARGET,
        )
    ]
