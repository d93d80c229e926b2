"""Run every measurement and print one table. `python -m bench null photos memory server` runs some."""

import os
import sys
import tempfile
from pathlib import Path

from bench import memory, pages, photos, server, texts
from bench.table import Row, show

MEASUREMENTS = {
    "null": texts.measure,
    "photos": photos.measure,
    "memory": memory.measure,
    "server": server.measure,
    "pages": pages.measure,
}


def main() -> None:
    names = sys.argv[1:] or list(MEASUREMENTS)
    rows: list[Row] = []
    # the last database may still be stopping when its folder is removed
    with tempfile.TemporaryDirectory(prefix="labelmill-bench-", ignore_cleanup_errors=True) as folder:
        place = Path(folder)
        place.chmod(0o755)  # the embedded database may run under an account of its own
        for name in names:
            rows += MEASUREMENTS[name](place)
    show(rows, f"{len(os.sched_getaffinity(0))} cores, Python {sys.version.split()[0]}")
    sys.exit(0 if all(row.met for row in rows) else 1)


if __name__ == "__main__":
    main()
