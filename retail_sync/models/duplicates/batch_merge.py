"""Groups of duplicates merged by jobs, with the rights of who decided it."""

from odoo.api import Environment
from odoo.exceptions import AccessError, UserError, ValidationError

from ...runtime.constants import LANE_PRIORITY, channel
from ..merge import preview, session

# Groups that one job merges; and for which one job queues those: of a hundred thousand groups nobody can wait for the
# thousands of jobs to be written.
AT_ONCE = 10
SPREAD = 1000


def start(env: Environment, groups, reason):
    """Queue the merges of these groups."""
    groups._set_state("merging")
    for start in range(0, len(groups), SPREAD):
        _delayed(env)._job_spread(groups[start : start + SPREAD].ids, reason)


def _delayed(env: Environment):
    return env["retail.sync.duplicates.jobs"].with_delay(
        channel=channel("bulk"),
        priority=LANE_PRIORITY["bulk"],
        max_retries=5,
        description=env._("Merge duplicates"),
    )


def job_spread(env: Environment, ids, reason):
    """Queue the merges of these groups in jobs of a few seconds."""
    for start in range(0, len(ids), AT_ONCE):
        _delayed(env)._job_merge(ids[start : start + AT_ONCE], reason)


def job_merge(env: Environment, ids, reason):
    """Merge groups, each by itself: one that cannot be merged goes back to people, with the cause."""
    groups = env["retail.sync.duplicate.group"].browse(ids).exists()
    for group in groups.filtered(lambda one: one.state == "merging"):
        try:
            with env.cr.savepoint():
                problem = _merge(env, group, reason)
        except (UserError, ValidationError, AccessError) as error:
            problem = str(error)
        if problem:
            group._set_state("open", problem)


def _merge(env: Environment, group, reason):
    """Merge one group; return why not, if it was not."""
    partners = group._living()
    if len(partners) < 2:
        group._set_state("merged")
        return None
    survivor = group.survivor_id if group.survivor_id in partners else partners[0]
    losers = partners - survivor
    asked = [row["label"] for row in preview.preview_merge(env, survivor, losers) if row["asks"]]
    if asked:
        return env._("A person must choose: %s", ", ".join(asked))
    session.merge(env, survivor, losers, reason, preview.values(env, survivor, losers))
    group._set_state("merged")
    return None
