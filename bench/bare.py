"""The best bare loop: two one-thread sessions, the same decoding and suppression as the product, nothing stored.

`python -m bench.bare threads|processes CARD FOLDER`
"""

import multiprocessing
import sys
import threading
from pathlib import Path

from labelmill.formats import image
from labelmill.models.base import Picture
from labelmill.models.cards import read_card
from labelmill.models.catalog import load

CORES = 2


def loop(card: str, files: list[Path]) -> None:
    model = load(read_card(Path(card)))
    for file in files:
        pixels = image.decode(file.read_bytes(), at_least=model.info.wants)
        picture = Picture(pixels, pixels.shape[1], pixels.shape[0])
        model.predict([picture])


def main() -> None:
    how, card, folder = sys.argv[1:]
    files = sorted(Path(folder).iterdir())
    start = threading.Thread if how == "threads" else multiprocessing.get_context("fork").Process
    loops = [start(target=loop, args=(card, files[part::CORES])) for part in range(CORES)]
    for one in loops:
        one.start()
    for one in loops:
        one.join()


if __name__ == "__main__":
    main()
