from odoo import _, api, fields, models
from odoo.exceptions import UserError

from ...domain.canonical.schema import PART_MAIN
from ...runtime.constants import LANE_PRIORITY, channel
from .session import BeingSent

# Seconds until a merge is tried again that met a delivery of one of its customers.
LATER = 10


class RetailSyncMergingFollowed(models.AbstractModel):
    """Merges that the users of a platform made: followed here, asked about, or only noted."""

    _name = "retail.sync.merging.followed"
    _description = "Merges of platforms"

    @api.model
    def _follow(self, stream, losers, winner):
        """Deal with a loser (its links, all parts) whose customer is another one than the winner's.

        :return: whether it is dealt with; if not, the caller only notes it
        """
        policy = stream.connection_id.merge_policy
        if policy == "alias":
            return False
        if policy == "ask":
            self._ask(stream, losers, winner)
            return True
        try:
            with self.env.cr.savepoint():
                self._merge(losers, winner)
        except BeingSent:
            # Perhaps by the very delivery that has found out: it must end first.
            self._follow_later(stream, losers.mapped("external_id"))
        except UserError as error:
            # Two logins, a parent and its contact: people find a way.
            self._ask(stream, losers, winner, str(error))
        return True

    @api.model
    def _follow_later(self, stream, external_ids):
        self.with_user(stream.connection_id.user_id).with_delay(
            channel=channel("standard"),
            priority=LANE_PRIORITY["standard"],
            eta=LATER,
            max_retries=0,
            description=_("Follow a merge of %s", stream.name),
        )._job_follow(stream.id, sorted(set(external_ids)))

    @api.model
    def _job_follow(self, stream_id, external_ids):
        """Read records again that were merged on the platform while they were being sent."""
        self.env["retail.sync.refresh"]._job_refresh(stream_id, external_ids)

    @api.model
    def _merge(self, losers, winner):
        main = losers.filtered(lambda link: link.part == PART_MAIN)
        people = self.env["res.partner"].with_context(active_test=False)
        survivor, old = people.browse(winner.res_id), people.browse(main.res_id).exists()
        merge = self.env["retail.sync.merging"]._merge(
            survivor,
            old,
            _(
                "Merged on %(platform)s: %(loser)s into %(winner)s",
                platform=winner.connection_id.name,
                loser=main.external_id,
                winner=winner.external_id,
            ),
            source="platform",
            connection=winner.connection_id,
        )
        self.env["retail.sync.link"].sudo().flush_model()
        losers.sudo().write({"deleted_at": fields.Datetime.now()})
        return merge

    @api.model
    def _ask(self, stream, losers, winner, trouble=None):
        """Leave the two customers as they are, and ask a person."""
        main = losers.filtered(lambda link: link.part == PART_MAIN)[:1]
        people = self.env["res.partner"].with_context(active_test=False)
        text = _(
            "The platform merged %(loser)s into %(winner)s. Here they are two customers: %(old)s (#%(old_id)s) and "
            "%(kept)s (#%(kept_id)s).",
            loser=main.external_id,
            winner=winner.external_id,
            old=people.browse(main.res_id).display_name,
            old_id=main.res_id,
            kept=people.browse(winner.res_id).display_name,
            kept_id=winner.res_id,
        )
        losers.write({"state": "attention", "reason": _("Merged on the platform into %s", winner.external_id)})
        self.env["retail.sync.exceptions"]._technical(
            stream.connection_id,
            "REMOTE_MERGE",
            f"{text}\n{trouble}" if trouble else text,
            main.external_id,
            stream=stream,
            payload={"winner": winner.external_id},
            fault_class="duplicate",
        ).write(
            {
                "title": people.browse(main.res_id).display_name,
                "team": "business",
                "user_id": stream.connection_id.business_user_id.id,
                "res_model": main.res_model,
                "res_id": main.res_id,
                "candidates": [
                    {"id": winner.res_id, "name": people.browse(winner.res_id).display_name, "reasons": [text]}
                ],
            }
        )

    # -- what a person answers

    @api.model
    def _pair(self, message):
        """Return (the loser's links, the winner's main link) that a question is about."""
        links = (
            self.env["retail.sync.link"]
            .sudo()
            .search(
                [
                    ("connection_id", "=", message.connection_id.id),
                    ("remote_object", "=", message.remote_object),
                    ("external_id", "in", [message.key, (message.sudo().payload or {}).get("winner")]),
                ]
            )
        )
        losers = links.filtered(lambda link: link.external_id == message.key)
        return losers, (links - losers).filtered(lambda link: link.part == PART_MAIN)

    @api.model
    def _merge_here(self, message):
        """Merge as a person decided; with that person's rights to both customers."""
        losers, winner = self._pair(message)
        if not winner or not losers:
            raise UserError(_("One of the two records is not known any more. Press Retry to look again."))
        merge = self._merge(losers, winner)
        message._resolve(_("Merged here too"))
        return merge

    @api.model
    def _mark_non_match(self, message):
        """Note that the loser's record is gone; its customer lives on, linked to nothing over there."""
        losers, winner = self._pair(message)
        left = losers.filtered(lambda link: link.part == PART_MAIN and link.is_primary).mapped("res_id")
        reason = _("Merged on the platform; kept apart here")
        now = fields.Datetime.now()
        losers.write({"is_primary": False, "state": "merged", "deleted_at": now, "reason": reason})
        # That id stands for the winner over there: what still names it means the winner's customer.
        losers.filtered(lambda link: link.part == PART_MAIN).write({"res_id": winner.res_id} if winner else {})
        # It has no record over there any more: its stream says whether it gets one.
        names = {name for stream in losers.stream_id for name in stream._outbound_fields()}
        if names and left:
            self.env["retail.sync.change"].sudo()._raise("res.partner", left, names)
        message._resolve(_("Kept apart by %s", self.env.user.name))
