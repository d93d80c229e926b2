"""Every route of the API: who may call it, what to send, what it then answers. A route without a row fails.

To add a route, add a row. Its key is as the OpenAPI has it. `needs` is the least role, `operator`, `signed in` or
`nothing`, and has to be what the route declares (server/access.py). Each id in a path needs a maker in tests/world.py.
With a row all of this is tested: nobody is answered 401; a stranger 404; a role below `needs` 403; any other role
`answer`; ids of another project in place of each id of the path, or in the body (`foreign`), 404.

`body` and `foreign` make the JSON to send from ids of the right and of the other project; `files` makes a multipart
body; `query` is added to the path. `answer` None: it does not end (events); what it answers is tested elsewhere.
"""

import itertools
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from world import Ids


@dataclass(frozen=True)
class Row:
    """What is expected of a route."""

    needs: str
    answer: int | None = 200
    body: Callable[[Ids], Any] | None = None
    foreign: Callable[[Ids], Any] | None = None
    files: Callable[[Ids], Any] | None = None
    query: str = ""


_numbers = itertools.count(1)


def _named(ids: Ids) -> Any:
    return {"name": f"named {next(_numbers)}"}


def _key() -> str:
    return f"key-{next(_numbers):08}"


def _card(ids: Ids) -> Any:
    card = f'name: m{next(_numbers)}\nruntime: "null"\nlicence: MIT\nmakes: class\nreads: text\nconcepts: [a, b]\n'
    return [("files", ("card.yaml", card.encode()))]


def _new_task(ids: Ids) -> Any:
    ids["input_id"]
    return {"model": "null", "dataset_id": ids["dataset_id"], "thresholds": LIMITS}


PROJECT = "/api/v1/projects/{project_id}"
INPUTS, TASKS = f"{PROJECT}/inputs", f"{PROJECT}/tasks"
TASK = f"{TASKS}/{{task_id}}"
VERSIONS = f"{PROJECT}/datasets/{{dataset_id}}/versions"
LIMITS = {"lower": 0.4, "upper": None}

ROUTES: dict[str, Row] = {
    "GET /api/v1/session": Row("signed in"),
    "POST /api/v1/session": Row("nothing", 401, lambda ids: {**_named(ids), "password": "wrong"}),
    "DELETE /api/v1/session": Row("signed in", 204),
    "PUT /api/v1/session/password": Row("signed in", 403, lambda _: {"new": "correct horse"}),  # not with a token
    "PATCH /api/v1/session": Row("signed in", None, _named),  # the owner of the machine may not: see test_activity
    "PUT /api/v1/session/muted": Row("signed in", 200, lambda _: {"muted": ["finished"]}),
    "GET /api/v1/notifications": Row("signed in"),
    "GET /api/v1/notifications/count": Row("signed in"),
    "POST /api/v1/notifications/read": Row("signed in", 200, lambda _: {}),
    "GET /api/v1/tokens": Row("signed in"),
    "POST /api/v1/tokens": Row("signed in", 403, lambda _: {"name": "mine"}),  # not with a token
    "DELETE /api/v1/tokens/{token_id}": Row("signed in", 404),  # somebody else's: one's own is in test_session
    "GET /api/v1/projects": Row("signed in"),
    "POST /api/v1/projects": Row("signed in", 201, _named),
    "GET /api/v1/projects/{project_id}": Row("viewer"),
    "PATCH /api/v1/projects/{project_id}": Row("owner", 200, _named),
    "POST /api/v1/projects/{project_id}/archive": Row("owner"),
    "POST /api/v1/projects/{project_id}/restore": Row("owner"),
    "GET /api/v1/projects/{project_id}/members": Row("viewer"),
    "POST /api/v1/projects/{project_id}/members": Row("admin", 201, lambda ids: {**_named(ids), "role": "viewer"}),
    "PATCH /api/v1/projects/{project_id}/members/{person_id}": Row("admin", 200, lambda _: {"role": "labeler"}),
    "DELETE /api/v1/projects/{project_id}/members/{person_id}": Row("viewer", None),  # oneself: see test_members
    "GET /api/v1/projects/{project_id}/datasets": Row("viewer"),
    "POST /api/v1/projects/{project_id}/datasets": Row("admin", 201, _named),
    "PATCH /api/v1/projects/{project_id}/datasets/{dataset_id}": Row("admin", 200, _named),
    "DELETE /api/v1/projects/{project_id}/datasets/{dataset_id}": Row("admin", 204),
    f"GET {PROJECT}/activity": Row("viewer"),
    f"GET {PROJECT}/annotations/{{annotation_id}}/story": Row("viewer"),
    f"GET {VERSIONS}": Row("viewer"),
    f"GET {VERSIONS}/{{version_id}}/export": Row("viewer", query="?format=jsonl"),
    f"DELETE {VERSIONS}/{{version_id}}": Row("admin", 204),
    "GET /api/v1/projects/{project_id}/concepts": Row("viewer"),
    "POST /api/v1/projects/{project_id}/concepts": Row("admin", 201, _named),
    "PATCH /api/v1/projects/{project_id}/concepts/{concept_id}": Row("admin", 200, _named),
    "DELETE /api/v1/projects/{project_id}/concepts/{concept_id}": Row("admin", 204),
    "GET /api/v1/models": Row("signed in"),
    "POST /api/v1/models": Row("operator", 201, files=_card),
    "GET /api/v1/models/{name}": Row("signed in"),
    "GET /api/v1/projects/{project_id}/models": Row("viewer"),
    "POST /api/v1/projects/{project_id}/models": Row("admin", 201, files=_card),
    "GET /api/v1/projects/{project_id}/models/{name}": Row("viewer"),
    "GET /api/v1/projects/{project_id}/models/{name}/mapping": Row("viewer"),
    "GET /api/v1/projects/{project_id}/models/{name}/speed": Row("viewer"),
    "POST /api/v1/trials": Row(
        "signed in", 422, files=_card
    ),  # nothing to try is named: what is tried is in test_trials
    "POST /api/v1/projects/{project_id}/trials": Row(
        "labeler", 422, lambda _: {"model": "null"}, lambda theirs: {"model": "null", "inputs": [theirs["input_id"]]}
    ),
    f"GET {INPUTS}": Row("viewer"),
    f"POST {INPUTS}": Row("admin", 201, files=lambda _: [("files", ("a.txt", b"some text"))]),
    f"GET {INPUTS}/count": Row("viewer"),
    f"POST {INPUTS}/delete": Row("admin", 200, lambda ids: {"ids": [ids["input_id"]]}),
    f"GET {INPUTS}/{{input_id}}": Row("viewer"),
    f"DELETE {INPUTS}/{{input_id}}": Row("admin", 204),
    f"GET {INPUTS}/{{input_id}}/file": Row("viewer"),
    f"GET {INPUTS}/{{input_id}}/thumbnail": Row("viewer", 404),  # a text has none
    f"POST {PROJECT}/texts": Row(
        "admin", 201, lambda _: {"text": "some text"}, lambda ids: {"text": "a", "dataset_id": ids["dataset_id"]}
    ),
    f"GET {PROJECT}/import-folders": Row("admin"),
    f"GET {PROJECT}/imports": Row("admin"),
    f"POST {PROJECT}/imports": Row("admin", 404, lambda _: {"folder": "/nowhere"}),  # test_uploads imports
    f"GET {PROJECT}/imports/{{import_id}}": Row("admin"),
    f"GET {PROJECT}/events": Row("viewer", None),
    "GET /api/v1/tasks": Row("signed in"),
    f"GET {TASKS}": Row("viewer"),
    f"POST {TASKS}": Row("admin", 201, _new_task, _new_task),
    f"GET {TASK}": Row("viewer"),
    f"GET {TASK}/report": Row("viewer"),
    f"PATCH {TASK}": Row("admin", 200, _named),
    f"DELETE {TASK}": Row("admin", 204, query="?annotations=delete"),
    f"GET {TASK}/people": Row("viewer"),
    f"POST {TASK}/versions": Row("admin", 409, lambda _: {}),  # nothing of it is through: see test_versions
    f"POST {TASK}/pause": Row("admin"),
    f"POST {TASK}/retry": Row("admin"),
    f"POST {TASK}/resume": Row("admin"),
    f"POST {TASK}/cancel": Row("admin"),
    f"POST {TASK}/apply": Row("admin", 200, lambda _: LIMITS),
    f"GET {TASK}/concepts": Row("viewer"),
    f"GET {TASK}/histograms": Row("viewer"),
    f"POST {TASK}/preview": Row("viewer", 200, lambda _: LIMITS),
    f"GET {TASK}/samples": Row("viewer", query="?concept=null-1&near=0.5"),
    f"GET {TASK}/failures": Row("viewer"),
    f"GET {TASK}/review": Row("reviewer"),
    f"GET {TASK}/review/groups": Row("reviewer"),
    f"POST {TASK}/review/bulk": Row("reviewer", 200, lambda _: {"key": _key(), "action": "approve"}),
    f"GET {TASK}/review/regions": Row("reviewer", query="?concept=null-1"),
    f"POST {TASK}/review/regions": Row("reviewer", 200, lambda _: {"key": _key(), "accept": []}),
    # nothing waits for those who ask: what does is in test_review
    f"GET {TASK}/review/{{input_id}}": Row("reviewer", 409),
    f"POST {TASK}/review/{{input_id}}": Row("reviewer", 409, lambda _: {"key": _key(), "seen": 0, "action": "approve"}),
    f"POST {PROJECT}/activity/{{activity_id}}/undo": Row("labeler", 403),  # somebody else's
    # who asks is no labeler of the task: what those may is in test_label
    f"POST {TASK}/label/next": Row("labeler", 403, lambda _: {}),
    f"GET {TASK}/label/submitted": Row("labeler"),
    f"GET {TASK}/label/{{input_id}}": Row("labeler", 403),
    f"POST {TASK}/label/{{input_id}}": Row("labeler", 403, lambda _: {"key": _key(), "seen": 0}),
    f"POST {TASK}/label/{{input_id}}/lease": Row("labeler", 403),
    f"DELETE {TASK}/label/{{input_id}}/lease": Row("labeler", 204),
    f"GET {TASK}/label/{{input_id}}/help": Row("labeler", 403),
    f"GET {TASK}/export": Row("viewer", query="?format=jsonl"),
}
