"""Requests that a machine makes up from the OpenAPI: whatever is sent, no answer is a fault of ours."""

import json
from pathlib import Path
from typing import Any

import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from requests import Request
from world import OPERATOR, World

from labelmill.core.role import Role

PROMISED = Path(__file__).parents[3] / "web/openapi.json"
"""The OpenAPI; that the server still says the same is a check of its own, which every process would repeat here."""

EXAMPLES = 12
"""Of each operation; more with `pytest --hypothesis-seed=random` and a larger number here."""

ENDLESS = {"watch_project"}
SCHEMA = schemathesis.openapi.from_dict(json.loads(PROMISED.read_text(encoding="utf-8")))
OPERATIONS = {operation.ok().definition.raw["operationId"]: operation.ok() for operation in SCHEMA.get_all_operations()}


@pytest.mark.parametrize("name", sorted(set(OPERATIONS) - ENDLESS))
def test_no_request_makes_a_fault(shared_world: World, name: str) -> None:
    operation = OPERATIONS[name]
    ids = shared_world.fresh()

    @settings(
        max_examples=EXAMPLES,
        deadline=None,
        derandomize=True,
        database=None,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(case=operation.as_strategy(), real=st.booleans())
    def send(case: Any, real: bool) -> None:
        if real:  # made-up ids are hardly ever there, and what lies behind them would not be reached
            case.path_parameters = {one: ids[one] for one in case.path_parameters or {}}
        else:
            case.path_parameters = {**(case.path_parameters or {}), "project_id": shared_world.mine}
        told = Request(**case.as_transport_kwargs(base_url="http://localhost")).prepare()
        who = OPERATOR if operation.path.startswith("/api/v1/models") else Role.OWNER
        said = shared_world.call(who, told.method, told.url, content=told.body, headers=told.headers)
        assert said.status_code < 500, said.text
        if said.status_code >= 400:
            assert set(said.json()["error"]) == {"kind", "message"}
            assert said.status_code in {int(status) for status in operation.definition.raw["responses"]}

    send()
    shared_world.call(Role.OWNER, "POST", f"/api/v1/projects/{shared_world.mine}/restore")
