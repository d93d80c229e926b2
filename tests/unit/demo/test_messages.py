"""Messages are the same for a seed and all different; the bundled classifier knows what they are about."""

from collections import Counter
from itertools import pairwise
from pathlib import Path

import pytest

import labelmill.demo
from labelmill.demo.messages import CONCEPTS, FROZEN_SEED, messages
from labelmill.models import catalog
from labelmill.models.cards import read_card

CARD = read_card(Path(labelmill.demo.__file__).parent / "messages.yaml")


def test_a_seed_gives_the_same_messages_however_many_and_others_give_others() -> None:
    first = messages(1, 300)
    assert first == messages(1, 300)
    assert first[:10] == messages(1, 10)
    assert not {one.text for one in first} & {one.text for one in messages(2, 300)}


@pytest.mark.parametrize("seed", range(5))
def test_no_text_comes_twice_and_every_concept_comes_often(seed: int) -> None:
    made = messages(seed, 300)
    assert len({one.text for one in made}) == 300
    assert min(Counter(one.concept for one in made)[concept] for concept in CONCEPTS) > 20


def test_no_slot_stays_open_and_all_of_a_message_is_read() -> None:
    texts = [one.text for one in messages(3, 3000)]
    assert not [text for text in texts if "{" in text or "  " in text]
    assert max(len(text.split()) for text in texts) < CARD.input.length * 0.9


def test_the_bundled_classifier_is_right_as_often_as_it_says() -> None:
    frozen = messages(FROZEN_SEED, 600)
    said = catalog.load(CARD).predict([one.text for one in frozen])
    best = [max(answer, key=lambda prediction: prediction.score) for answer in said]
    right = [guess.concept == one.concept for guess, one in zip(best, frozen, strict=True)]
    assert sum(right) / len(frozen) > 0.82
    assert sum(guess.score for guess in best) / len(frozen) == pytest.approx(sum(right) / len(frozen), abs=0.04)
    sure = [good for guess, good in zip(best, right, strict=True) if guess.score >= 0.9]
    assert sum(sure) / len(sure) > 0.95


def test_every_band_has_a_tenth_of_the_scores_at_least() -> None:
    said = catalog.load(CARD).predict([one.text for one in messages(FROZEN_SEED, 600)])
    scores = [prediction.score for answer in said for prediction in answer if prediction.score >= 0.3]
    for lower, upper in pairwise((0.3, 0.5, 0.9, 1.01)):
        assert sum(lower <= score < upper for score in scores) > 0.1 * len(scores)


def test_the_bundled_files_are_small_and_the_card_says_what_it_does_not_know() -> None:
    assert sum(path.stat().st_size for path in CARD.files) < 100_000
    assert CARD.offered == CONCEPTS
    assert "generated messages" in CARD.description
