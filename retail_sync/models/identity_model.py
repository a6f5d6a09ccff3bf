from odoo import api, fields, models

from ..domain.identity.default_model import DEFAULT_MODEL
from ..domain.identity.model import Model


class RetailSyncIdentityModel(models.Model):
    """A version of the weights by which identity decides; the shipped ones where no version is active."""

    _name = "retail.sync.identity.model"
    _description = "Identity weights"
    _order = "id desc"

    name = fields.Char(required=True, help="What these weights are called in lists.")
    state = fields.Selection(
        [("draft", "Draft"), ("active", "Active"), ("retired", "Retired")],
        default="draft",
        required=True,
        help="Decisions are made by the active version; the weights that ship with the app where there is none.",
    )
    data = fields.Json(required=True, help="The weights as the engine reads them.")

    _active_uniq = models.UniqueIndex("(state) WHERE state = 'active'", "Another version is active already.")

    @api.model
    def _active(self):
        """Return the Model by which decisions are made."""
        active = self.search([("state", "=", "active")], limit=1)
        return Model.from_json(active.data) if active else DEFAULT_MODEL
