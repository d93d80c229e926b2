"""Sign in, sign out, who am I, passwords."""

from dataclasses import replace
from typing import Annotated, get_args

from fastapi import APIRouter, Request, Response
from pydantic import BaseModel, Field

from labelmill.core.errors import BadCall, NotAllowed
from labelmill.flows import sign_in as flow
from labelmill.flows.sign_in import Known
from labelmill.server.access import SignedIn, cookie_name
from labelmill.server.errors import Wrong
from labelmill.server.page import Body, Named
from labelmill.server.site import Here
from labelmill.store import persons
from labelmill.store.notifications import Kind

router = APIRouter(prefix="/session", tags=["session"])

Secret = Annotated[str, Field(max_length=1000)]


class SignIn(Body):
    """A name with its password, or the one-time token that the server printed."""

    name: Annotated[str, Field(max_length=200)] | None = None
    password: Secret | None = None
    token: Annotated[str, Field(max_length=200)] | None = None


class NewPassword(Body):
    """Another password; `current` is needed where there is one."""

    new: Annotated[str, Field(min_length=flow.SHORTEST_PASSWORD, max_length=1000)]
    current: Secret | None = None


class Muted(Body):
    """Kinds of notifications that are not wanted."""

    muted: Annotated[list[Kind], Field(max_length=10)]


class Me(BaseModel):
    """Who is signed in. A page sends `csrf` back as X-Labelmill-CSRF with every change; null with access tokens.

    `muted`: kinds of notifications that they do not want.
    """

    id: int
    name: str
    operator: bool
    has_password: bool
    muted: list[Kind]
    csrf: str | None

    @classmethod
    def of(cls, known: Known) -> "Me":
        """What is told of a person to themselves."""
        person = known.person
        return cls(
            id=person.id, name=person.name, operator=person.operator, has_password=person.password is not None,
            muted=[kind for kind in get_args(Kind) if kind in person.muted], csrf=known.csrf,
        )  # fmt: skip


@router.get("", responses={401: {"model": Wrong}})
def who_am_i(who: SignedIn) -> Me:
    """Who is signed in."""
    return Me.of(who)


@router.post("")
def sign_in(said: SignIn, site: Here, request: Request, response: Response) -> Me:
    """Sign in: the answer sets a cookie, HttpOnly and SameSite=Lax."""
    address = request.client.host if request.client else ""
    if said.token is not None and said.name is None and said.password is None:
        known = flow.with_token(site.database, said.token, address)
    elif said.name is not None and said.password is not None and said.token is None:
        known = flow.with_password(site.database, said.name.replace("\0", ""), said.password, address)
    else:
        raise BadCall("Sign in with a name and its password, or with a one-time token.")
    _give_cookie(request, response, known)
    return Me.of(known)


@router.delete("", status_code=204)
def sign_out(who: SignedIn, site: Here, request: Request, response: Response) -> None:
    """Sign out: the session ends on the server, too."""
    if who.secret is not None:
        with site.database.begin() as conn:
            flow.sign_out(conn, who.secret)
    response.delete_cookie(cookie_name(request))


@router.patch("")
def rename_me(said: Named, who: SignedIn, site: Here) -> Me:
    """Give oneself another name, also on all that one labeled."""
    with site.database.begin() as conn:
        flow.rename(conn, who.person, said.name)
    return Me.of(replace(who, person=replace(who.person, name=said.name)))


@router.put("/muted")
def mute(said: Muted, who: SignedIn, site: Here) -> Me:
    """Say which kinds of notifications one does not want; they are made no more."""
    with site.database.begin() as conn:
        persons.set_muted(conn, who.person.id, said.muted)
    return Me.of(replace(who, person=replace(who.person, muted=said.muted)))


@router.put("/password")
def set_password(said: NewPassword, who: SignedIn, site: Here, request: Request, response: Response) -> Me:
    """Set one's password. All of one's sessions end; this one goes on as a new one, with a new cookie and `csrf`."""
    if who.secret is None:
        raise NotAllowed("An access token cannot change the password: sign in.")
    address = request.client.host if request.client else ""
    known = flow.change_password(site.database, who.person, said.new, said.current, address)
    _give_cookie(request, response, known)
    with site.database.begin() as conn:
        fresh = flow.by_session(conn, known.secret or "")
    return Me.of(fresh or known)


def _give_cookie(request: Request, response: Response, known: Known) -> None:
    response.set_cookie(
        cookie_name(request),
        known.secret or "",
        max_age=int(flow.SESSION_LASTS.total_seconds()),
        httponly=True,
        samesite="lax",
        secure=request.url.scheme == "https",
    )
