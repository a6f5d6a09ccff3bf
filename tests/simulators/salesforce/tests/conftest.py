import pytest

from tests.simulators.salesforce.org import Org


@pytest.fixture
def org():
    """An org without its server."""
    made = Org(base_url="https://localhost")
    made.clock.freeze(1_780_000_000)
    made.reset_data()
    yield made
    made.bulk_worker.stop()


@pytest.fixture
def select(org):
    """Runs SOQL as the integration user and returns the shaped records, or the plain count."""

    def run(text, user="integration", deleted=False):
        result = org.executor(org.context(user), deleted).run(text)
        return result.total if result.counts_only else [result.shape(row) for row in result.rows]

    return run
