"""How long each class of data is kept."""

from odoo import api, fields, models
from odoo.exceptions import ValidationError

from ..comparison import difference
from ..credit import block_override
from ..exceptions import message
from ..identity import match_decision, non_match
from ..inbound import dry_run_report, event
from ..merge import merge_record
from ..reconcile import taken_back

# Classes that expire always: a setting of 0 would keep personal data without end.
AT_LEAST_ONE_DAY = (
    "retail_sync_keep_payloads_days",
    "retail_sync_keep_events_days",
    "retail_sync_keep_decisions_days",
    "retail_sync_keep_merges_days",
    "retail_sync_keep_taken_back_days",
    "retail_sync_keep_comparisons_days",
    "retail_sync_keep_dry_runs_days",
    "retail_sync_keep_overrides_days",
)


class ResConfigSettings(models.TransientModel):
    _inherit = "res.config.settings"

    retail_sync_keep_payloads_days = fields.Integer(
        string="Keep records of closed messages for",
        default=message.KEEP_PAYLOADS_DAYS,
        config_parameter="retail_sync.keep_payloads_days",
        help="Closed messages lose the record as it came, the values of both sides and the suggested matches.",
    )
    retail_sync_keep_events_days = fields.Integer(
        string="Keep events for",
        default=event.KEEP_DAYS,
        config_parameter="retail_sync.keep_events_days",
        help="At least 2 days, since platforms repeat events.",
    )
    retail_sync_keep_decisions_days = fields.Integer(
        string="Keep match decisions for",
        default=match_decision.KEEP_DAYS,
        config_parameter="retail_sync.keep_decisions_days",
        help="The evidence of links and reviews. Without it, a link says by which rule it was made, and no more.",
    )
    retail_sync_keep_merges_days = fields.Integer(
        string="Keep merges for",
        default=merge_record.KEEP_DAYS,
        config_parameter="retail_sync.keep_merges_days",
        help="The values of merged customers are kept for this time. A merge cannot be undone afterwards.",
    )
    retail_sync_keep_non_matches_days = fields.Integer(
        string="Keep non-matches for",
        default=non_match.KEEP_DAYS,
        config_parameter="retail_sync.keep_non_matches_days",
        help="0: as long as the customers exist. A review asks again about records whose non-match was deleted.",
    )
    retail_sync_keep_taken_back_days = fields.Integer(
        string="Keep edits that were taken back for",
        default=taken_back.KEEP_DAYS,
        config_parameter="retail_sync.keep_taken_back_days",
    )
    retail_sync_keep_comparisons_days = fields.Integer(
        string="Keep comparisons for",
        default=difference.KEEP_DAYS,
        config_parameter="retail_sync.keep_comparisons_days",
        help="Comparisons with their solved differences. Open differences are never deleted.",
    )
    retail_sync_keep_dry_runs_days = fields.Integer(
        string="Keep samples of dry runs for",
        default=dry_run_report.KEEP_DAYS,
        config_parameter="retail_sync.keep_dry_runs_days",
    )
    retail_sync_keep_overrides_days = fields.Integer(
        string="Keep overrides of blocks for",
        default=block_override.KEEP_DAYS,
        config_parameter="retail_sync.keep_overrides_days",
    )

    @api.constrains("retail_sync_keep_non_matches_days", *AT_LEAST_ONE_DAY)
    def _check_retail_sync_retention(self) -> None:
        for settings in self:
            if settings.retail_sync_keep_non_matches_days < 0 or any(settings[name] < 1 for name in AT_LEAST_ONE_DAY):
                raise ValidationError(
                    self.env._(
                        "A retention period is below 1 day. Enter 1 or more days; only non-matches may have 0, which "
                        "keeps them as long as the customers exist."
                    )
                )
