from contextlib import contextmanager
from dataclasses import dataclass, field
from weakref import WeakKeyDictionary

from odoo import _, api, fields, models
from odoo.exceptions import AccessError, LockError, UserError
from odoo.tools import SQL

from ...domain.merge.journal import Journal

# The merges under way, by cursor. Not in the context: that can come from anywhere. Nor in the cursor's own places for
# such things: a savepoint that is flushed or rolled back empties those, and half a merge would go unrecorded.
SESSIONS = WeakKeyDictionary()
# Core's wizard takes three contacts at a time: the survivor and two more.
AT_ONCE = 2


class BeingSent(UserError):
    """A message about one of the customers is on its way to a platform at this moment."""


@dataclass(slots=True)
class Session:
    """A merge under way."""

    merge: models.BaseModel
    survivor: models.BaseModel
    losers: models.BaseModel
    people: dict[int, dict]
    pictures: set[int]
    journal: Journal = field(default_factory=Journal)


class RetailSyncMerging(models.AbstractModel):
    """Make several customers one, so that it can be taken back.

    The work is that of Odoo's own wizard; around it everything that changes hands is
    written down, links become second ids, and the platforms are told.
    """

    _name = "retail.sync.merging"
    _description = "Merge customers"

    @api.model
    def _merge(self, survivor, losers, reason, values=None, source="person", connection=None):
        """Merge customers into one; return the record of it, with which it can be undone.

        :param reason: why they are one, in words
        :param values: {field: value} that the survivor has afterwards, as a person or a rule chose; all other
            fields as in Odoo's own wizard: its own value, else a loser's
        :param source: who wants it: 'person', 'platform' or 'wizard'
        :param connection: for 'platform', the connection that merged the records
        :raises BeingSent: while something is being sent for one of them
        :raises UserError: when they cannot be merged, saying why
        """
        self._check_steward()
        losers -= survivor
        if not losers:
            raise UserError(_("Choose at least two customers to merge."))
        with self._session(survivor, losers, reason, source, connection) as session:
            wizard = self.env["base.partner.merge.automatic.wizard"]
            for start in range(0, len(losers), AT_ONCE):
                some = losers[start : start + AT_ONCE]
                wizard._merge((survivor | some).ids, survivor, extra_checks=False)
            if values:
                survivor.write(values)
        return self.env["retail.sync.merge"].browse(session.merge.id)

    @api.model
    def _check_steward(self):
        if not (self.env.su or self.env.user.has_group("retail_sync.group_steward")):
            raise AccessError(_("Merging customers, or undoing it, takes a data steward."))

    @api.model
    def _current(self):
        """Return the merge under way in this transaction, or None."""
        return SESSIONS.get(self.env.cr)

    @api.model
    @contextmanager
    def _session(self, survivor, losers, reason, source="wizard", connection=None):
        """Write down what the block does to these customers, then settle their links and messages."""
        if self._current():
            raise UserError(_("Another merge is under way."))
        if not self.env.su:
            self.env["res.partner"].browse((survivor | losers).ids).check_access("write")
        # Whoever catches what core refuses must not keep half a merge.
        with self.env.cr.savepoint():
            session = self.sudo()._open(survivor, losers, reason, source, connection)
            SESSIONS[self.env.cr] = session
            try:
                # Before anything else: a link that still points to a loser when it is deleted becomes its remote
                # deletion.
                links = self.env["retail.sync.merging.links"].sudo()
                gained, aliases = links._alias(session.journal, survivor.sudo(), losers.sudo())
                links._move_messages(session.journal, survivor.sudo(), losers.sudo(), aliases)
                yield session
                self.sudo()._close(session, gained, aliases)
            finally:
                SESSIONS.pop(self.env.cr, None)

    @api.model
    def _open(self, survivor, losers, reason, source, connection):
        """Check and lock the customers, and take down what they are."""
        everyone = (survivor | losers).sudo()
        self._lock(everyone)
        self.env["retail.sync.merging.sealed"]._refuse(losers)
        # Read under the lock: of two merges of one customer, one waits here and finds the other's outcome.
        busy = self.env["retail.sync.merging.links"]._sending(losers)
        if busy:
            raise BeingSent(
                _("%s is being sent to a platform at this moment. Try again in a few seconds.", ", ".join(busy))
            )
        values = self.env["retail.sync.merging.values"]
        family = self._family(everyone)
        before = values._rows_of("res_partner", family)
        merge = self.env["retail.sync.merge"].create(
            {
                "res_id": survivor.id,
                "survivor_ref": survivor.id,
                "reason": reason,
                "source": source,
                "connection_id": connection.id if connection else False,
                "user_id": self.env.uid,
                "line_ids": [
                    fields.Command.create(self._line_vals(loser, before[loser.id], source, connection))
                    for loser in losers.sudo()
                ],
            }
        )
        people = {row_id: row for row_id, row in before.items() if row_id not in losers.ids}
        return Session(merge, survivor, losers, people, self._pictures(survivor))

    @api.model
    def _lock(self, partners):
        if partners.exists() != partners:
            raise UserError(_("One of these customers does not exist any more. Somebody may have merged it already."))
        try:
            partners.lock_for_update()
        except LockError as error:
            raise UserError(_("Somebody else is working on one of these customers. Try again in a moment.")) from error

    @api.model
    def _line_vals(self, loser, row, source, connection):
        link = self.env["retail.sync.link"]
        if source == "platform":
            link = link.search(
                [
                    ("connection_id", "=", connection.id),
                    ("res_model", "=", "res.partner"),
                    ("res_id", "=", loser.id),
                    ("is_primary", "=", True),
                ],
                limit=1,
            )
        return {
            "old_id": loser.id,
            "name": loser.display_name,
            "email": loser.email,
            "company_id": loser.company_id.id,
            "external_id": link.external_id,
            "snapshot": row,
        }

    @api.model
    def _family(self, partners):
        """Return ids of the partners above and below these: values travel along that line."""
        rows = self.env.execute_query(
            SQL(
                "WITH RECURSIVE above AS (SELECT id, parent_id FROM res_partner WHERE id = ANY(%(ids)s)"
                " UNION SELECT one.id, one.parent_id FROM res_partner one JOIN above ON above.parent_id = one.id),"
                " below AS (SELECT id FROM res_partner WHERE id = ANY(%(ids)s)"
                " UNION SELECT one.id FROM res_partner one JOIN below ON one.parent_id = below.id)"
                " SELECT id FROM above UNION SELECT id FROM below",
                ids=partners.ids,
            )
        )
        return [row_id for (row_id,) in rows]

    @api.model
    def _park_pictures(self, session, losers):
        """Keep the losers' pictures: they would be deleted with them, and a row cannot hold them.

        Called when the survivor has taken over those it lacked.
        """
        pictures = self.env.execute_query(
            SQL(
                "UPDATE ir_attachment held SET res_model = 'retail.sync.merge', res_id = %s, res_field = NULL"
                " FROM ir_attachment old WHERE old.id = held.id AND held.res_model = 'res.partner'"
                " AND held.res_id = ANY(%s) AND held.res_field IS NOT NULL"
                " RETURNING old.id, old.res_id, old.res_field",
                session.merge.id,
                losers.ids,
            )
        )
        session.journal.parked += [
            {"id": row_id, "res_id": res_id, "res_field": res_field} for row_id, res_id, res_field in pictures
        ]
        self.env["ir.attachment"].invalidate_model()

    @api.model
    def _pictures(self, partner):
        rows = self.env.execute_query(
            SQL(
                "SELECT id FROM ir_attachment WHERE res_model = 'res.partner' AND res_id = %s"
                " AND res_field IS NOT NULL",
                partner.id,
            )
        )
        return {row_id for (row_id,) in rows}

    @api.model
    def _close(self, session, gained, aliases):
        """Take down what became of the family, and tell the platforms."""
        values = self.env["retail.sync.merging.values"]
        values._note_people(session.journal, session.people, values._rows_of("res_partner", session.people))
        values._close_followers(session.journal)
        session.journal.pictures = sorted(self._pictures(session.survivor) - session.pictures)
        merge = session.merge
        merge.write(
            {
                "journal": session.journal.as_json(),
                "moved_count": sum(session.journal.counts().values()),
                "state": "done",
            }
        )
        self.env["retail.sync.duplicate.group"]._note_merge(session.survivor)
        self.env["retail.sync.merging.links"]._tell(gained)
        self.env["retail.sync.merging.remote"]._apply_merge_policies(merge, session.survivor.sudo(), aliases)
