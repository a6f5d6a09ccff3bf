from odoo import http
from odoo.http import request

from ..models.desk.consent import PATH


class DeskConsentController(http.Controller):
    """Where a desk sends the browser of a user who agreed."""

    @http.route(PATH, type="http", auth="user", methods=["GET"], readonly=False)
    def authorized(self, state: str = "", code: str = "", **_kwargs: str) -> http.Response:
        """Take the desk's answer and show the connection again."""
        connection = request.env["retail.sync.connection"]._desk_authorized(state, code)
        return request.redirect(f"/odoo/{connection._name}/{connection.id}")
