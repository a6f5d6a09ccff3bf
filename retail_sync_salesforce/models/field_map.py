from odoo import fields, models


class RetailSyncFieldMap(models.Model):
    _inherit = "retail.sync.field.map"

    sf_applies_to = fields.Selection(
        [("all", "All records"), ("business", "Business accounts"), ("person", "Person accounts")],
        string="Read from",
        default="all",
        required=True,
        help="Salesforce keeps firms and, in orgs with person accounts, private customers in one object. "
        "This line is used for the one, the other or both.",
    )

    def _overlaps(self, other):
        kinds = {self.sf_applies_to, other.sf_applies_to}
        return super()._overlaps(other) and kinds != {"business", "person"}

    def _alternatives(self) -> list[str]:
        """Return the platform's field paths that this line reads; any of them may be missing."""
        self.ensure_one()
        if self.remote_path.startswith("="):
            return []
        return [part.strip() for part in self.remote_path.replace("+", "|").split("|") if part.strip()]
