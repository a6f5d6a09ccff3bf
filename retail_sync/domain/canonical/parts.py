"""Which parts a remote record shows, by the rules that its entity declares for them."""

from .entity_spec import MAIN, EntitySpec
from .schema import Parts


def shown_parts(parts: Parts, spec: EntitySpec) -> Parts:
    """Return ``parts`` with ``None`` for those that the record shows as empty, without those it says nothing about.

    A part that needs one of some fields is empty when all of them are, and unknown when none of them was reported.
    """
    result: Parts = {}
    for name, values in parts.items():
        needs = () if name == MAIN else spec.part(name).needs
        if values is None or not needs or any(values.get(field) for field in needs):
            result[name] = values
        elif any(field in values for field in needs):
            result[name] = None
    return result


def drop_equal_parts(parts: Parts, spec: EntitySpec) -> Parts:
    """Return ``parts`` with ``None`` for those that repeat the main part: they need no record of their own."""
    main = parts.get(MAIN)
    if main is None or len(parts) == 1:
        return parts
    result = dict(parts)
    for name, values in parts.items():
        if name == MAIN or values is None:
            continue
        repeats = spec.part(name).repeats_main
        if repeats is not None and repeats(values, main):
            result[name] = None
    return result
