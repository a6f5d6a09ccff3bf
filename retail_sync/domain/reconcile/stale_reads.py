"""Which edits a remote record proves, as it was read.

A read crosses our own writes: it may show what they have replaced since, or show them before we received the answer.
Neither is an edit that a person made on the platform.
"""

from collections.abc import Iterable, Mapping

from ..canonical.kinds import equal, form_of
from ..canonical.schema import FieldSpec, Value, Values


def tells_otherwise(base: Mapping[str, Value], remote: Mapping[str, Value], specs: Mapping[str, FieldSpec]) -> bool:
    """Return whether a record, as it was read, differs in any field it reports from what both sides agreed on."""
    return any(not _equal(value, base.get(name), name, specs) for name, value in remote.items())


def base_with_ours(
    base: Mapping[str, Value],
    remote: Mapping[str, Value],
    sent: Iterable[Mapping[str, Value]],
    specs: Mapping[str, FieldSpec],
) -> Values:
    """Return the base, corrected by values that were sent without an answer and that the platform shows.

    sent: what was sent, one mapping per delivery. Such a value is what Odoo had, and the platform took it: from there
    each side's change is measured. A worker that dies before it notes the answer must not turn it into an edit of the
    platform, which a later edit in Odoo would have to compete with.
    """
    found = dict(base)
    for values in sent:
        for name, value in values.items():
            if name in remote and _equal(remote[name], value, name, specs):
                found[name] = remote[name]
    return found


def _equal(left: Value, right: Value, name: str, specs: Mapping[str, FieldSpec]) -> bool:
    return equal(left, right, *form_of(specs.get(name)))
