"""Personal access tokens: for programs that act as a person."""

from datetime import datetime, timedelta
from typing import Annotated, Any

from fastapi import APIRouter
from pydantic import BaseModel, Field

from labelmill.core.errors import NotAllowed
from labelmill.flows import sign_in
from labelmill.server.access import SignedIn
from labelmill.server.page import Body, Name, PathId
from labelmill.server.site import Here
from labelmill.store import persons

router = APIRouter(prefix="/tokens", tags=["session"])


class NewToken(Body):
    """A name by which to know the token later, and for how many days it is valid; null: until it is deleted."""

    name: Name
    days: Annotated[int, Field(ge=1, le=3650)] | None = None


class Token(BaseModel):
    """An access token; its text is told once, when it is made."""

    id: int
    name: str
    created_at: datetime
    used_at: datetime | None
    expires_at: datetime | None


class FreshToken(Token):
    """A token that was just made; `token` is sent as `Authorization: Bearer ...` and never shown again."""

    token: str


class Tokens(BaseModel):
    """All access tokens of the person who asks."""

    items: list[Token]
    next: None = None


@router.get("")
def list_tokens(who: SignedIn, site: Here) -> Tokens:
    """One's access tokens, newest first."""
    with site.database.begin() as conn:
        return Tokens(items=[Token(**_facts(row)) for row in persons.access_tokens(conn, who.person.id)])


@router.post("", status_code=201)
def create_token(said: NewToken, who: SignedIn, site: Here) -> FreshToken:
    """Make an access token. It may do what the person may, except make tokens and change the password."""
    if who.secret is None:
        raise NotAllowed("An access token cannot make another: sign in.")
    lasts = None if said.days is None else timedelta(days=said.days)
    with site.database.begin() as conn:
        token, row = sign_in.access_token(conn, who.person.id, said.name, lasts)
    return FreshToken(**_facts(row), token=token)


@router.delete("/{token_id}", status_code=204)
def delete_token(token_id: PathId, who: SignedIn, site: Here) -> None:
    """Make a token void, at once."""
    with site.database.begin() as conn:
        persons.delete_access_token(conn, who.person.id, token_id)


def _facts(row: Any) -> dict[str, Any]:
    return dict(row._mapping)
