"""The chaos stage beside others: it kills PostgreSQL too, so it gets a server with copies of all databases."""

import threading

from . import postgres, stages_pure
from .environment import Environment
from .outcome import Outcome


def has_room(environment: Environment) -> bool:
    """Whether nothing of the chaos reaches other stages: without a server of its own, it has to run alone."""
    connection = environment.databases.connection
    # In a server that is not ours, sessions of its own databases are ended, and nothing is killed.
    return not connection.private or postgres.can_be_copied()


def run(environment: Environment, stop: threading.Event) -> Outcome:
    """Run the stage on a server of its own, where the other is ours."""
    connection = environment.databases.connection
    if not connection.private:
        return stages_pure.stage("chaos", stop)
    environment.addons_template()  # to be copied, not to be made once more
    with postgres.copied(connection, "pg_chaos") as variables:
        return stages_pure.stage("chaos", stop, environment=variables)
