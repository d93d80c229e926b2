"""`python -m labelmill`, and the console command. Kept light: worker processes import this module too."""

import os
import sys


def main() -> None:
    """Run the command and exit with its status."""
    os.environ.setdefault("ORT_DISABLE_TELEMETRY", "1")  # before ONNX Runtime is imported, here or in a worker
    if sys.argv[1:2] == ["annotate"]:
        from labelmill.engine import nursery

        nursery.prepare()  # what workers need is imported on another core while the command is imported here
    from labelmill.cli import run

    sys.exit(run(sys.argv[1:]))


if __name__ == "__main__":
    main()
