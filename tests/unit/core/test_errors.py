"""The tree of errors: one base, and kinds on what is recorded."""

from __future__ import annotations

from labelmill.core import errors


def test_every_error_has_one_base_and_stands_in_the_tree_of_the_docstring():
    found = [value for value in vars(errors).values() if isinstance(value, type) and issubclass(value, Exception)]
    assert len(found) > 5
    for error in found:
        assert issubclass(error, errors.LabelmillError)
        assert error.__name__ in errors.__doc__
        assert error.__doc__


def test_what_is_recorded_has_a_kind_beside_its_sentence():
    for error in (errors.Unreadable, errors.ModelFault):
        raised = error("kind", "a sentence")
        assert (raised.kind, str(raised)) == ("kind", "a sentence")
