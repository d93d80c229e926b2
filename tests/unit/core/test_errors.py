"""The tree of errors: one base, and kinds on what is recorded, which go from one process to another."""

from __future__ import annotations

import pickle

import pytest

from labelmill.core import errors
from labelmill.core.errors import ModelFault, TooOften, Unreadable


def test_every_error_has_one_base_and_stands_in_the_tree_of_the_docstring():
    found = [value for value in vars(errors).values() if isinstance(value, type) and issubclass(value, Exception)]
    assert len(found) > 5
    for error in found:
        assert issubclass(error, errors.LabelmillError)
        assert error.__name__ in errors.__doc__
        assert error.__doc__


@pytest.mark.parametrize("kind", [Unreadable, ModelFault])
def test_what_is_recorded_has_a_kind_beside_its_sentence_in_every_process(kind):
    raised = kind("kind", "a sentence")
    for error in (raised, pickle.loads(pickle.dumps(raised))):
        assert type(error) is kind
        assert (error.kind, str(error)) == ("kind", "a sentence")


def test_who_tried_too_often_hears_when_to_try_again():
    error = TooOften("Too many tries.", 30)
    assert (error.seconds, str(error)) == (30, "Too many tries.")
