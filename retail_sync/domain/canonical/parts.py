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


def repeating_parts(parts: Parts, spec: EntitySpec) -> frozenset[str]:
    """Return the names of the parts that repeat the main part: while they do, they need no record of their own.

    That is a reason not to create a record. A record that stands for such a part already stays as it is.
    """
    main = parts.get(MAIN)
    if main is None:
        return frozenset()
    found = set()
    for name, values in parts.items():
        if name == MAIN or values is None:
            continue
        repeats = spec.part(name).repeats_main
        if repeats is not None and repeats(values, main):
            found.add(name)
    return frozenset(found)


def presence_fields(part: str, spec: EntitySpec) -> frozenset[str]:
    """Return the merge names whose values say whether a part is there: those that it needs, composites as a whole."""
    needs = frozenset(spec.part(part).needs)
    composites = [composite for composite in spec.composites_of(part) if needs.intersection(composite.fields)]
    single = needs.difference(*(composite.fields for composite in composites))
    return single.union(composite.name for composite in composites)
