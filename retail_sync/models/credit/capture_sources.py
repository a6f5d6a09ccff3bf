from collections import defaultdict
from collections.abc import Collection

from odoo import api, models
from odoo.api import Environment
from odoo.tools import SQL

from ..outbox.change_source import DEFAULT, PER_COMPANY, ChangeSource, Hop
from .constants import BLOCK_NAMES, COMMERCIAL_NAMES, CREDIT_NAMES, ORDER_NAMES, ROLLUP_NAMES


class RetailSyncEntityCustomer(models.AbstractModel):
    """Declare which journal items, orders and customers change the credit, block, terms or orders of a customer."""

    _inherit = "retail.sync.entity.customer"

    @api.model
    def _change_sources(self) -> list[ChangeSource]:
        line_columns = ("amount_residual", "parent_state", "date_maturity", "partner_id", "reconciled")
        return [
            *super()._change_sources(),
            # An item without an open amount (income, tax, stock) never changes the credit.
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
            # A contact that moves to another company takes over its credit.
            ChangeSource(
                "res_partner",
                "id",
                ("commercial_partner_id",),
                "res.partner",
                tuple(sorted(COMMERCIAL_NAMES | ROLLUP_NAMES)),
            ),
            *self._named_sources(),
            ChangeSource(
                "sale_order",
                "partner_id",
                # The status of deliveries changes when an order opens again: its quantity is raised after all has left,
                # or an exchange goes out. A source on moves would be asked for each line that is confirmed.
                ("state", "partner_id", "date_order", "delivery_status"),
                "res.partner",
                ("first_order", *ORDER_NAMES),
            ),
        ]

    @api.model
    def _named_sources(self) -> list[ChangeSource]:
        """Return the sources of values behind a name or a default: a renamed payment term, a default credit limit."""
        sources = [
            ChangeSource(table, "id", ("name",), "res.partner", names, hops=(Hop("res_partner", *hop, PER_COMPANY),))
            for table, names, hop in (
                ("account_payment_term", ("payment_terms",), ("property_payment_term_id", "id")),
                ("account_fiscal_position", ("tax_class",), ("property_account_position_id", "id")),
            )
        ]
        for column, names in (
            ("property_payment_term_id", ("payment_terms",)),
            ("property_account_position_id", ("tax_class",)),
            ("credit_limit", ("credit_limit", "credit_state")),
        ):
            field = self.env["ir.model.fields"]._get("res.partner", column)
            sources.append(
                ChangeSource(
                    "ir_default",
                    "field_id",
                    ("json_value", "company_id", "user_id", "condition"),
                    "res.partner",
                    names,
                    hops=(Hop("res_partner", column, "id", DEFAULT),),
                    conditions={"field_id": (str(field.id),)},
                )
            )
        return sources


def affected_of(env: Environment, partner_ids: Collection[int]) -> dict[int, set[int]]:
    """Return {partner id: ids of all partners whose commercial values a change of this partner may change}.

    These are its commercial entity, and the linked contacts and addresses of that entity, archived ones included.
    Runs one query; deleted partners are left out.
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
    affected_ids: dict[int, set[int]] = defaultdict(set)
    for source, partner in rows:
        affected_ids[source].add(partner)
    return dict(affected_ids)


def affected(env: Environment, partner_ids: Collection[int]) -> set[int]:
    """Return the ids of all partners whose commercial values a change of any of these partners may change."""
    return set().union(*affected_of(env, partner_ids).values())
