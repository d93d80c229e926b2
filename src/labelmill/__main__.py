"""`python -m labelmill`, and the console command. Kept light: worker processes import this module too."""

import atexit
import gc
import os
import sys
from contextlib import suppress


def main() -> None:
    """Run the command and exit with its status."""
    os.environ.setdefault("ORT_DISABLE_TELEMETRY", "1")  # before ONNX Runtime is imported, here or in a worker
    # before NumPy is: there is a process for each core already, and a thread that waits for work does so by running
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
    try:
        _exit(_run())
    except KeyboardInterrupt:  # before there is a command that says so itself
        sys.stderr.write("labelmill: stopped.\n")
        _exit(130)


def _run() -> int:
    # what imports make is needed to the end: looking through it for garbage takes a tenth of a second
    gc.disable()
    from labelmill.cli import run

    gc.freeze()
    gc.enable()
    return run(sys.argv[1:])


def _exit(status: int) -> None:
    """End at once: taking all modules apart one by one, as Python does otherwise, takes a fifth of a second."""
    atexit._run_exitfuncs()
    for stream in (sys.stdout, sys.stderr):
        with suppress(OSError):  # the command has told that it cannot write
            stream.flush()
    os._exit(status)


if __name__ == "__main__":
    main()
