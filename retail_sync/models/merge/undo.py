from odoo import _, api, models
from odoo.exceptions import LockError, UserError

from ...domain.merge.journal import Journal, to_restore


class RetailSyncMergingUndo(models.AbstractModel):
    """Take a merge back: the losers under their old ids, and everything that changed hands.

    What somebody did since stays: a document that points elsewhere now, a value that was
    edited. Each of these is named, before the click and in the record afterwards.
    """

    _name = "retail.sync.merging.undo"
    _description = "Undo merges"

    @api.model
    def _undo(self, merge):
        """Undo a merge; return sentences about what could not be as before.

        :raises UserError: when it cannot be undone, saying why
        """
        self.env["retail.sync.merging"]._check_steward()
        if not self.env.su:
            merge.check_access("read")
            merge.survivor_id.check_access("write")
        service = self.sudo()
        merge = merge.sudo()
        # Of two people who press at once, the second one finds it done.
        try:
            merge.lock_for_update()
        except LockError as error:
            raise UserError(_("Somebody is undoing this merge at this moment.")) from error
        merge.invalidate_recordset()
        if reason := service._obstacle(merge):
            raise UserError(reason)
        service.env["retail.sync.merging"]._lock(merge.survivor_id)
        busy = service.env["retail.sync.merging.links"]._sending(merge.survivor_id)
        if busy:
            raise UserError(
                _("%s is being sent to a platform at this moment. Try again in a few seconds.", ", ".join(busy))
            )
        return service._take_back(merge, Journal.of(merge.journal))

    @api.model
    def _obstacle(self, merge):
        """Return why a merge cannot be undone (now), or None."""
        if merge.state != "done":
            return _("This merge was undone already.")
        survivor_id = merge.survivor_ref
        later = merge.search(
            [
                ("id", ">", merge.id),
                ("state", "=", "done"),
                "|",
                ("survivor_ref", "=", survivor_id),
                ("line_ids.old_id", "=", survivor_id),
            ],
            order="id desc",
            limit=1,
        )
        if later:
            return _(
                "Undo the later merge '%(later)s' first: it builds on this one. Merges are undone in reverse order.",
                later=later.display_name,
            )
        if not self.env["res.partner"].browse(survivor_id).exists():
            return _("The customer that survived was deleted since. There is nothing to take the values from.")
        taken = self.env["res.partner"].browse(merge.line_ids.mapped("old_id")).exists()
        if taken:
            return _("The ids %s are in use again.", ", ".join(str(taken_id) for taken_id in taken.ids))
        return None

    @api.model
    def _take_back(self, merge, journal):
        survivor_id = merge.survivor_ref
        losers = merge.line_ids.mapped("old_id")
        self.env.flush_all()
        report = self.env["retail.sync.merging.restore"]._restore(merge.line_ids.mapped("snapshot"), journal)
        self.env.invalidate_all()
        gone = self.env["retail.sync.merging.remote"]._merged_there(merge)
        links = self.env["retail.sync.merging.links"]
        back, stayed = links._restore_links(journal, survivor_id, gone)
        links._restore_messages(journal, survivor_id)
        report += [
            _(
                "%s stays a second id of the customer that survived: the platform merged the record itself.",
                link.external_id,
            )
            if link.external_id in gone
            else _("The link to %s was moved since, and stays where it is.", link.external_id)
            for link in stayed
        ]
        # Who a user is hangs on a partner.
        self.env.registry.clear_cache()
        partners = self.env["res.partner"].browse([survivor_id, *losers])
        own = back.search([("res_model", "=", "res.partner"), ("res_id", "in", partners.ids)])
        links._tell(own)
        self.env["retail.sync.refresh"]._enqueue_records(own.filtered(lambda link: link.is_primary))
        self.env["retail.sync.merging.remote"]._apply_undo(merge, back)
        return report

    # -- before the click

    @api.model
    def _outlook(self, merge):
        """Return (whether it can be undone, sentences): what will happen, and what is not possible and why."""
        service = self.sudo()
        merge = merge.sudo()
        self.env.flush_all()
        if obstacle := service._obstacle(merge):
            return False, [obstacle]
        journal = Journal.of(merge.journal)
        lines = [
            _("%(name)s comes back under the old id %(id)s.", name=line.name, id=line.old_id) for line in merge.line_ids
        ]
        restore = service.env["retail.sync.merging.restore"]
        going, staying, sealed = {}, 0, set()
        for move in journal.moved:
            there = restore._still_there(move)
            going.setdefault(move["table"], set()).update(there)
            staying += len(move["ids"]) - len(there)
            if move["table"] == "account_move":
                sealed |= service.env["retail.sync.merging.sealed"]._rows(move["table"], move["ids"], move["new"])
        counts = {table: len(ids) for table, ids in going.items()}
        labels = service.env["retail.sync.merging.tables"]._labels(counts)
        if labels:
            lines.append(
                _("These go back: %s.", ", ".join(f"{name} ({count})" for name, count in labels.items() if count))
            )
        if staying:
            lines.append(
                _("%s rows stay where they are: they were changed, deleted or sealed since the merge.", staying)
            )
        if sealed:
            lines.append(
                _(
                    "These journal entries were sealed by a hash since the merge, and stay with %(customer)s: "
                    "%(entries)s.",
                    customer=merge.survivor_id.display_name,
                    entries=", ".join(service.env["account.move"].browse(sorted(sealed)).mapped("name")),
                )
            )
        lines += service._outlook_of_values(journal)
        lines += service.env["retail.sync.merging.remote"]._outlook(merge, journal)
        return True, lines

    @api.model
    def _outlook_of_values(self, journal):
        """Name the values that stay because somebody edited them after the merge."""
        now = self.env["retail.sync.merging.values"]._rows_of("res_partner", [int(row_id) for row_id in journal.people])
        lines = []
        for row_id, difference in journal.people.items():
            if int(row_id) in now:
                _values, kept = to_restore(difference, now[int(row_id)])
                lines += self._kept_lines(int(row_id), kept)
        return lines

    @api.model
    def _kept_lines(self, partner_id, names):
        partner = self.env["res.partner"].browse(partner_id)
        return [
            _(
                "%(customer)s keeps its %(field)s: it was edited after the merge.",
                customer=partner.display_name,
                field=partner._fields[name]._description_string(self.env) if name in partner._fields else name,
            )
            for name in names
        ]
