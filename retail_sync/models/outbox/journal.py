"""Journals that are kept of changes: the router informs them before it makes messages."""

import logging
from collections.abc import Mapping, Sequence
from typing import Any

from psycopg2 import OperationalError

from odoo import api, models
from odoo.api import Environment

from ...runtime import error_texts
from ...runtime.halving import halve
from ...runtime.transactions import lost_race
from .change_source import ChangeSource

_logger = logging.getLogger(__name__)


class RetailSyncJournal(models.AbstractModel):
    """A journal of what happens to the records of one model, kept whether or not a stream sends them.

    A journal is a model that inherits this one. While it is kept, its change sources are watched, and the router tells
    it of each change in the transaction in which the change is routed: what the journal says and what is sent from it
    commit together.
    """

    _name = "retail.sync.journal"
    _description = "Journal that is kept of changes"

    # The models of whose changes it is informed.
    _watches: tuple[str, ...] = ()

    @api.model
    def _kept(self) -> "list[RetailSyncJournal]":
        """Return the journals that are kept now."""
        names = self.pool["retail.sync.journal"]._inherit_children
        return [self.env[name] for name in sorted(names) if name in self.env and self.env[name]._is_kept()]

    @api.model
    def _is_kept(self) -> bool:
        """Return whether the journal is kept now."""
        return False

    @api.model
    def _change_sources(self) -> list[ChangeSource]:
        """Return the change sources of what the journal says; the columns of the records' own rows among them."""
        return []

    @api.model
    def _note_changes(self, model: str, changes: Mapping[int, set[str]]) -> None:
        """Bring the journal up to date with records that changed.

        Called in savepoints, with all records of a step or with some of them. Records that are gone are among them.

        :param changes: {record id: columns and names as they were captured}
        """

    @api.model
    def _note_failed(self, model: str, res_id: int, error: Exception) -> None:
        """Keep that the journal could not be brought up to date with a record, so that it is tried again."""


def note(env: Environment, model: str, changes: Sequence[tuple[Any, ...]], journals: Sequence[Any]) -> None:
    """Tell the journals of changes of a model. One record that fails stops no other, and no message.

    :param changes: as captured, without the model
    """
    watching = [journal for journal in journals if model in journal._watches]
    if not watching:
        return
    named: dict[int, set[str]] = {}
    for res_id, _op, names, *_rest in changes:
        named.setdefault(res_id, set()).update(filter(None, (names or "").split(",")))
    for journal in watching:

        def attempt(res_ids: Sequence[int], journal: Any = journal) -> None:
            with env.cr.savepoint():
                journal._note_changes(model, {res_id: named[res_id] for res_id in res_ids})

        def failed(res_id: int, error: Exception, journal: Any = journal) -> None:
            error_texts.log(_logger, logging.ERROR, error, "%s: could not note changes of %s", journal._name, res_id)
            journal._note_failed(model, res_id, error)

        halve(sorted(named), attempt, failed, passes_on=_passes_on)


def _passes_on(error: Exception) -> bool:
    """Return whether the whole step is to be run again, since no record is to blame."""
    return isinstance(error, OperationalError) or lost_race(error)
