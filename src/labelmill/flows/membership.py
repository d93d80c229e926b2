"""Who comes into a project, changes in it, and leaves it."""

import sqlalchemy as sa

from labelmill.core.errors import BadCall, Conflict, NotAllowed, NotFound
from labelmill.core.role import Role
from labelmill.flows import sign_in
from labelmill.store import activity, edits, members, notifications, partition, persons


def invite(
    conn: sa.Connection, project_id: int, actor: tuple[int, Role], name: str, role: Role
) -> tuple[int, str | None]:
    """Make the person of a name a member: their id, and a token that lets them in once where they have no password.

    `actor`: the id and role of who invites. The token is given only for a person whom the actor could give any role in
    all of that person's projects: one who is new, most often, or whose last token was lost. Raises Conflict for one who
    is a member already, NotAllowed for a role above what the actor may give.
    """
    _may_give(actor[1], role)
    person_id = persons.make(conn, name)
    brought = person_id is not None
    if person_id is None:
        found = persons.by_name(conn, name)
        if found is None:
            raise Conflict(f"{name} was renamed in between: try again.")
        person_id = found.id
        brought = found.password is None and not found.operator and members.only_of(conn, person_id, actor[0])
        if members.of(conn, project_id, person_id) is not None and not brought:
            raise Conflict(f"{name} is a member of this project already.")
    if members.hold(conn, project_id) == [person_id]:
        raise Conflict(f"{name} is the owner of this project already.")
    members.put(conn, project_id, person_id, role)
    activity.record(conn, project_id, actor[0], "invite_member", detail={"name": name, "role": role})
    return person_id, sign_in.one_time_token(conn, person_id, sign_in.INVITATION_LASTS) if brought else None


def change(conn: sa.Connection, project_id: int, actor: tuple[int, Role], person_id: int, role: Role) -> None:
    """Give a member another role; `actor` as for `invite`. Raises NotFound, NotAllowed, BadCall for the last owner."""
    owners = members.hold(conn, project_id)
    now = _role(conn, project_id, person_id)
    _may_give(actor[1], now)
    _may_give(actor[1], role)
    if owners == [person_id] and role is not Role.OWNER:
        raise BadCall("A project has an owner: make somebody else one first.")
    members.put(conn, project_id, person_id, role)
    _leave_tasks(conn, project_id, person_id, role)
    _record(conn, project_id, actor[0], "change_member", person_id, role=role, was=now)


def remove(conn: sa.Connection, project_id: int, actor: tuple[int, Role], person_id: int) -> None:
    """Take a member out; anybody may leave. Raises NotFound, NotAllowed, BadCall for the last owner."""
    owners = members.hold(conn, project_id)
    now = _role(conn, project_id, person_id)
    if person_id != actor[0]:
        if not actor[1].includes(Role.ADMIN):
            raise NotAllowed(f"You are {actor[1]} in this project; to remove others needs {Role.ADMIN}.")
        _may_give(actor[1], now)
    if owners == [person_id]:
        raise BadCall("A project has an owner: make somebody else one first.")
    members.remove(conn, project_id, person_id)
    _leave_tasks(conn, project_id, person_id, None)
    _record(conn, project_id, actor[0], "remove_member", person_id)


def _record(conn: sa.Connection, project_id: int, actor_id: int, operation: str, person_id: int, **told: str) -> None:
    person = persons.by_id(conn, person_id)
    name = "" if person is None else person.name
    activity.record(conn, project_id, actor_id, operation, detail={"name": name, "person_id": person_id, **told})


def _leave_tasks(conn: sa.Connection, project_id: int, person_id: int, role: Role | None) -> None:
    """Take a person out of the tasks of a project in which their role (None: they have left) lets them do nothing.

    Their open inputs are shared out among the other reviewers of each, what they leased is free; what they did stays.
    """
    reviews, labels = (role is not None and role.includes(needed) for needed in (Role.REVIEWER, Role.LABELER))
    for task_id in [] if reviews else partition.tasks_of(conn, project_id, person_id):
        edits.hold(conn, task_id)
        got = partition.set_reviewers(conn, task_id, partition.reviewers(conn, task_id) - {person_id})
        notifications.make(conn, task_id, "assigned", got)
        partition.lower_votes(conn, task_id)
        partition.hand_over(conn, task_id, person_id)
        if not labels:
            partition.set_labelers(conn, task_id, partition.labelers(conn, task_id) - {person_id})


def _may_give(actor: Role, role: Role) -> None:
    """Owners may choose everybody; admins all below themselves."""
    if actor is not Role.OWNER and role.includes(Role.ADMIN):
        raise NotAllowed(f"Only an owner chooses who is {role}.")


def _role(conn: sa.Connection, project_id: int, person_id: int) -> Role:
    found = members.of(conn, project_id, person_id)
    if found is None:
        raise NotFound(f"There is no member {person_id} in this project.")
    return found[0]
