"""Actions that methods of buttons return: dialogs, records, lists, notes, pages elsewhere."""

from collections.abc import Sequence
from typing import Any

from odoo.api import Environment

Action = dict[str, Any]


def dialog(name: str, record: Any, view: Any = None, **context: Any) -> Action:
    """Return the action that shows a record, or a new one of an empty recordset, in a dialog.

    :param name: title of the dialog
    :param view: the form view to show; the default one if it is left out
    """
    action = {
        "type": "ir.actions.act_window",
        "name": name,
        "res_model": record._name,
        "views": [[view.id if view else False, "form"]],
        "target": "new",
    }
    if record:
        action["res_id"] = record.id
    if context:
        action["context"] = context
    return action


def open_record(record: Any, **values: Any) -> Action:
    """Return the action that shows a record in its form. values: further keys of the action, as a name or a target."""
    return {
        "type": "ir.actions.act_window",
        "res_model": record._name,
        "res_id": record.id,
        "views": [[False, "form"]],
        **values,
    }


def list_of(env: Environment, xmlid: str, domain: Sequence[Any] | None = None, **values: Any) -> Action:
    """Return a stored action, with another domain if given. values: further keys of the action, as a context."""
    action = env["ir.actions.act_window"]._for_xml_id(xmlid)
    return dict(action, **({} if domain is None else {"domain": list(domain)}), **values)


def notify(text: str, attention: bool = False) -> Action:
    """Return the action that says that something succeeded, and closes the dialog it is called from.

    :param attention: whether a part did not succeed: the notice then stays until a person closes it
    """
    return {
        "type": "ir.actions.client",
        "tag": "display_notification",
        "params": {
            "message": text,
            "type": "warning" if attention else "success",
            "sticky": attention,
            "next": close(),
        },
    }


def open_url(url: str) -> Action:
    """Return the action that opens a page in a new tab."""
    return {"type": "ir.actions.act_url", "url": url, "target": "new"}


def close() -> Action:
    """Return the action that closes a dialog."""
    return {"type": "ir.actions.act_window_close"}
