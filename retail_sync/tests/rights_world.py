"""A record of each model to try rights on, made with what its required fields ask for."""

from typing import Any

from odoo import Command, fields

from ..domain.identity.score.default_model import DEFAULT_MODEL
from .rights_walk import Ours, is_ours

# What the required fields of a model do not say.
VALUES: dict[str, dict[str, Any]] = {
    "retail.sync.message": {"kind": "record", "external_id": "F8", "remote_object": "Firm", "state": "open"},
    "retail.sync.field.map": {"canonical_field": "name", "remote_path": "name", "active": False},
    "retail.sync.ownership.rule": {"canonical_field": "notes", "entity": "customer", "active": False},
    "retail.sync.comparison": {"state": "done"},
    "retail.sync.non.match": {"external_id": "F9", "remote_object": "Firm"},
    "retail.sync.duplicate.search": {"state": "done"},
    "retail.sync.run": {"kind": "records", "state": "done"},
    "retail.sync.stream": {"remote_object": "Other", "entity": "customer"},
    "retail.sync.value.map": {"kind": "language", "value": "de_DE"},
    "retail.sync.order.rule": {"code": "rights", "then_kind": "shipped"},
    "retail.sync.order.rule.change": {"mode": "activate"},
    "retail.sync.match.model": {"origin": "person", "data": DEFAULT_MODEL.to_json()},
}
# Arguments of methods that take some; "partner" and the like stand for the id of such a record.
ARGUMENTS: dict[tuple[str, str], list[Any]] = {
    ("retail.sync.message", "action_link"): ["res.partner"],
    ("retail.sync.message", "action_not_same"): ["res.partner"],
    ("retail.sync.message", "action_ignore"): ["A test account"],
    ("retail.sync.review.decide", "action_not_same"): ["res.partner"],
    ("retail.sync.stream", "check_scope"): [""],
    ("retail.sync.field.map", "get_effects"): ["retail.sync.stream", []],
    ("retail.sync.order.exception", "action_ignore"): ["A test order"],
    ("retail.sync.connection", "action_dry_run_samples"): ["retail.sync.run", "created"],
}


class World:
    """Makes one record of each model, and a dialog of each user; looks views up."""

    def __init__(
        self,
        env: Any,
        *,
        ours: Ours = is_ours,
        values: dict[str, dict[str, Any]] = VALUES,
        given: dict[tuple[str, str], list[Any]] = ARGUMENTS,
        **known: Any,
    ) -> None:
        """known: {name of a model with underscores: record} of what exists already."""
        self.env, self.ours, self.values, self.given = env(su=True), ours, values, given
        self.made: dict[str, Any] = {name.replace("_", "."): record.sudo() for name, record in known.items()}

    def record(self, name: str, user: Any) -> Any:
        """Return a record of a model, as a user sees it; a dialog is one that the user opened."""
        model = self.env[name]
        if model._transient:
            opened = f"{name} of {user.id}"
            # Lines of a dialog that is computed anew are others.
            if opened not in self.made or not self.made[opened].exists():
                # The one who creates a dialog owns it; the right of the system says nothing about who that is.
                self.made[opened] = model.with_user(user).sudo().create(self._values(name))
            return self.made[opened].with_user(user)
        return self._made(name).with_user(user)

    def arguments(self, name: str, member: str) -> list[Any]:
        """Return arguments for a method, with ids in place of names of models."""
        given = self.given.get((name, member), [])
        return [self._made(word).id if isinstance(word, str) and word in self.env.registry else word for word in given]

    def takes(self, name: str, member: str) -> bool:
        """Return whether arguments are given for a method."""
        return (name, member) in self.given

    def _made(self, name: str) -> Any:
        if name not in self.made:
            model = self.env[name]
            found = model if model._abstract else model.search([], limit=1)
            # A model of Odoo itself is tried on a record that is there: its required fields do not say what fits.
            if model._auto and not model._abstract and (self.ours(model._original_module) or not found):
                found = model.create(self._values(name))
            self.made[name] = found
        return self.made[name]

    def _values(self, name: str) -> dict[str, Any]:
        """Return values for the required fields of a new record."""
        model = self.env[name]
        given = dict(self.values.get(name, {}))
        values = model.default_get(list(model._fields))
        for field in model._fields.values():
            wanted = field.required or (model._transient and field.type in ("many2one", "many2many"))
            if field.name in given or values.get(field.name) or not wanted or field.inherited:
                continue
            if (field.compute and not field.required) or field.related or field.type == "one2many":
                continue
            given[field.name] = self._value(model, field)
        return given

    def _value(self, model: Any, field: Any) -> Any:
        if field.type == "many2one":
            return self._made(field.comodel_name).id
        if field.type == "many2many":
            return [Command.set(self._made(field.comodel_name).ids)]
        if field.type == "many2one_reference":
            return self._made("res.partner").id
        if field.type == "selection":
            return field.get_values(self.env)[0]
        if field.name == "res_model":
            return "res.partner"
        plain = {
            **{"integer": 1, "float": 1.0, "monetary": 1.0, "boolean": True, "json": {"x": 1}},
            **{"date": fields.Date.today(), "datetime": fields.Datetime.now()},
        }
        return plain.get(field.type, f"{model._table}-x")
