from .models.policy import policy_version
from .models.requests.protection import GUARD


def uninstall_hook(env):
    """Take away what the removal of models and data alone would stumble over.

    The triggers of the audit and of policies refuse that rows are deleted, and jobs of models that are gone would fail
    one by one.
    """
    GUARD.remove(env)
    policy_version.GUARD.remove(env)
    # The policy of the addon goes with its data, and its versions hold it.
    env.cr.execute("DELETE FROM retail_sync_policy_version")
    names = ["actions.jobs", "refund", "money.jobs", "goods_back.jobs", "desk.jobs"]
    env["queue.job"].search([("model_name", "in", [f"retail.sync.{name}" for name in names])]).unlink()
