"""The jsforce cases, each reported as a test of its own; node runs all of them once."""

import pytest

from . import jsforce_suite
from .node_packages import NotRunnable


@pytest.fixture(scope="session")
def outcomes(simulator, tmp_path_factory):
    workdir = tmp_path_factory.mktemp("jsforce")
    problem = None
    try:
        return jsforce_suite.run(simulator.facts, workdir)
    except NotRunnable as missing:
        problem = str(missing)
    # Outside of the handler, so that the report is the reason alone.
    pytest.fail(problem, pytrace=False)


@pytest.mark.parametrize("case", sorted(jsforce_suite.cases()))
def test_jsforce(outcomes, case):
    assert case in outcomes, f"node ran no case of this name; it ran {len(outcomes)}"
    if not outcomes[case].passed:
        pytest.fail(outcomes[case].reason, pytrace=False)


def test_jsforce_ran_nothing_unknown(outcomes):
    assert set(outcomes) == set(jsforce_suite.cases())
