"""Any request that the published document of the agent API allows, tried on a running server."""

from __future__ import annotations

from pathlib import Path

import pytest
import schemathesis
from hypothesis import HealthCheck, settings
from schemathesis.config import SchemathesisConfig

from .test_agent_api import ROOT, Desk

PUBLISHED = Path(__file__).resolve().parents[2] / "docs" / "agent-api.v1.json"
# Texts that only this API can have signed, and ids of records that are not there, have the right form nevertheless.
SIGNED = ["2xx", "400", "401", "403", "404", "409", "422"]
CONFIG = SchemathesisConfig.from_dict({"checks": {"positive_data_acceptance": {"expected-statuses": SIGNED}}})
SCHEMA = schemathesis.openapi.from_path(str(PUBLISHED), config=CONFIG)
# The pure tests try more of them over a service in memory; 20 were tried here, in minutes.
EXAMPLES = 5


@pytest.fixture(scope="module")
def key(stack):
    """A key that may do everything."""
    return Desk(stack)


@SCHEMA.parametrize()
@settings(max_examples=EXAMPLES, deadline=None, suppress_health_check=list(HealthCheck), derandomize=True)
def test_every_request_gets_an_answer_that_the_document_promises(key, case):
    case.call_and_validate(
        base_url=f"{key.stack.url}{ROOT}", headers={"Authorization": f"Bearer {key.secret}"}, timeout=60
    )


def test_no_request_has_failed(key):
    assert key.stack.log_problems() == []
