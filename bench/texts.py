"""100,000 texts, five predictions each, stored and triaged: what the engine costs when the model costs nothing."""

import json
import time
from pathlib import Path
from statistics import median

import psycopg

from bench.command import labelmill, warm
from bench.table import Row
from labelmill.store.embedded import Embedded

COUNT = 100_000
RUNS = 3
TARGET = 8_000


def write_texts(path: Path, count: int) -> None:
    with path.open("w") as file:
        for i in range(count):
            text = f"Message {i}: the parcel came on day {i % 31} and the size was {i % 50}, thank you."
            file.write(json.dumps({"id": i, "text": text}) + "\n")


def measure(place: Path) -> list[Row]:
    source = place / "texts.jsonl"
    write_texts(source, COUNT)
    home = place / "home-texts"
    warm(home)
    ours, bare = [], []
    for run in range(RUNS):
        seconds, report = labelmill(home, "annotate", str(source), "--model", "null", "--project", f"p{run}")
        assert report["annotated"] == COUNT
        ours.append(COUNT / seconds)
        bare.append(COUNT / _row_wise(home, source))
    speed, plain = median(ours), median(bare)
    return [
        Row(
            f"null model, {COUNT:,} texts, whole command",
            f"{speed:,.0f} inputs/s",
            f"{speed / plain:.2f} of COPYing the same predictions row by row and nothing else ({plain:,.0f}/s)",
            f"{TARGET:,} inputs/s",
            speed >= TARGET,
        )
    ]


def _row_wise(home: Path, source: Path) -> float:
    """Read the file and COPY five plain rows a text, one transaction per 256 texts, on one connection."""
    scores = (0.95, 0.8, 0.6, 0.4, 0.2)
    with Embedded(home) as url, psycopg.connect(url) as conn:
        conn.execute("DROP TABLE IF EXISTS bare")
        conn.execute("CREATE TABLE bare (input bigint, concept int, score float8)")
        conn.commit()
        started = time.perf_counter()
        lines = source.read_text().splitlines()
        for start in range(0, COUNT, 256):
            with conn.cursor().copy("COPY bare FROM STDIN") as copy:
                for i, line in enumerate(lines[start : start + 256], start):
                    json.loads(line)
                    for concept, score in enumerate(scores):
                        copy.write_row((i, concept, score))
            conn.commit()
        return time.perf_counter() - started
