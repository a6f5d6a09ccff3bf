from .models.policy import policy_version
from .models.requests.protection import GUARD


def uninstall_hook(env):
    """Take away what the removal of models and data alone would stumble over.

    The triggers of the audit and of policies refuse that rows are deleted, and jobs of models that are gone would fail
    one by one.
    """
    GUARD.remove(env)
    policy_version.GUARD.remove(env)
    names = ["retail.sync.actions.jobs", "retail.sync.refund", "retail.sync.money.jobs", "retail.sync.goods_back.jobs"]
    env["queue.job"].search([("model_name", "in", names)]).unlink()
