"""What bodies, parameters and answers of all nouns share: names, ids, pages."""

from collections.abc import Sequence
from typing import Annotated, Generic, Self, TypeVar

from fastapi import Path, Query
from pydantic import AfterValidator, BaseModel, ConfigDict, Field, StringConstraints

BIGGEST = 2**63 - 1
Item = TypeVar("Item")


def _no_control(text: str) -> str:
    if any(ord(letter) < 32 or 127 <= ord(letter) < 160 for letter in text):
        raise ValueError("a name has no line breaks and no other control characters")
    return text


def no_nul(text: str) -> str:
    """Refuse a text that PostgreSQL cannot hold."""
    if "\0" in text:
        raise ValueError("the character NUL cannot be stored")
    return text


Name = Annotated[
    str, StringConstraints(strip_whitespace=True, min_length=1, max_length=200), AfterValidator(_no_control)
]
"""A name of one line, up to 200 characters; spaces around it are taken off."""

Text = Annotated[str, AfterValidator(no_nul)]
"""A text that PostgreSQL can hold."""

Id = Annotated[int, Field(ge=1, le=BIGGEST)]
PathId = Annotated[int, Path(ge=1, le=BIGGEST)]
After = Annotated[int | None, Query(ge=0, le=BIGGEST, description="The `next` of the page before.")]
Limit = Annotated[int, Query(ge=1, le=200)]


class Body(BaseModel):
    """What a request says; a key that is not known is refused rather than overlooked."""

    model_config = ConfigDict(extra="forbid")


class Named(Body):
    """A name."""

    name: Name


class Count(BaseModel):
    """How many."""

    count: int


class Page(BaseModel, Generic[Item]):
    """A part of a list; `next` is the `after` of the next part, null at the end."""

    items: list[Item]
    next: str | None

    @classmethod
    def of(cls, rows: Sequence[Item], limit: int, key: str = "id") -> Self:
        """The page of up to `limit` rows from a query that asked for one more; `key` names what they are ordered by."""
        more = len(rows) > limit
        return cls(items=list(rows[:limit]), next=str(getattr(rows[limit - 1], key)) if more else None)
