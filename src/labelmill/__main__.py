"""`python -m labelmill`, and the console command. Kept light: worker processes import this module too."""

import sys


def main() -> None:
    """Run the command and exit with its status."""
    from labelmill.cli import run

    sys.exit(run(sys.argv[1:]))


if __name__ == "__main__":
    main()
