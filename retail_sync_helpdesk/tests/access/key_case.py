"""Keys of the agent API for tests."""

from odoo import Command

PREFIX = "retail_sync_helpdesk."


class KeyMixin:
    """Makes keys with their secrets."""

    @classmethod
    def make_key(cls, *scopes, **values):
        """Return a key with scopes; without any, it has all of them."""
        found = cls.env["retail.sync.api.scope"].search([("code", "in", scopes)] if scopes else [])
        return cls.env["retail.sync.api.key"].create(
            {
                "name": "Test desk",
                "owner_id": cls.env.ref("base.user_admin").id,
                "scope_ids": [Command.set(found.ids)],
                **values,
            }
        )

    @classmethod
    def secret_of(cls, key):
        """Make the secret of a key and return it."""
        return key.action_issue()["context"]["default_key"]
