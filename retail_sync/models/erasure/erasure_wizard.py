from typing import Any, Self

from odoo import api, fields, models
from odoo.exceptions import UserError

from ...runtime import actions, rights
from ...runtime.erasure import Person
from ...runtime.rights import Role
from . import erase as steps
from . import person as people

BASES = [
    ("request", "The person asked for it"),
    ("objection", "The person objected to the processing"),
    ("unlawful", "The data should not have been kept"),
    ("expired", "The purpose has ended"),
]


class RetailSyncErasureWizard(models.TransientModel):
    """Erase one person: show what goes, ask for consent, then erase."""

    _name = "retail.sync.erasure.wizard"
    _description = "Erase a person"

    res_model = fields.Char(readonly=True)
    res_id = fields.Integer(readonly=True)
    link_id = fields.Many2one("retail.sync.link", readonly=True, ondelete="cascade", index="btree_not_null")
    message_id = fields.Many2one("retail.sync.message", readonly=True, ondelete="cascade", index="btree_not_null")
    basis = fields.Selection(
        BASES, required=True, default="request", string="Reason", help="Kept in the audit trail, with your name."
    )
    record_choice = fields.Selection(
        [("keep", "Keep it: documents need it"), ("anonymise", "Anonymise and archive it")],
        required=True,
        default="keep",
        string="Customer in Odoo",
        help="Keep: only what Retail Sync keeps is erased. Anonymise: name and contact details go as well; "
        "invoices and orders keep their reference and their printed documents.",
    )
    has_record = fields.Boolean(compute="_compute_preview")
    record_name = fields.Char(compute="_compute_preview", string="Customer")
    preview = fields.Text(compute="_compute_preview", string="What is erased")
    on_platforms = fields.Text(compute="_compute_preview", string="Records on platforms")
    obstacles = fields.Text(compute="_compute_obstacles", string="What stands against it")
    understood = fields.Boolean(string="Erase it. I know that this cannot be undone.")

    @api.model
    def default_get(self, fields_list: list[str]) -> dict[str, Any]:
        """Take the record from which the dialog was opened."""
        values = super().default_get(fields_list)
        model, ids = self.env.context.get("active_model"), self.env.context.get("active_ids") or []
        if model and len(ids) != 1:
            raise UserError(self.env._("Select one record: persons are erased one by one."))
        if model == "retail.sync.link":
            values["link_id"] = ids[0]
        elif model == "retail.sync.message":
            values["message_id"] = ids[0]
        elif model:
            values.update(res_model=model, res_id=ids[0])
        return values

    @api.model_create_multi
    def create(self, vals_list: list[dict[str, Any]]) -> Self:
        """Fix whose data is erased when the dialog opens: what is read-only on a screen is not on the wire."""
        rights.require_role(self.env, Role.steward)
        wizards = super().create(vals_list)
        for wizard in wizards:
            wizard._check_allowed()
        return wizards

    def write(self, vals: dict[str, Any]) -> bool:
        if vals.keys() & {"res_model", "res_id", "link_id", "message_id"}:
            raise UserError(self.env._("The dialog is about another record. Close it, and open it from that record."))
        return super().write(vals)

    def _subject(self) -> tuple[str, list[int], models.BaseModel | None]:
        """Return (model, ids in Odoo, link or message of a record that only the platform has)."""
        source = self.link_id or self.message_id
        if self.res_model:
            return self.res_model, [self.res_id], None
        if not source:
            raise UserError(self.env._("Open this dialog from a customer, a link or an exception."))
        res_model = source.res_model or source.stream_id._entity()._res_model
        return res_model, [source.res_id] if source.res_id else [], source

    def _check_allowed(self) -> None:
        """Check role, access to the record and company.

        :raises AccessError: the user is no data steward, or may not change the customer or read the link
        :raises UserError: the record holds no person
        """
        self.ensure_one()
        rights.require_role(self.env, Role.steward)
        (self.link_id or self.message_id).check_access("read")
        res_model, ids, _source = self._subject()
        if people.entity_of(self.env, res_model) is None:
            raise UserError(self.env._("Records of this kind are not synchronised, so there is nothing to erase."))
        record = self.env[res_model].browse(ids).exists()
        record.check_access("read")
        if not self.env.su:
            record.check_access("write")

    def _person(self) -> Person:
        res_model, ids, source = self._subject()
        return people.of_records(self.env, res_model, ids) if ids else people.of_remote(self.env, res_model, source)

    @api.depends("res_id", "link_id", "message_id")
    def _compute_preview(self) -> None:
        for wizard in self:
            wizard._check_allowed()
            person = wizard._person()
            counts = steps.count(self.env(su=True), person)
            counted = self.env["ir.model"].sudo().search([("model", "in", list(counts))])
            labels = {model.model: model.name for model in counted}
            wizard.preview = "\n".join(
                f"{labels.get(name, name)}: {rows}" for name, rows in counts.items()
            ) or self.env._("Retail Sync keeps nothing of this person.")
            records = self.env[person.model].browse(person.ids).exists()
            wizard.has_record = bool(records)
            wizard.record_name = ", ".join(records.sudo().mapped("display_name")) or False
            connections = self.env["retail.sync.connection"].sudo()
            wizard.on_platforms = (
                "\n".join(
                    f"{connections.browse(connection_id).name}: {remote_object} {external_id}"
                    for connection_id, remote_object, external_id in person.remote
                )
                or False
            )

    @api.depends("record_choice", "res_id", "link_id", "message_id")
    def _compute_obstacles(self) -> None:
        for wizard in self:
            wizard.obstacles = "\n".join(wizard._obstacles(wizard._person())) or False

    def _obstacles(self, person: Person) -> list[str]:
        entity = people.entity_of(self.env(su=True), person.model)
        found = entity._erasure_obstacles(person.ids)
        if self.record_choice == "anonymise":
            found = found + entity._anonymise_obstacles(person.ids)
        return found

    def action_erase(self) -> dict[str, Any]:
        """Erase the person, and say what is left to do on the platforms."""
        self.ensure_one()
        self._check_allowed()
        if not self.understood:
            raise UserError(self.env._("Confirm that the person is to be erased. It cannot be undone."))
        person = self._person()
        # A record that the user cannot see is no reason to erase it: those merged into it and its parts are its own.
        self.env[person.model].browse(person.ids).exists().check_access("write")
        if obstacles := self._obstacles(person):
            raise UserError(
                self.env._("The person cannot be erased so. %s Choose to keep the customer.", " ".join(obstacles))
                if self.record_choice == "anonymise"
                else " ".join(obstacles)
            )
        found = steps.erase(self.env, person, self.record_choice == "anonymise", self.basis)
        text = self.env._("Erased: %s rows.", sum(found.values()))
        if person.remote:
            text += " " + self.env._(
                "%s records are still on platforms. Erase them there too. Until then they are left out.",
                len(person.remote),
            )
        return actions.notify(text, attention=bool(person.remote))
