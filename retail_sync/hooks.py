def uninstall_hook(env):
    """Take away what the removal of models and data alone would stumble over.

    Connections hold the integration user, so it could not be deleted before them; and
    jobs of models that are gone would fail one by one.
    """
    env["retail.sync.capture"]._remove()
    env["retail.sync.identity.index"]._remove()
    env["queue.job"].search([("model_name", "=like", "retail.sync.%")]).unlink()
    env["retail.sync.connection"].with_context(active_test=False).search([]).unlink()
