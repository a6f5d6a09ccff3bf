"""Links of customers who have become internal users or companies of Odoo: people learn of them at once."""

from odoo.api import Environment
from odoo.tools import SQL

from ..exceptions import exception_queue
from ..exceptions.subject import of_record
from ..mapping.write_guard import PROTECTED
from . import internal_partners

# Links that are reported at once: the rest follow with the next call.
LIMIT = 200


def report(env: Environment) -> int:
    """Open an exception for each link in sync whose partner no platform may write any more; return how many.

    One query, from the users and companies to their links: there are few of them, and millions of links.
    """
    for name, columns in (("res.users", ["partner_id", "share"]), ("res.company", ["partner_id"])):
        env[name].flush_model(columns)
    env["res.partner"].flush_model(["parent_id"])
    env["retail.sync.link"].flush_model()
    rows = env.execute_query(
        SQL(
            "WITH RECURSIVE protected(id) AS ("
            " SELECT partner_id FROM res_users WHERE share IS NOT TRUE UNION SELECT partner_id FROM res_company"
            " UNION SELECT child.id FROM protected JOIN res_partner child ON child.parent_id = protected.id)"
            " SELECT link.id FROM protected JOIN retail_sync_link link"
            " ON link.res_model = 'res.partner' AND link.res_id = protected.id"
            " WHERE link.part = 'main' AND link.is_primary AND link.state = 'in_sync' ORDER BY link.id LIMIT %s",
            LIMIT,
        )
    )
    links = env["retail.sync.link"].sudo().browse([link_id for (link_id,) in rows])
    for link in links:
        exception_queue.technical(
            env,
            link.connection_id,
            PROTECTED,
            internal_partners.reason(env),
            of_record(link.external_id),
            stream=link.stream_id,
            fault_class="business",
        ).write({"res_model": link.res_model, "res_id": link.res_id})
    links.write({"state": "attention"})
    return len(links)
