"""Fields of a connection that an adapter addon adds for its credentials. Their values are in the engine's storage."""

from typing import Any

from odoo import api

from ..runtime.constants import NO_USER
from ..runtime.secret_box import seal, unseal

MANAGER = "retail_sync.group_manager"


def store_credential(connection: Any, name: str, value: Any, secret: bool) -> None:
    """Store a credential of a connection under its declared name; an empty value removes it."""
    storage = "credential_secrets" if secret else "credential_values"
    connection = connection.sudo()
    before = connection[storage] or {}
    if value == (unseal(before.get(name)) if secret else before.get(name)) or (not value and name not in before):
        return
    after = {key: held for key, held in before.items() if key != name}
    if value:
        after[name] = seal(value) if secret else value
    connection[storage] = after or False


def credential(kind: type, name: str, *, secret: bool = False, **attributes: Any) -> Any:
    """Return a field of ``retail.sync.connection`` that reads and writes the credential of its own name, ``name``.

    ``kind``: a class of Odoo's fields, such as ``fields.Char``. A secret is readable by no user; any other credential
    by sync managers. Other arguments are those of the field.
    """
    storage = "credential_secrets" if secret else "credential_values"

    @api.depends(storage)
    def compute(connections: Any) -> None:
        for connection in connections:
            held = (connection.sudo()[storage] or {}).get(name)
            connection[name] = (unseal(held) if secret else held) or False

    def inverse(connections: Any) -> None:
        for connection in connections:
            store_credential(connection, name, connection[name], secret)

    groups = NO_USER if secret else MANAGER
    return kind(**{"compute": compute, "inverse": inverse, "groups": groups, "copy": False, **attributes})


def credential_input(kind: type, name: str, attribute: str, **attributes: Any) -> Any:
    """Return a field called ``attribute`` into which sync managers type a secret that no screen shows afterwards.

    The typed text goes to the stored secret called ``name``; an empty input keeps the secret that is stored.
    """

    def compute(connections: Any) -> None:
        for connection in connections:
            connection[attribute] = False

    def inverse(connections: Any) -> None:
        for connection in connections:
            typed = (connection[attribute] or "").strip()
            if typed:
                store_credential(connection, name, typed, True)
                connection.sudo().message_post(
                    body=connection.env._("%s entered a new secret.", connection.env.user.name)
                )
        connections.invalidate_recordset([attribute])

    return kind(**{"compute": compute, "inverse": inverse, "groups": MANAGER, "copy": False, **attributes})
