from typing import Any

from fastapi import FastAPI

from odoo import api, fields, models
from odoo.exceptions import ValidationError

from ...api.app import ROOT_PATH
from ...api.guard import MOST_BYTES
from .application import Answered, application
from .dispatcher import ROUTING_TYPE

APP = "retail_sync_agent"
RECORD = "retail_sync_helpdesk.endpoint_agent_api"


class FastapiEndpoint(models.Model):
    """Serve the agent API below its path."""

    _inherit = "fastapi.endpoint"

    app = fields.Selection(selection_add=[(APP, "Retail Sync agent API")], ondelete={APP: "cascade"})

    @api.constrains("app", "root_path", "save_http_session")
    def _check_agent_api(self) -> None:
        for endpoint in self:
            if endpoint.app == APP and (endpoint.root_path != ROOT_PATH or endpoint.save_http_session):
                # Its documents and errors name the path.
                raise ValidationError(
                    self.env._("The agent API is found at %s and keeps no sessions. Leave both as they are.", ROOT_PATH)
                )

    @api.model
    def _publish_agent_api(self) -> None:
        """Let servers know the path of the agent API: after each installation and upgrade, which would forget it."""
        endpoint = self.env.ref(RECORD, raise_if_not_found=False)
        if endpoint:
            endpoint.sudo().write({"registry_sync": True})

    @api.model
    def get_app(self, path: str) -> Any:
        app = super().get_app(path)
        if app and self._get_endpoint(path).app == APP:
            app.app = Answered(app.app)
        return app

    def _get_app(self) -> FastAPI:
        return application() if self.app == APP else super()._get_app()

    def _get_routing_info(self) -> dict[str, Any]:
        info: dict[str, Any] = super()._get_routing_info()
        if self.app == APP:
            # Any method reaches the application, which answers what it does not know as it answers every error.
            info.update(type=ROUTING_TYPE, methods=None, max_content_length=MOST_BYTES)
        return info
