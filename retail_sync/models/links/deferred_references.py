"""Children that came before their parents."""

from collections import defaultdict

from odoo.api import Environment
from odoo.tools import SQL


def link(env: Environment, connection, limit=5000):
    """Put records under parents that came after them; return how many.

    Set-based: one query finds all waiting children whose parent is linked by now.
    Run after each page, at the end of each load and by the sweeper: two pages that
    work at the same time cannot see each other's records.
    """
    env["retail.sync.link"].flush_model()
    rows = env.execute_query(
        SQL(
            "SELECT child.id, child.res_id, parent.res_id, stream.entity FROM retail_sync_link child"
            " JOIN retail_sync_stream stream ON stream.id = child.stream_id"
            " JOIN retail_sync_link parent ON parent.connection_id = child.connection_id AND parent.part = 'main'"
            " AND parent.remote_object = split_part(child.parent_ref, '/', 1)"
            " AND parent.external_id = split_part(child.parent_ref, '/', 2)"
            " WHERE child.connection_id = %s AND child.parent_ref IS NOT NULL AND child.part = 'main'"
            " AND child.state NOT IN ('excluded', 'merged') AND parent.state <> 'excluded' LIMIT %s",
            connection.id,
            limit,
        )
    )
    if not rows:
        return 0
    families = defaultdict(lambda: defaultdict(list))
    for _link_id, child, parent, entity in rows:
        if child != parent:
            families[entity][parent].append(child)
    for entity, children_of in families.items():
        refused = env[f"retail.sync.entity.{entity}"]._link_children(children_of)
        _remark(env, [(link_id, refused[child]) for link_id, child, _p, _e in rows if child in refused])
    env.cr.execute("UPDATE retail_sync_link SET parent_ref = NULL WHERE id = ANY(%s)", [[row[0] for row in rows]])
    env["retail.sync.link"].invalidate_model(["parent_ref"])
    return len(rows)


def _remark(env: Environment, remarks):
    """Say on links [(id, reason)] why their record stays without its parent."""
    for link_id, reason in remarks:
        link = env["retail.sync.link"].browse(link_id)
        link.write({"warnings": [*(link.warnings or []), reason], "has_warnings": True})
