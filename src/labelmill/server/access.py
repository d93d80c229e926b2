"""Who asks, and whether they may: one dependency for each, declared by every route.

A route takes `who: SignedIn`, `who: Operator`, or one of `Viewer`, `Labeler`, `Reviewer`, `Admin`, `Owner`: then its
path has `{project_id}`, and what it gets is the membership. A project that one is no member of does not exist for one.
`needed` reads off a route what it needs; tests/routes.py holds every route against it.
"""

import hmac
from dataclasses import dataclass
from typing import Annotated, Any

import sqlalchemy as sa
from fastapi import Depends, Request
from fastapi.dependencies.models import Dependant

from labelmill.core.errors import Conflict, NotAllowed, NotFound, NotSignedIn
from labelmill.core.role import Role
from labelmill.flows import sign_in
from labelmill.flows.sign_in import Known
from labelmill.server.page import PathId
from labelmill.server.site import Here
from labelmill.store import members
from labelmill.store.persons import Person

CSRF_HEADER = "X-Labelmill-CSRF"
READING = frozenset({"GET", "HEAD", "OPTIONS"})


@dataclass(frozen=True, slots=True)
class Membership:
    """A person in a project, as who they ask."""

    person: Person
    project_id: int
    role: Role
    archived: bool


def signed_in(request: Request, site: Here) -> Known:
    """Who asks, by session or access token. Raises NotSignedIn; NotAllowed for a change that no page of ours sent."""
    with site.database.begin() as conn:
        return _known(request, conn)


def operator(request: Request, site: Here) -> Known:
    """As `signed_in`, and it has to be an operator."""
    known = signed_in(request, site)
    if not known.person.operator:
        raise NotAllowed("Only an operator of this server may do that.")
    return known


class Needs:
    """A dependency: the membership of who asks, which has to be of this role at least.

    In an archived project nothing is changed, unless `archived`.
    """

    def __init__(self, role: Role, *, archived: bool = False) -> None:
        self.role = role
        self._archived = archived

    def __call__(self, request: Request, site: Here, project_id: PathId) -> Membership:
        """Raises NotSignedIn, NotFound for somebody else's project, NotAllowed, Conflict for an archived one."""
        with site.database.begin() as conn:
            person = _known(request, conn).person
            found = members.of(conn, project_id, person.id)
        if found is None:
            raise NotFound(f"There is no project {project_id}, or you are no member of it.")
        role, archived = found
        if not role.includes(self.role):
            raise NotAllowed(f"You are {role} in this project; this needs {self.role}.")
        if archived and not self._archived and request.method not in READING:
            raise Conflict("This project is archived: restore it before you change it.")
        return Membership(person, project_id, role, archived)


SignedIn = Annotated[Known, Depends(signed_in)]
Operator = Annotated[Known, Depends(operator)]
Viewer = Annotated[Membership, Depends(Needs(Role.VIEWER))]
Labeler = Annotated[Membership, Depends(Needs(Role.LABELER))]
Reviewer = Annotated[Membership, Depends(Needs(Role.REVIEWER))]
Admin = Annotated[Membership, Depends(Needs(Role.ADMIN))]
Owner = Annotated[Membership, Depends(Needs(Role.OWNER))]


def needed(route: Any) -> str:
    """What a route needs: a role, `operator`, `signed in`, or `nothing`."""
    return _needed(route.dependant) or "nothing"


def _needed(dependant: Dependant) -> str | None:
    for one in dependant.dependencies:
        match one.call:
            case Needs(role=role):
                return str(role)
            case call if call is operator:
                return "operator"
            case call if call is signed_in:
                return "signed in"
        if deeper := _needed(one):
            return deeper
    return None


def cookie_name(request: Request) -> str:
    """The cookie of the session: browsers do not tell ports apart, and two servers on one machine are two."""
    return f"labelmill-{request.url.port or request.url.scheme}"


def _known(request: Request, conn: sa.Connection) -> Known:
    scheme, _, token = request.headers.get("Authorization", "").partition(" ")
    if scheme:
        known = sign_in.by_access_token(conn, token.strip()) if scheme.lower() == "bearer" else None
        if known is None:
            raise NotSignedIn("This access token is not valid: it was deleted, has expired, or was mistyped.")
        return known
    secret = request.cookies.get(cookie_name(request))
    known = sign_in.by_session(conn, secret) if secret else None
    if known is None:
        raise NotSignedIn("Sign in first.")
    if request.method not in READING and not _same(request.headers.get(CSRF_HEADER), known.csrf):
        raise NotAllowed(f"The header {CSRF_HEADER} is missing or old: reload the page.")
    return known


def _same(said: str | None, meant: str | None) -> bool:
    return said is not None and meant is not None and hmac.compare_digest(said.encode(), meant.encode())
