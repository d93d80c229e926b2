"""`python -m labelmill`, and the console command. Kept light: worker processes import this module too."""

import atexit
import gc
import os
import sys
from contextlib import suppress


def main() -> None:
    """Run the command and exit with its status."""
    os.environ.setdefault("ORT_DISABLE_TELEMETRY", "1")  # before ONNX Runtime is imported, here or in a worker
    if sys.argv[1:2] == ["annotate"] and not _on_a_server(sys.argv):
        from labelmill.engine import nursery

        nursery.prepare()  # what workers need is imported on another core while the command is imported here
    # what imports make is needed to the end: looking through it for garbage takes a tenth of a second
    gc.disable()
    from labelmill.cli import run

    gc.freeze()
    gc.enable()
    _exit(run(sys.argv[1:]))


def _exit(status: int) -> None:
    """End at once: taking all modules apart one by one, as Python does otherwise, takes a fifth of a second."""
    atexit._run_exitfuncs()
    for stream in (sys.stdout, sys.stderr):
        with suppress(OSError):  # the command has told that it cannot write
            stream.flush()
    os._exit(status)


def _on_a_server(args: list[str]) -> bool:
    """Whether the models run elsewhere, as far as can be seen before the command is there to tell (cli/choose.py)."""
    typed = {word.partition("=")[0] for word in args}
    return "--server" in typed or ("--home" not in typed and bool(os.environ.get("LABELMILL_SERVER")))


if __name__ == "__main__":
    main()
