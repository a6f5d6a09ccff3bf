"""What a user of a desk has agreed to: a refresh token, which each renewal of the access token replaces."""

import json

from odoo import fields, models
from odoo.api import Environment

from odoo.addons.retail_sync.runtime.constants import NO_USER
from odoo.addons.retail_sync.runtime.erasure import Erasure
from odoo.addons.retail_sync.runtime.secret_box import seal, unseal
from odoo.addons.retail_sync.runtime.transactions import run_separately

from ...client.tokens import Token


class RetailSyncDeskGrant(models.Model):
    """A row of its own: it is written in the middle of a sign-in, whatever becomes of the job that needed it."""

    _name = "retail.sync.desk.grant"
    _description = "Consent of a user of the desk"
    _erasure = Erasure(why="Holds the sealed consent of an agent, which the desk itself takes back.")
    _log_access = False

    connection_id = fields.Many2one("retail.sync.connection", required=True, readonly=True, ondelete="cascade")
    sealed = fields.Char(readonly=True, groups=NO_USER, help="The refresh token and its end.")

    _connection_uniq = models.UniqueIndex("(connection_id)")


def granted(env: Environment, connection_id: int) -> Token | None:
    """Return the refresh token that is committed now, in a token without access; None before a user agreed."""
    text: str = run_separately(env, _sealed, connection_id, read_committed=True)
    held = unseal(text)
    return Token("", **json.loads(held)) if held else None


def keep(env: Environment, connection_id: int, token: Token) -> None:
    """Store the refresh token of a sign-in; it is committed when this returns, for the former one is dead."""
    if token.refresh_token:
        held = {"refresh_token": token.refresh_token, "refresh_expires_at": token.refresh_expires_at}
        run_separately(env, _keep, connection_id, seal(json.dumps(held)), read_committed=True)


def _sealed(tx: Environment, connection_id: int) -> str:
    tx.cr.execute("SELECT sealed FROM retail_sync_desk_grant WHERE connection_id = %s", [connection_id])
    row = tx.cr.fetchone()
    return (row and row[0]) or ""


def _keep(tx: Environment, connection_id: int, sealed: str) -> None:
    tx.cr.execute(
        "INSERT INTO retail_sync_desk_grant (connection_id, sealed) VALUES (%s, %s)"
        " ON CONFLICT (connection_id) DO UPDATE SET sealed = EXCLUDED.sealed",
        [connection_id, sealed],
    )
