"""Merge groups of duplicates in jobs, with the rights of the user who started the batch."""

from typing import Any

from odoo import models
from odoo.api import Environment
from odoo.exceptions import AccessError, UserError, ValidationError

from ...runtime import error_texts
from ...runtime.constants import LANE_PRIORITY, channel
from ..merge import preview, session

# Groups that one job merges: a few seconds of work.
GROUPS_PER_JOB = 10
# Groups for which one job queues the merge jobs: with a hundred thousand groups, queuing all merge jobs at once would
# keep the user waiting.
GROUPS_PER_SPREAD = 1000


def start(env: Environment, groups: models.BaseModel, reason: str) -> None:
    """Mark these groups as merging, and queue their merges.

    :param reason: why the customers are the same; each merge keeps it
    """
    groups._set_state("merging")
    for start in range(0, len(groups), GROUPS_PER_SPREAD):
        _delayed(env)._job_spread(groups[start : start + GROUPS_PER_SPREAD].ids, reason)


def _delayed(env: Environment) -> Any:
    return env["retail.sync.duplicates.jobs"].with_delay(
        channel=channel("bulk"),
        priority=LANE_PRIORITY["bulk"],
        max_retries=5,
        description=env._("Merge duplicates"),
    )


def job_spread(env: Environment, ids: list[int], reason: str) -> None:
    """Queue the merges of these groups in jobs of a few seconds."""
    for start in range(0, len(ids), GROUPS_PER_JOB):
        _delayed(env)._job_merge(ids[start : start + GROUPS_PER_JOB], reason)


def job_merge(env: Environment, ids: list[int], reason: str) -> None:
    """Merge these groups separately; a group that cannot be merged opens again with the cause."""
    groups = env["retail.sync.duplicate.group"].browse(ids).exists()
    for group in groups.filtered(lambda group: group.state == "merging"):
        try:
            with env.cr.savepoint():
                problem = _merge(env, group, reason)
        except (UserError, ValidationError, AccessError) as error:
            problem = error_texts.of_error(error)
        if problem:
            group._set_state("open", problem)


def _merge(env: Environment, group: models.BaseModel, reason: str) -> str | None:
    """Merge a group; return the sentence why a person must merge it, or None when it is merged."""
    partners = group._existing_customers()
    if len(partners) < 2:
        group._set_state("merged")
        return None
    survivor = group.survivor_id if group.survivor_id in partners else partners[0]
    losers = partners - survivor
    labels = [row["label"] for row in preview.preview_merge(env, survivor, losers) if row["asks"]]
    if labels:
        return env._("The customers differ in fields that a person must choose: %s. Compare them.", ", ".join(labels))
    session.merge(env, survivor, losers, reason, preview.values(env, survivor, losers))
    group._set_state("merged")
    return None
