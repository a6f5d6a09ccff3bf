"""The published document of the agent API: what it promises holds for any request, and it does not change unseen."""

from __future__ import annotations

import copy
import json

import pytest
import schemathesis
from hypothesis import HealthCheck, settings
from schemathesis.config import SchemathesisConfig
from starlette.applications import Starlette
from starlette.routing import Mount

from retail_sync_helpdesk.api.app import ROOT_PATH, make_app
from retail_sync_helpdesk.api.operations import OPERATIONS, SCOPES
from retail_sync_helpdesk.domain.api.problem import PROBLEMS
from retail_sync_helpdesk.domain.service.eligibility import ACTIONS
from setup.lib import agent_api

from .stand_in import KEY, StandIn

# Texts that only this API can have signed: a made-up one has the right form, and is refused nevertheless.
SIGNED = ["2xx", "400", "401", "403", "404", "409", "422", "5xx"]
CONFIG = SchemathesisConfig.from_dict({"checks": {"positive_data_acceptance": {"expected-statuses": SIGNED}}})
APP = Starlette(routes=[Mount(ROOT_PATH, make_app(StandIn()))])
SCHEMA = schemathesis.openapi.from_asgi(f"{ROOT_PATH}/openapi.json", APP, config=CONFIG)


@SCHEMA.parametrize()
@settings(max_examples=20, deadline=None, suppress_health_check=list(HealthCheck), derandomize=True)
def test_every_request_gets_an_answer_that_the_document_promises(case):
    case.call_and_validate(headers={"Authorization": f"Bearer {KEY}"})


def document():
    return make_app(StandIn()).openapi()


def operations(found):
    return {operation["operationId"]: operation for path in found["paths"].values() for operation in path.values()}


def test_the_document_is_the_one_that_was_published():
    assert agent_api.problems() == [], "see: python -m setup.lib.agent_api --write"


def test_every_operation_of_the_table_is_published_with_its_scope_and_no_other():
    found = operations(document())
    assert found.keys() == OPERATIONS.keys()
    assert {name: operation["x-scope"] for name, operation in found.items()} == {
        name: operation.scope for name, operation in OPERATIONS.items()
    }


def test_every_scope_of_the_table_is_described_and_needed():
    needed = {operation.scope for operation in OPERATIONS.values()} - {""}
    assert needed <= SCOPES.keys()
    # These two decide what is shown, not whether an operation answers.
    assert SCOPES.keys() - needed == {"contact.read", "loyalty.read"}


def test_every_error_that_is_published_exists():
    for operation in OPERATIONS.values():
        assert set(operation.problems) <= PROBLEMS.keys()


def test_every_action_that_is_decided_can_be_asked_for():
    asked = document()["components"]["schemas"]["PreviewRequest"]["properties"]["request"]["discriminator"]["mapping"]
    assert set(ACTIONS) <= asked.keys()
    assert asked.keys() - set(ACTIONS) == {"adjust_loyalty", "resend_invoice"}


BREAKS = {
    "a path that is gone": lambda found: found["paths"].pop("/stock"),
    "an operation that is gone": lambda found: found["paths"]["/orders/{order_id}"].pop("get"),
    "a parameter that is gone": lambda found: found["paths"]["/stock"]["get"]["parameters"].pop(0),
    "a parameter that is needed now": lambda found: _parameter(found, "/stock", "alternatives").update(required=True),
    "a parameter that takes less": lambda found: _parameter(found, "/orders", "by")["schema"].update(enum=["number"]),
    "a value of answers that is gone": lambda found: _schema(found, "Shipment")["properties"].pop("tracking"),
    "a value that may be missing now": lambda found: _schema(found, "OrderRow")["required"].remove("total"),
    "a value of another type": lambda found: _schema(found, "OrderLine")["properties"].update(id={"type": "string"}),
    "a value to ask that is needed now": lambda found: _schema(found, "AskedAddress")["required"].append("zip"),
    "an action that is gone": lambda found: _actions(found).pop("replace"),
    "an answer that is gone": lambda found: found["paths"]["/stock"]["get"]["responses"].pop("200"),
    "another scope": lambda found: found["paths"]["/stock"]["get"].update({"x-scope": "stock.all"}),
}
ADDS = {
    "a path": lambda found: found["paths"].update({"/new": found["paths"]["/stock"]}),
    "a parameter": lambda found: found["paths"]["/stock"]["get"]["parameters"].append({"name": "n", "in": "query"}),
    "a value of answers": lambda found: _schema(found, "Shipment")["properties"].update(weight={"type": "string"}),
    "a value to ask": lambda found: _schema(found, "AskedAddress")["properties"].update(floor={"type": "string"}),
    "an error": lambda found: found["paths"]["/stock"]["get"]["responses"].update({"418": {}}),
    "a sentence": lambda found: found["paths"]["/stock"]["get"].update(summary="Stock"),
}


def _parameter(found, path, name):
    return next(parameter for parameter in found["paths"][path]["get"]["parameters"] if parameter["name"] == name)


def _schema(found, name):
    return found["components"]["schemas"][name]


def _actions(found):
    return _schema(found, "PreviewRequest")["properties"]["request"]["discriminator"]["mapping"]


@pytest.mark.parametrize("name", BREAKS)
def test_what_breaks_callers_is_found(name):
    old = json.loads(json.dumps(document()))
    new = copy.deepcopy(old)
    BREAKS[name](new)
    assert agent_api.breaking_changes(old, new)


@pytest.mark.parametrize("name", ADDS)
def test_what_adds_to_the_document_breaks_nothing(name):
    old = json.loads(json.dumps(document()))
    new = copy.deepcopy(old)
    ADDS[name](new)
    assert agent_api.breaking_changes(old, new) == []
