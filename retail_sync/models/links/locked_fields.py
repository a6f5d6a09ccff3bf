"""Fields that a platform owns are read-only where linked records are edited: an edit would be taken back."""

from typing import Any

from odoo import api, fields, models

from ...domain.reconcile.field_case import REMOTE
from . import lookups
from .sync_mixin import INTERNAL

# Views in which people edit records.
_EDITED_IN = ("form", "list")


class RetailSyncMixin(models.AbstractModel):
    """A linked record says which of its fields its platform owns."""

    _inherit = "retail.sync.mixin"

    sync_locked = fields.Char(
        compute="_compute_sync_locked",
        compute_sudo=True,
        groups=INTERNAL,
        help="Names of the fields that a platform owns, between commas: forms show them read-only.",
    )
    sync_locked_text = fields.Char(
        "Owned by the platform",
        compute="_compute_sync_locked",
        compute_sudo=True,
        groups=INTERNAL,
        help="These fields are changed on the platform: an edit in Odoo would be replaced.",
    )

    def _compute_sync_locked(self) -> None:
        links = lookups.primary_links(self.env, None, self._name, self.ids, main=True)
        links = links.filtered(lambda link: link.state in ("in_sync", "attention"))
        columns_of = {stream: self._sync_owned_columns(stream) for stream in links.stream_id}
        by_record = links.grouped("res_id")
        for record in self:
            found = by_record.get(record.id, links.browse())
            columns = sorted(set().union(*(columns_of[link.stream_id] for link in found if link.stream_id)))
            labels = [record._fields[name].get_description(self.env, ["string"])["string"] for name in columns]
            record.sync_locked = f",{','.join(columns)}," if columns else False
            record.sync_locked_text = ", ".join(dict.fromkeys(labels)) or False

    @api.model
    def _sync_owned_columns(self, stream: models.BaseModel) -> set[str]:
        """Return the columns of this model that the platform of a stream owns and sends."""
        if not stream.active or stream.state != "live" or not stream._takes_in():
            return set()
        entity = stream._entity()
        rules = self.env["retail.sync.ownership.rule"]._for(stream.connection_id, stream.entity)
        owned = {name for name, rule in rules.items() if rule.owner == REMOTE}
        names = entity._expand_names(owned) & stream._mapped_fields()
        return entity._columns_of(names) & set(self._fields)

    @api.model
    def _sync_lockable(self) -> tuple[str, ...]:
        """Return the columns that some stream of this model may lock, sorted."""
        entities = self.env["retail.sync.entity"]._of_model(self._name)
        streams = self.env["retail.sync.stream"].sudo().search([("entity", "in", entities)])
        return tuple(sorted(set().union(*(self._sync_owned_columns(stream) for stream in streams))))

    @api.model
    def _get_view_cache_key(self, view_id: Any = None, view_type: str = "form", **options: Any) -> Any:
        """A form and a list depend on which fields platforms own."""
        key = super()._get_view_cache_key(view_id, view_type, **options)
        return (*key, self._sync_lockable()) if view_type in _EDITED_IN else key

    @api.model
    def _get_view(self, view_id: Any = None, view_type: str = "form", **options: Any) -> Any:
        """Make the fields that a platform owns read-only on records that are linked to it.

        In forms, in lists that are edited in place or for several records at once, and in the forms and lists of such
        records within the form of another one.
        """
        arch, view = super()._get_view(view_id, view_type, **options)
        if view_type not in _EDITED_IN:
            return arch, view
        lockable = set(self._sync_lockable())
        _lock(arch, lockable)
        for node in arch.iter("field"):
            field = self._fields.get(node.get("name")) if _depth(node) == 0 else None
            if field is not None and field.relational and field.comodel_name == self._name:
                for nested in node.iterchildren(*_EDITED_IN):
                    _lock(nested, lockable)
        return arch, view


def _depth(node: Any) -> int:
    """Return how many fields a node of a view is nested in."""
    return sum(1 for _ancestor in node.iterancestors("field"))


def _lock(root: Any, lockable: set[str]) -> None:
    """Make fields of one form or list read-only where the record says that its platform owns them."""
    if root.tag == "list" and not (root.get("editable") or root.get("multi_edit")):
        return
    edited = [node for node in root.iter("field") if _depth(node) == _depth(root)]
    locked = [node for node in edited if node.get("name") in lockable and node.get("readonly") not in ("1", "True")]
    for node in locked:
        condition = f"sync_locked and ',{node.get('name')},' in sync_locked"
        held = node.get("readonly")
        node.set("readonly", f"({held}) or ({condition})" if held and held not in ("0", "False") else condition)
    if locked and not any(node.get("name") == "sync_locked" for node in edited):
        hidden = "column_invisible" if root.tag == "list" else "invisible"
        root.append(root.makeelement("field", {"name": "sync_locked", hidden: "1"}))
