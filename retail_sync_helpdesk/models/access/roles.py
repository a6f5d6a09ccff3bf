"""Which roles of the service desk methods ask for. Check them with `require` of the engine's `runtime.rights`."""

from odoo.api import Environment

from odoo.addons.retail_sync.runtime.rights import Roles


class ServiceRole(Roles):
    """Groups that methods ask for. A supervisor is an agent too, and a manager is a supervisor."""

    agent = "retail_sync_helpdesk.group_agent"
    supervisor = "retail_sync_helpdesk.group_supervisor"
    manager = "retail_sync_helpdesk.group_service_manager"
    finance = "retail_sync_helpdesk.group_refund_finance"
    override = "retail_sync_helpdesk.group_override"
    stock = "stock.group_stock_user"

    def refusal(self, env: Environment, names: str) -> str:
        return env._(
            "Your user lacks the role for this: %s. Ask a service manager or the Odoo administrator for it.", names
        )
