import pytest

from tests.simulators.zendesk.account import Account
from tests.simulators.zendesk.journal import Actor
from tests.simulators.zendesk.ticket_writer import TicketWriter


@pytest.fixture
def account():
    """An account without its server; its clock stands."""
    made = Account()
    made.clock.freeze(1_779_270_272)
    yield made
    made.hub.reset()


@pytest.fixture
def writer(account):
    """Writes tickets as the integration user."""
    return TicketWriter(account, Actor(account.users["integration"]))
