from odoo import models
from odoo.http import request


class IrHttp(models.AbstractModel):
    _inherit = "ir.http"

    @classmethod
    def _dispatch(cls, endpoint):
        """Give routes for events nothing but what their path says.

        Odoo hands over whatever stands in the query string and in forms: a name that a
        method has already ends in a server error, and any other one in the log.
        """
        path_only = endpoint.routing.get("path_only")
        if path_only:
            # Values of the path go before others of the same name.
            request.params = {name: request.params[name] for name in path_only}
        return super()._dispatch(endpoint)
