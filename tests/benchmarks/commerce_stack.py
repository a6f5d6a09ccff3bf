"""A server, an org with the package, and a connection whose streams of commerce are live."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator

from setup.lib.bench import BenchContext
from tests.end_to_end import commerce
from tests.end_to_end.two_way import BothWays

from .loads import connected, load_all


@contextlib.contextmanager
def commerce_connection(
    ctx: BenchContext, name: str, jobs: int = 2, accounts: int = 60, contacts: int = 60, **settings
) -> Iterator[BothWays]:
    """A loaded connection whose streams of commerce write; at rest."""
    with connected(ctx, name, accounts, contacts, jobs=jobs, kind=BothWays, **settings) as connection:
        load_all(connection)
        connection.quiet(timeout=600)
        commerce.begin(connection)
        yield connection
