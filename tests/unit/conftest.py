"""Loads the pure parts of the addons without Odoo.

An addon's own ``__init__`` imports its Odoo models. A stub parent with the addon's path stands in for it, so that
``retail_sync.domain`` and ``retail_sync_salesforce.client`` import as what they are: plain Python.
"""

import os
import sys
import types
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings
from hypothesis.configuration import set_hypothesis_home_dir

ROOT = Path(__file__).resolve().parents[2]

# Examples that failed once are tried first the next time; they are kept with all else that is not part of the project.
set_hypothesis_home_dir(ROOT / ".local" / "hypothesis")

settings.register_profile(
    "unit",
    max_examples=int(os.environ.get("HYPOTHESIS_MAX_EXAMPLES", "60")),
    deadline=None,  # a busy machine must not fail a right answer
    suppress_health_check=[HealthCheck.too_slow],
)
settings.load_profile("unit")


def _stub_addon(name: str) -> None:
    if name in sys.modules:
        return
    stub = types.ModuleType(name)
    stub.__path__ = [str(ROOT / name)]
    stub.__package__ = name
    sys.modules[name] = stub


for _addon in ("retail_sync", "retail_sync_salesforce", "retail_sync_helpdesk"):
    _stub_addon(_addon)


@pytest.fixture(scope="session", autouse=True)
def _odoo_stays_out():
    """The pure parts are pure: running their tests must not have loaded Odoo."""
    before = "odoo" in sys.modules
    yield
    if "odoo" in sys.modules and not before:
        pytest.fail("A pure Python part of an addon has imported Odoo.")
