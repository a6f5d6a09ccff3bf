"""The entities that exist: declared by the engine and by addons, asked for by name."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from types import MappingProxyType

from .entity_spec import MAIN, DeclarationError, EntitySpec, FieldSpec

_REGISTERED: dict[str, EntitySpec] = {}
# Always what is registered now; for code that reads it as a mapping.
ENTITIES: Mapping[str, EntitySpec] = MappingProxyType(_REGISTERED)


class UnknownEntityError(LookupError):
    """No entity of that name is registered: its addon is missing, or not loaded yet."""


def register(spec: EntitySpec) -> EntitySpec:
    """Make an entity known; the same declaration again changes nothing (an addon may be loaded twice).

    Raises DeclarationError where another declaration has the name.
    """
    known = _REGISTERED.setdefault(spec.name, spec)
    if known != spec:
        raise DeclarationError(
            f"Entity {spec.name!r} is declared already, in another way (digest {known.digest}, now {spec.digest})."
        )
    return known


def unregister(name: str) -> None:
    """Forget an entity. For tests: nothing that was compiled for it is undone."""
    _REGISTERED.pop(name, None)


@contextmanager
def registered(*specs: EntitySpec) -> Iterator[None]:
    """Register entities for the length of a test."""
    new = [spec.name for spec in specs if spec.name not in _REGISTERED]
    try:
        for spec in specs:
            register(spec)
        yield
    finally:
        for name in new:
            unregister(name)


def get(name: str) -> EntitySpec:
    """Return the declaration of an entity. Raises UnknownEntityError."""
    try:
        return _REGISTERED[name]
    except KeyError:
        known = ", ".join(sorted(_REGISTERED)) or "none"
        raise UnknownEntityError(f"There is no entity {name!r}; known are: {known}.") from None


def all() -> list[EntitySpec]:
    """Return every entity, in the order of registration."""
    return list(_REGISTERED.values())


def part_specs(part: str, entity: str) -> Mapping[str, FieldSpec]:
    """Return the fields of a part of an entity (``main``: its own). Raises UnknownEntityError or DeclarationError."""
    return get(entity).part_specs(part or MAIN)


def field_labels() -> dict[str, str]:
    """Return {field: label} of all entities and parts, for a choice of fields; the first declaration names it."""
    found: dict[str, str] = {}
    for entity in all():
        for specs in (entity.fields, *(part.fields for part in entity.parts.values())):
            for spec in specs.values():
                found.setdefault(spec.name, spec.label)
    return found
