"""A server with an addon of the tests, from the folder `addons`."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from pathlib import Path

from setup.lib import environment, paths
from tests.stack import Stack


@contextlib.contextmanager
def stack_with(addon: str) -> Iterator[Stack]:
    """A server with a database of its own, in which an addon of the tests is installed."""
    with environment.opened() as opened:
        folders = [str(paths.ROOT), str(Path(__file__).parent / "addons")]
        folders += [opened.source.addons] if opened.source.addons else []
    with Stack(addon, simulator=True, options={"addons_path": ",".join(folders)}) as running:
        running.rpc("ir.module.module", "update_list", [])
        [module] = running.rpc("ir.module.module", "search", [[["name", "=", addon]]])
        running.rpc("ir.module.module", "button_immediate_install", [[module]])
        running.restart()
        yield running
