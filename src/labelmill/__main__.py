"""`python -m labelmill`, and the console command. Kept light: worker processes import this module too."""

import gc
import os
import sys


def main() -> None:
    """Run the command and exit with its status."""
    os.environ.setdefault("ORT_DISABLE_TELEMETRY", "1")  # before ONNX Runtime is imported, here or in a worker
    if sys.argv[1:2] == ["annotate"]:
        from labelmill.engine import nursery

        nursery.prepare()  # what workers need is imported on another core while the command is imported here
    # what imports make is needed to the end: looking through it for garbage, then and at the exit, takes a fifth of a
    # second
    gc.disable()
    from labelmill.cli import run

    gc.freeze()
    gc.enable()
    sys.exit(run(sys.argv[1:]))


if __name__ == "__main__":
    main()
