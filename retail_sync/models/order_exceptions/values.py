"""What an order, or its customer, is worth: by it, exceptions are ranked."""

from collections.abc import Sequence
from decimal import Decimal

from odoo.api import Environment
from odoo.tools import SQL

from .constants import PARAM_BASIS, PARAM_HIGH, PARAM_MEDIUM


def thresholds(env: Environment) -> tuple[Decimal, Decimal]:
    """Return from which value on an exception is of medium, and of high priority; 0: never."""
    return _amount(env, PARAM_MEDIUM), _amount(env, PARAM_HIGH)


def _amount(env: Environment, name: str) -> Decimal:
    try:
        value = Decimal(str(env["ir.config_parameter"].sudo().get_param(name) or 0))
    except ArithmeticError:
        return Decimal(0)
    return value if value.is_finite() and value > 0 else Decimal(0)


def of_orders(env: Environment, order_ids: Sequence[int]) -> dict[int, Decimal]:
    """Return {order id: value in the company's currency}, by the setting: of the order, or of its customer.

    One query. The value of a customer is what posted invoices billed, less what was credited, in the order's company.
    """
    env["sale.order"].flush_model(["amount_total", "currency_rate", "partner_id", "company_id"])
    if env["ir.config_parameter"].sudo().get_param(PARAM_BASIS) != "customer":
        rows = env.execute_query(
            SQL(
                "SELECT id, amount_total / NULLIF(currency_rate, 0) FROM sale_order WHERE id = ANY(%s)",
                list(order_ids),
            )
        )
    else:
        env["account.move"].flush_model(["state", "move_type", "amount_total_signed", "commercial_partner_id"])
        rows = env.execute_query(
            SQL(
                """
                SELECT sale.id, billed.amount
                  FROM sale_order sale
                  JOIN res_partner partner ON partner.id = sale.partner_id
                  CROSS JOIN LATERAL (
                      SELECT sum(move.amount_total_signed) AS amount
                        FROM account_move move
                       WHERE move.commercial_partner_id = partner.commercial_partner_id
                         AND move.company_id = sale.company_id AND move.state = 'posted'
                         AND move.move_type IN ('out_invoice', 'out_refund')
                  ) AS billed
                 WHERE sale.id = ANY(%s)
                """,
                list(order_ids),
            )
        )
    return {order_id: Decimal(str(amount or 0)) for order_id, amount in rows}
