from typing import Any, Self

from odoo import api, fields, models
from odoo.exceptions import ValidationError
from odoo.fields import Domain

from ...domain.commerce.intake_routing import RouteRule
from ...runtime.erasure import Erasure


class RetailSyncOrderRoute(models.Model):
    """Which company, warehouse, team and pricelist take an incoming order. The first rule that fits counts."""

    _name = "retail.sync.order.route"
    _description = "Routing rule of incoming orders"
    _erasure = Erasure(why="Configuration.")
    _order = "sequence, id"

    name = fields.Char(required=True, help="What staff call this rule.")
    active = fields.Boolean(default=True)
    sequence = fields.Integer("Priority", default=10, help="The rule with the lowest number that fits counts.")
    connection_id = fields.Many2one(
        "retail.sync.connection",
        ondelete="cascade",
        index="btree_not_null",
        help="Only orders of this connection. Empty: of all connections.",
    )
    brand = fields.Char(help="Only orders of this brand, as the platform names it. Empty: of any.")
    region = fields.Char(help="Only orders of this region, as the platform names it. Empty: of any.")
    country_id = fields.Many2one("res.country", help="Only deliveries to this country. Empty: to any.")
    company_id = fields.Many2one(
        "res.company",
        required=True,
        default=lambda self: self.env.company,
        index=True,
        help="Company that sells. The connection must serve it: orders for other companies become exceptions.",
    )
    warehouse_id = fields.Many2one(
        "stock.warehouse", domain="[('company_id', '=', company_id)]", help="Warehouse that delivers."
    )
    team_id = fields.Many2one(
        "crm.team", "Sales team", domain="['|', ('company_id', '=', False), ('company_id', '=', company_id)]"
    )
    pricelist_id = fields.Many2one(
        "product.pricelist",
        domain="['|', ('company_id', '=', False), ('company_id', '=', company_id)]",
        help="Prices are compared with this pricelist where it has the currency of the order. Empty: the customer's.",
    )

    @api.constrains("company_id", "warehouse_id", "team_id", "pricelist_id")
    def _check_companies(self) -> None:
        for route in self:
            for record in (route.warehouse_id, route.team_id, route.pricelist_id):
                if record.company_id and record.company_id != route.company_id:
                    raise ValidationError(
                        self.env._(
                            "%(record)s belongs to another company than the rule. Choose one of %(company)s.",
                            record=record.display_name,
                            company=route.company_id.display_name,
                        )
                    )

    @api.model_create_multi
    def create(self, vals_list: list[dict[str, Any]]) -> Self:
        routes: Self = super().create(vals_list)
        routes._check_connection()
        return routes

    def write(self, vals: dict[str, Any]) -> bool:
        result: bool = super().write(vals)
        if "connection_id" in vals:
            self._check_connection()
        return result

    def _check_connection(self) -> None:
        """Check that the user may see the connection: the record rule knows the company of a rule alone.

        :raises AccessError: the connection is another company's
        """
        if not self.env.su:
            self.sudo().connection_id.sudo(False).check_access("read")

    @api.model
    def _for(self, connection: models.BaseModel) -> Self:
        """Return the rules that count for a connection, in their order.

        A rule for all connections leaves those of other companies alone: who makes it may see its own company only.
        """
        domain = Domain("connection_id", "=", connection.id)
        for_all = Domain("connection_id", "=", False)
        if connection.company_id:
            for_all &= Domain("company_id", "=", connection.company_id.id)
        return self.sudo().with_context(active_test=True).search(domain | for_all, limit=1000)

    def _rules(self) -> list[RouteRule]:
        """Return the rules as plain values, in the order of the records."""
        return [
            RouteRule(route.id, route.brand or "", route.region or "", route.country_id.code or "") for route in self
        ]
