from odoo import _, api, models
from odoo.exceptions import AccessError, UserError, ValidationError

from ...runtime.constants import LANE_PRIORITY, channel

# Groups that one job merges; and for which one job queues those: of a hundred thousand groups nobody can wait for the
# thousands of jobs to be written.
AT_ONCE = 10
SPREAD = 1000


class RetailSyncDuplicateBatch(models.AbstractModel):
    """Groups of duplicates merged by jobs, with the rights of who decided it."""

    _name = "retail.sync.duplicate.batch"
    _description = "Merge duplicates in a batch"

    @api.model
    def _start(self, groups, reason):
        """Queue the merges of these groups."""
        groups._set_state("merging")
        for start in range(0, len(groups), SPREAD):
            self._delayed()._job_spread(groups[start : start + SPREAD].ids, reason)

    @api.model
    def _delayed(self):
        return self.with_delay(
            channel=channel("bulk"),
            priority=LANE_PRIORITY["bulk"],
            max_retries=5,
            description=_("Merge duplicates"),
        )

    @api.model
    def _job_spread(self, ids, reason):
        """Queue the merges of these groups in jobs of a few seconds."""
        for start in range(0, len(ids), AT_ONCE):
            self._delayed()._job_merge(ids[start : start + AT_ONCE], reason)

    @api.model
    def _job_merge(self, ids, reason):
        """Merge groups, each by itself: one that cannot be merged goes back to people, with the cause."""
        groups = self.env["retail.sync.duplicate.group"].browse(ids).exists()
        for group in groups.filtered(lambda one: one.state == "merging"):
            try:
                with self.env.cr.savepoint():
                    problem = self._merge(group, reason)
            except (UserError, ValidationError, AccessError) as error:
                problem = str(error)
            if problem:
                group._set_state("open", problem)

    @api.model
    def _merge(self, group, reason):
        """Merge one group; return why not, if it was not."""
        partners = group._living()
        if len(partners) < 2:
            group._set_state("merged")
            return None
        survivor = group.survivor_id if group.survivor_id in partners else partners[0]
        losers = partners - survivor
        preview = self.env["retail.sync.merging.preview"]
        asked = [row["label"] for row in preview._preview(survivor, losers) if row["asks"]]
        if asked:
            return _("A person must choose: %s", ", ".join(asked))
        self.env["retail.sync.merging"]._merge(survivor, losers, reason, preview._values(survivor, losers))
        group._set_state("merged")
        return None
