"""What a machine may give away on its own: asked and written down by each action, in the transaction of the action."""

import json
from datetime import datetime
from decimal import Decimal
from typing import Any

from odoo import fields
from odoo.api import Environment

from ...domain.control.caller import Caller
from ...domain.control.machine_caps import Spent
from ...domain.control.machine_caps import spend as spend_of
from ...domain.rules import Refusal, refusal


def spend(env: Environment, caller: Caller, action: str, amount: Decimal, company: Any) -> tuple[Refusal, ...]:
    """Return the caps that say no; where none does, what is given away is written down.

    The journal is one row that is locked and written, whatever the answer: two actions that began together would
    otherwise both see the last free place. The second one fails with a serialization error, which goes up to be tried
    again. What a transaction that is rolled back has spent was not spent.

    :param amount: what the action gives away, in the currency of the company
    :param company: ``res.company`` of the order
    """
    if not caller.machine:
        return ()
    key = env["retail.sync.api.key"].sudo().browse(caller.key_id)
    caps = tuple(cap._cap() for cap in key.cap_ids)
    if not caps or (amount > 0 and not any(cap.counts(action) for cap in caps)):
        # A machine without a cap would give away what it likes: without any, or without one that counts the action.
        return (refusal("machine_cap_count", cap="", most=0, until=""),)
    now = fields.Datetime.now()
    env["retail.sync.api.key.journal"].flush_model()
    env.cr.execute(
        "SELECT entries FROM retail_sync_api_key_journal WHERE key_id = %s FOR UPDATE", [key.id], log_exceptions=False
    )
    [(entries,)] = env.cr.fetchall()
    refused, journal = spend_of(_read(entries), caps, action, _in_currency_of(key, amount, company), now)
    env.cr.execute("UPDATE retail_sync_api_key_journal SET entries = %s WHERE key_id = %s", [_text(journal), key.id])
    env["retail.sync.api.key.journal"].invalidate_model(["entries"])
    return refused


def _in_currency_of(key: Any, amount: Decimal, company: Any) -> Decimal:
    if company.currency_id == key.currency_id:
        return amount
    converted = company.sudo().currency_id._convert(float(amount), key.currency_id, company, fields.Date.today())
    return Decimal(str(converted))


def _read(text: str | None) -> list[Spent]:
    return [
        Spent(datetime.fromisoformat(at), action, Decimal(amount)) for at, action, amount in json.loads(text or "[]")
    ]


def _text(journal: tuple[Spent, ...]) -> str:
    return json.dumps([[entry.at.isoformat(), entry.action, str(entry.amount)] for entry in journal])
