"""Values that a record takes from another one: looked at once more when a page has moved the record.

The page has compared them already, as its transaction saw the other record. One that changed meanwhile, and whose
change was routed before the page was committed, was older there. Seen when workers were killed: a company got its tax
ID while a page moved a contact there, whose tax status was never sent.
"""

from collections.abc import Sequence

from odoo.api import Environment

from ...domain.canonical.schema import PART_MAIN
from ...domain.reconcile import echo


def of_moves(env: Environment, stream, entity, changes: Sequence[tuple]) -> list[tuple[int, set[str], int, int]]:
    """Return [(record id, canonical names, ms since 1970, transaction size)] of what is to be compared again.

    Only what Odoo alone decides, so that this is never taken for an edit. A record that the page has created is none
    that it moved.

    :param changes: (record id, op, names, origin, txid, at, size) of what pages of the stream's platform wrote
    """
    borrowed = {change[2]: entity._borrowed_fields((change[2] or "").split(",")) for change in changes}
    created = {(res_id, txid) for res_id, op, _names, _origin, txid, _at, _size in changes if op == "I"}
    found = []
    for res_id, op, names, _origin, txid, at, size in changes:
        if op == "U" and borrowed[names] and (res_id, txid) not in created:
            found.append((res_id, borrowed[names], at, size))
    if not found:
        return []
    specs = entity._spec().merge_specs(PART_MAIN)
    rules = env["retail.sync.ownership.rule"]._for(stream.connection_id, stream.entity)
    return [
        (res_id, echo.only_odoo_decides(names & specs.keys(), specs, rules), at, size)
        for res_id, names, at, size in found
    ]
