"""What a change of mapping lines would mean for linked records: asked before it is saved."""

from typing import Any

from odoo import api, fields, models

from ...domain.canonical.entity_spec import MAIN
from ...runtime import rights
from ...runtime.rights import Role

READS, WRITES = ("in", "both"), ("out", "both")
SOURCE = ("remote_path", "transform", "options", "options_text", "value_map_text", "part", "canonical_field")


class RetailSyncFieldMap(models.Model):
    _inherit = "retail.sync.field.map"

    @api.model
    def get_effects(self, stream_id: int, commands: list[list[Any]]) -> list[str]:
        """Return what a person has to know before these changes are saved; none where no record is linked yet.

        :param commands: the changes of the lines, as x2many commands (create, update, delete)
        """
        rights.require_role(self.env, Role.manager)
        stream = self.env["retail.sync.stream"].browse(stream_id).exists()
        linked = self.env["retail.sync.link"].search_count(stream._mapping_links(MAIN)) if stream else 0
        if not linked:
            return []
        texts = []
        for operation, line_id, *values in commands:
            if operation == 0:
                defaults = self.default_get(["active", "part", "direction"])
                texts += self._effect(stream, linked, {"active": False}, {**defaults, **(values[0] or {})})
            elif operation in (1, 2, 3):
                line = self.browse(line_id).exists()
                before = line.read([*SOURCE, "active", "direction"])[0] if line else {"active": False}
                after = {"active": False} if operation != 1 else {**before, **(values[0] or {})}
                texts += self._effect(stream, linked, before, after)
        return list(dict.fromkeys(texts))

    @api.model
    def _effect(
        self, stream: models.BaseModel, linked: int, before: dict[str, Any], after: dict[str, Any]
    ) -> list[str]:
        """Return what one change means: before and after are the values of a line."""
        labels = dict(self._selection_canonical_field())
        was_read, is_read = _travels(before, READS), _travels(after, READS)
        same = all(before.get(name) == after.get(name) for name in SOURCE)
        found = []
        if was_read and (not is_read or before["canonical_field"] != after["canonical_field"]):
            found.append(
                self.env._(
                    "%(field)s is no longer read. The %(count)s linked records keep their values, which are not "
                    "updated any more.",
                    field=labels.get(before["canonical_field"]),
                    count=linked,
                )
            )
        if is_read and not (was_read and same) and after.get("canonical_field"):
            filled = stream._mapping_filled(after.get("part") or MAIN, after["canonical_field"])
            values = {
                "field": labels.get(after["canonical_field"]),
                "path": after.get("remote_path"),
                "count": linked,
                "filled": filled,
            }
            found.append(
                self.env._(
                    "%(field)s is read from %(path)s for %(count)s linked records. %(filled)s of them have a value in "
                    "Odoo: another value of the platform may replace it at the next read. A blank never does.",
                    **values,
                )
                if filled is not None
                else self.env._(
                    "%(field)s is read from %(path)s for %(count)s linked records. A value of the platform may replace "
                    "Odoo's at the next read. A blank never does.",
                    **values,
                )
            )
        writes = stream.direction != "in" and _travels(after, WRITES)
        if writes and not (_travels(before, WRITES) and same) and after.get("canonical_field"):
            found.append(
                self.env._(
                    "%(field)s is written to %(path)s on the platform: up to %(count)s records may be changed there.",
                    field=labels.get(after["canonical_field"]),
                    path=after.get("remote_path"),
                    count=linked,
                )
            )
        return found


class RetailSyncStream(models.Model):
    _inherit = "retail.sync.stream"

    def _mapping_links(self, part: str) -> fields.Domain:
        """Return the domain of the links that mapping lines of a part have an effect on."""
        return fields.Domain(
            [
                ("stream_id", "=", self.id),
                ("part", "=", part),
                ("state", "in", ["in_sync", "attention"]),
                ("is_primary", "=", True),
            ]
        )

    def _mapping_filled(self, part: str, field: str) -> int | None:
        """Return how many linked records have a value of a field in Odoo; None where no single column holds it."""
        entity = self._entity()
        model = entity._model()
        columns = [name for name in entity._columns_of([field]) if name in model._fields]
        if len(columns) != 1:
            return None
        query = self.env["retail.sync.link"]._search(self._mapping_links(part))
        return model.with_context(active_test=False).search_count(
            [("id", "in", query.subselect("res_id")), (columns[0], "!=", False)]
        )


def _travels(line: dict[str, Any], ways: tuple[str, ...]) -> bool:
    return bool(line.get("active")) and (line.get("direction") or "in") in ways
