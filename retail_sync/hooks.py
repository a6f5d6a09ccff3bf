from odoo.addons.base.models.ir_model import MODULE_UNINSTALL_FLAG

from .models.audit import protection
from .models.identity import index_schema
from .models.milestone import protection as milestone_protection
from .models.operations import record_status_sql


def uninstall_hook(env):
    """Take away what the removal of models and data alone would stumble over.

    Connections hold the integration user, so it could not be deleted before them; and
    jobs of models that are gone would fail one by one.
    """
    env["retail.sync.capture"]._remove()
    index_schema.remove(env)
    protection.GUARD.remove(env)
    milestone_protection.GUARD.remove(env)
    env["queue.job"].search([("model_name", "=like", "retail.sync.%")]).unlink()
    connections = env["retail.sync.connection"].with_context(active_test=False, **{MODULE_UNINSTALL_FLAG: True})
    connections.search([]).unlink()
    # Figures are counted afresh once the connections are gone.
    env.cr.execute(record_status_sql.DROP)
