"""The chaos stages beside others: they kill PostgreSQL too, so each gets a server with copies of all databases."""

import threading

from . import postgres, stages_pure
from .environment import Environment
from .outcome import Outcome


def has_room(environment: Environment) -> bool:
    """Whether nothing of the chaos reaches other stages: without servers of their own, they have to run alone."""
    connection = environment.databases.connection
    # In a server that is not ours, sessions of its own databases are ended, and nothing is killed.
    return not connection.private or postgres.can_be_copied()


def run(environment: Environment, name: str, stop: threading.Event) -> Outcome:
    """Run a stage on a server of its own, where the other is ours."""
    connection = environment.databases.connection
    if not connection.private:
        return stages_pure.stage(name, stop)
    environment.addons_template()  # to be copied, not to be made once more
    with postgres.copied(connection, f"pg_{name}") as variables:
        return stages_pure.stage(name, stop, environment=variables)
