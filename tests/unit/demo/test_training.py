"""The wardrobe model is trained alike every time; weights that nobody can make again would be worth little."""

from __future__ import annotations

import numpy as np
import pytest

from training.drawn import MARGIN, SIDE, Drawn, draw

torch = pytest.importorskip("torch", reason="NOT TESTED for want of PyTorch: pip install -e '.[train]'")


@pytest.fixture(scope="module")
def scenes() -> Drawn:
    return draw(7, [0.5] * 16, side=SIDE + MARGIN, processes=1)


def test_scenes_to_train_on_do_not_depend_on_how_many_draw_them(scenes: Drawn) -> None:
    again = draw(7, [0.5] * 16, side=SIDE + MARGIN, processes=2)
    for name in Drawn.__slots__:
        assert np.array_equal(getattr(scenes, name), getattr(again, name))


def test_the_same_scenes_give_the_same_weights(scenes: Drawn) -> None:
    from training.wardrobe import train

    first, again, longer = (train(scenes, epochs).state_dict() for epochs in (1, 1, 2))
    assert all(torch.equal(first[name], again[name]) for name in first)
    assert not all(torch.equal(first[name], longer[name]) for name in first)
