"""The Python SDK: everything that the HTTP API does, and so all that the command does, typed.

from labelmill import Client

with Client("http://127.0.0.1:8347", "lm_...") as client:
    project = client.projects.named("default")
    ...
"""

from collections.abc import Iterator
from types import TracebackType
from typing import Self

from labelmill.client.answers import Me
from labelmill.client.events import Event, events
from labelmill.client.inputs import Imports, Inputs
from labelmill.client.models import Models
from labelmill.client.projects import Concepts, Datasets, Members, Projects, Tokens
from labelmill.client.tasks import Tasks
from labelmill.client.upload import Sent
from labelmill.client.versions import Versions
from labelmill.client.wire import Wire
from labelmill.client.work import Label, Review

__all__ = ["Client", "Event", "Sent"]


class Client:
    """A Labelmill server, as whoever the token belongs to. One thread at a time; use it in `with`, or close it.

    `server` and `token` are LABELMILL_SERVER and LABELMILL_TOKEN where they are not given. Plain http to another
    machine is refused, because it shows the token to the network, unless `plain_http` says that it may.

    Answers are dictionaries as in the API, see labelmill.client.answers. What cannot be done raises BadCall, NotFound,
    Conflict or BadCard with the server's sentence; a server that cannot be reached, or is none, raises Unreachable; one
    whose database cannot go on StoreFault (all in labelmill.core.errors).
    """

    def __init__(self, server: str | None = None, token: str | None = None, *, plain_http: bool = False) -> None:
        self._wire = Wire(server, token, plain_http=plain_http)
        self.projects = Projects(self._wire)
        self.datasets = Datasets(self._wire)
        self.concepts = Concepts(self._wire)
        self.members = Members(self._wire)
        self.tokens = Tokens(self._wire)
        self.models = Models(self._wire)
        self.inputs = Inputs(self._wire)
        self.imports = Imports(self._wire)
        self.tasks = Tasks(self._wire)
        self.versions = Versions(self._wire)
        self.review = Review(self._wire)
        self.label = Label(self._wire)

    @property
    def server(self) -> str:
        """The server's address."""
        return self._wire.address

    def me(self) -> Me:
        """Whose token this is."""
        said: Me = self._wire.get("/session")
        return said

    def events(self, project_id: int) -> Iterator[Event]:
        """What happens to the tasks and imports of a project, for ever; the first events tell how things stand."""
        return events(self._wire, project_id)

    def close(self) -> None:
        """Let go of the connections."""
        self._wire.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, tb: TracebackType | None) -> None:
        self.close()
