"""Projects and what they hold by name: datasets, concepts, members; and one's own tokens."""

from collections.abc import Callable, Iterable, Iterator
from typing import TypeVar

from labelmill.client.answers import Concept, Dataset, Invited, Member, Project, Role, Token
from labelmill.client.wire import Wire
from labelmill.core.errors import Conflict, NotFound

T = TypeVar("T", Project, Dataset)


class Projects:
    """One's projects."""

    def __init__(self, wire: Wire) -> None:
        self._wire = wire

    def list(self, *, archived: bool = False) -> Iterator[Project]:
        """By id; the archived ones instead of the others if asked for."""
        return self._wire.pages("/projects", archived="true" if archived else None, limit=200)

    def get(self, project_id: int) -> Project:
        """One project."""
        said: Project = self._wire.get(f"/projects/{project_id}")
        return said

    def create(self, name: str) -> Project:
        """Make a project, which is then one's own. Raises Conflict for a name that is taken."""
        said: Project = self._wire.post("/projects", {"name": name})
        return said

    def named(self, name: str, *, make: bool = True) -> Project:
        """The project of this name, made if it is not there. Raises NotFound instead when it shall not be made."""
        return _named(f"project {name!r}", name, self.list, self.create if make else None)

    def rename(self, project_id: int, name: str) -> Project:
        """Give a project another name."""
        said: Project = self._wire.patch(f"/projects/{project_id}", {"name": name})
        return said

    def archive(self, project_id: int) -> Project:
        """Put a project away; nothing of it is deleted."""
        said: Project = self._wire.post(f"/projects/{project_id}/archive")
        return said

    def restore(self, project_id: int) -> Project:
        """Take a project back out of the archive."""
        said: Project = self._wire.post(f"/projects/{project_id}/restore")
        return said


class Datasets:
    """The datasets of a project."""

    def __init__(self, wire: Wire) -> None:
        self._wire = wire

    def list(self, project_id: int) -> Iterator[Dataset]:
        """By id."""
        return self._wire.pages(f"/projects/{project_id}/datasets", limit=200)

    def create(self, project_id: int, name: str, *, all_inputs: bool = False, origin: str | None = None) -> Dataset:
        """Make a dataset, empty or with all inputs of the project. Raises Conflict for a name that is taken.

        With `origin`, the place that its inputs come from, the answer is the dataset of that place if there is one; a
        new one gets a number after its name where that is taken.
        """
        body = {"name": name, "all_inputs": all_inputs, **({} if origin is None else {"origin": origin})}
        said: Dataset = self._wire.post(f"/projects/{project_id}/datasets", body)
        return said

    def named(self, project_id: int, name: str, *, make: bool = True) -> Dataset:
        """The dataset of this name, made if it is not there. Raises NotFound instead when it shall not be made."""
        create = (lambda name: self.create(project_id, name)) if make else None
        return _named(f"dataset {name!r}", name, lambda: self.list(project_id), create)

    def rename(self, project_id: int, dataset_id: int, name: str) -> Dataset:
        """Give a dataset another name."""
        said: Dataset = self._wire.patch(f"/projects/{project_id}/datasets/{dataset_id}", {"name": name})
        return said

    def delete(self, project_id: int, dataset_id: int) -> None:
        """Delete a dataset that no task uses; its inputs stay."""
        self._wire.delete(f"/projects/{project_id}/datasets/{dataset_id}")


class Concepts:
    """The concepts of a project."""

    def __init__(self, wire: Wire) -> None:
        self._wire = wire

    def list(self, project_id: int) -> Iterator[Concept]:
        """By id."""
        return self._wire.pages(f"/projects/{project_id}/concepts", limit=200)

    def create(self, project_id: int, name: str) -> Concept:
        """Make a concept. Raises Conflict for a name that is taken."""
        said: Concept = self._wire.post(f"/projects/{project_id}/concepts", {"name": name})
        return said

    def rename(self, project_id: int, concept_id: int, name: str) -> Concept:
        """Give a concept another name, everywhere at once."""
        said: Concept = self._wire.patch(f"/projects/{project_id}/concepts/{concept_id}", {"name": name})
        return said

    def delete(self, project_id: int, concept_id: int) -> None:
        """Delete a concept that no task uses."""
        self._wire.delete(f"/projects/{project_id}/concepts/{concept_id}")


class Members:
    """The members of a project."""

    def __init__(self, wire: Wire) -> None:
        self._wire = wire

    def list(self, project_id: int) -> Iterator[Member]:
        """By name."""
        return self._wire.pages(f"/projects/{project_id}/members")

    def add(self, project_id: int, name: str, role: Role) -> Invited:
        """Add a person. One who has no password yet gets a token that lets them in once; add them again for another."""
        said: Invited = self._wire.post(f"/projects/{project_id}/members", {"name": name, "role": role})
        return said

    def change(self, project_id: int, person_id: int, role: Role) -> None:
        """Give a member another role; only owners make and unmake owners and admins."""
        self._wire.patch(f"/projects/{project_id}/members/{person_id}", {"role": role})

    def remove(self, project_id: int, person_id: int) -> None:
        """Take a member out of the project, or leave it; what they did stays."""
        self._wire.delete(f"/projects/{project_id}/members/{person_id}")


class Tokens:
    """One's own access tokens. A token makes no other one: that is done on the page Profile."""

    def __init__(self, wire: Wire) -> None:
        self._wire = wire

    def list(self) -> Iterator[Token]:
        """All of them, without their texts."""
        return self._wire.pages("/tokens")

    def delete(self, token_id: int) -> None:
        """Make a token void, at once."""
        self._wire.delete(f"/tokens/{token_id}")


def _named(what: str, name: str, every: Callable[[], Iterable[T]], make: Callable[[str], T] | None) -> T:
    def found() -> T | None:
        return next((one for one in every() if one["name"] == name), None)

    if (there := found()) is not None:
        return there
    if make is None:
        raise NotFound(f"There is no {what}.")
    try:
        return make(name)
    except Conflict:  # somebody was quicker, or it is not one's own
        if (there := found()) is not None:
            return there
        raise
