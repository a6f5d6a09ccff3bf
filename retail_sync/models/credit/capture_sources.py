from collections import defaultdict

from odoo import api, models
from odoo.tools import SQL

from ..outbox.change_source import ChangeSource
from .constants import BLOCK_NAMES, COMMERCIAL_NAMES, CREDIT_NAMES


class RetailSyncEntityCustomer(models.AbstractModel):
    """What may change the credit of a customer, its block or its terms: rows of the books, and of the customer."""

    _inherit = "retail.sync.entity.customer"

    @api.model
    def _change_sources(self) -> list[ChangeSource]:
        line_columns = ("amount_residual", "parent_state", "date_maturity", "partner_id", "reconciled")
        return [
            *super()._change_sources(),
            # A line that never owed anything (income, tax, stock) says nothing about credit.
            ChangeSource(
                "account_move_line", "partner_id", line_columns, "res.partner", CREDIT_NAMES, amount="amount_residual"
            ),
            ChangeSource(
                "res_partner",
                "id",
                ("account_block", "account_block_reason", "account_block_until"),
                "res.partner",
                BLOCK_NAMES,
            ),
            ChangeSource("res_partner", "id", ("credit_limit",), "res.partner", ("credit_limit", "credit_state")),
            ChangeSource("res_partner", "id", ("property_payment_term_id",), "res.partner", ("payment_terms",)),
            ChangeSource("res_partner", "id", ("property_account_position_id",), "res.partner", ("tax_class",)),
            ChangeSource("res_partner", "id", ("vat", "country_id"), "res.partner", ("vat_status",)),
            # Who moves to another company takes over its credit.
            ChangeSource(
                "res_partner", "id", ("commercial_partner_id",), "res.partner", tuple(sorted(COMMERCIAL_NAMES))
            ),
            ChangeSource("sale_order", "partner_id", ("state", "partner_id"), "res.partner", ("first_order",)),
        ]


def affected_of(env, partner_ids):
    """Return {partner id: ids of all partners whose commercial values a change on it may have changed}.

    Those are its commercial entity and those of the entity's contacts and addresses that
    are linked to a platform, archived ones included. One query; partners that are
    deleted by now are left out.
    """
    if not partner_ids:
        return {}
    env["res.partner"].flush_model(["commercial_partner_id"])
    env["retail.sync.link"].flush_model(["res_model", "res_id"])
    rows = env.execute_query(
        SQL(
            """
            SELECT source.id, partner.id
              FROM res_partner source
              JOIN res_partner partner ON partner.commercial_partner_id = source.commercial_partner_id
             WHERE source.id = ANY(%s)
               AND (
                   partner.id = source.commercial_partner_id
                   OR EXISTS (
                       SELECT FROM retail_sync_link
                        WHERE res_model = 'res.partner' AND res_id = partner.id
                   )
               )
            """,
            list(partner_ids),
        )
    )
    found = defaultdict(set)
    for source, partner in rows:
        found[source].add(partner)
    return dict(found)


def affected(env, partner_ids):
    """Return the ids of all partners whose commercial values a change on any of these partners may have changed."""
    return set().union(*affected_of(env, partner_ids).values())
