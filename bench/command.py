"""Run the command as a person does, by the wall clock, start-up included."""

import json
import os
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import psutil


def environment(home: Path) -> dict[str, str]:
    """A person's: one in which Python keeps what it compiled."""
    kept = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    return {**kept, "LABELMILL_HOME": str(home)}


def labelmill(home: Path, *args: str) -> tuple[float, dict[str, Any]]:
    """Wall-clock seconds and the JSON report of `labelmill annotate ... --json`."""
    started = time.perf_counter()
    done = subprocess.run(
        [sys.executable, "-m", "labelmill", *args, "--json"],
        env=environment(home),
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        check=True,
    )
    return time.perf_counter() - started, json.loads(done.stdout)


def warm(home: Path) -> None:
    """Make the home's database, so that a measurement starts from what a second command finds."""
    subprocess.run(
        [sys.executable, "-m", "labelmill", "doctor"],
        env=environment(home),
        stdout=subprocess.DEVNULL,
        check=True,
    )


def peak_of_workers(home: Path, *args: str) -> int:
    """The most memory in bytes (resident) that any process under the command took while it ran."""
    process = subprocess.Popen(
        [sys.executable, "-m", "labelmill", *args, "--json"],
        env=environment(home),
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    peak = 0
    watched = psutil.Process(process.pid)
    while process.poll() is None:
        for one in [watched, *watched.children(recursive=True)]:
            try:
                if one.name() != "postgres":
                    peak = max(peak, one.memory_info().rss)
            except psutil.NoSuchProcess:
                continue
        try:
            process.wait(0.05)
        except subprocess.TimeoutExpired:
            continue
    if process.returncode:
        raise RuntimeError(f"the command ended with status {process.returncode}")
    return peak
