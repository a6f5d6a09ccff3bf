"""The declaration of an entity. The engine asks the declaration; it names no entity itself."""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from hashlib import blake2b
from types import MappingProxyType
from typing import Any, TypeVar

from .entity_rules import Authority, DeliveryClass, Effect, Identity, Lifecycle, Strategy
from .field_spec import (
    SENSITIVITIES,
    Composite,
    DeclarationError,
    FieldSpec,
    OnMissing,
    PartSpec,
    ReferenceSpec,
    check_keys,
    check_name,
    member,
)

__all__ = [
    "Authority",
    "Composite",
    "DeclarationError",
    "DeliveryClass",
    "Effect",
    "EntitySpec",
    "FieldSpec",
    "Identity",
    "Lifecycle",
    "MAIN",
    "OnMissing",
    "PartSpec",
    "ReferenceSpec",
    "SENSITIVITIES",
    "Strategy",
    "declare",
]
MAIN = "main"
_Named = TypeVar("_Named", FieldSpec, PartSpec, Composite, ReferenceSpec)


@dataclass(frozen=True, slots=True)
class EntitySpec:
    """What the engine has to know about an entity; made with ``declare``. Raises DeclarationError.

    ``fields``: of the record itself (its part ``main``). ``parts``: further Odoo records that the remote record shows.
    ``composites``: fields merged as one value, in the main part and in each part that has all of them; ``composite_of``
    names that of a field. ``version`` rises when stored canonical values have to be read anew. ``tells_milestones``:
    what it sends follows from milestones of orders, so that a stream of it needs their journal. ``digest`` changes
    with anything but labels, help and that mark.
    """

    name: str
    version: int
    fields: Mapping[str, FieldSpec]
    label: str = ""
    composites: Mapping[str, Composite] = field(default_factory=dict)
    parts: Mapping[str, PartSpec] = field(default_factory=dict)
    references: Mapping[str, ReferenceSpec] = field(default_factory=dict)
    identity: Identity = field(default_factory=Identity)
    authority: Authority = Authority.both
    lifecycle: Lifecycle = field(default_factory=Lifecycle)
    delivery_class: DeliveryClass = DeliveryClass.state
    tells_milestones: bool = False
    composite_of: Mapping[str, str] = field(init=False, compare=False, repr=False, default_factory=dict)
    digest: str = field(init=False, compare=False, default="")
    # Answers by part, kept: they are asked for with every record.
    _composites: dict[str, list[Composite]] = field(init=False, compare=False, repr=False, default_factory=dict)
    _merge_specs: dict[str, Mapping[str, FieldSpec]] = field(
        init=False, compare=False, repr=False, default_factory=dict
    )

    def __post_init__(self) -> None:
        check_name("Entity", self.name)
        what = f"Entity {self.name!r}"
        if self.version < 1 or not self.fields:
            raise DeclarationError(f"{what} has fields, and a version from 1.")
        object.__setattr__(self, "authority", member(Authority, self.authority, what))
        object.__setattr__(self, "delivery_class", member(DeliveryClass, self.delivery_class, what))
        object.__setattr__(self, "label", self.label or self.name.replace("_", " ").capitalize())
        for specs in (self.fields, self.parts, self.composites, self.references):
            check_keys(what, specs)
        self._check_names(what)
        self._check_references(what)
        self._check_rules(what)
        of_field = {name: composite.name for composite in self.composites.values() for name in composite.fields}
        object.__setattr__(self, "composite_of", MappingProxyType(of_field))
        object.__setattr__(self, "digest", self._digest())

    def _check_names(self, what: str) -> None:
        if MAIN in self.parts:
            raise DeclarationError(f"{what}: the part {MAIN!r} is the record itself.")
        taken: dict[str, str] = {}
        for composite in self.composites.values():
            if composite.name in self.fields:
                raise DeclarationError(f"{what}: {composite.name!r} is a field and a composite.")
            if not any(set(composite.fields) <= specs.keys() for specs in self._all_specs()):
                raise DeclarationError(f"{what}: no part has all fields of composite {composite.name!r}.")
            for name in composite.fields:
                if taken.setdefault(name, composite.name) != composite.name:
                    raise DeclarationError(f"{what}: field {name!r} stands in two composites.")

    def _check_references(self, what: str) -> None:
        for reference in self.references.values():
            spec = self._at(reference.field)
            if spec is None or spec.kind != "ref":
                raise DeclarationError(f"{what}: {reference.field!r} of reference {reference.name!r} is no ref field.")
            if spec.entity not in (None, reference.entity):
                raise DeclarationError(
                    f"{what}: reference {reference.name!r} is to {reference.entity!r}, its field to {spec.entity!r}."
                )

    def _check_rules(self, what: str) -> None:
        key = self.fields.get(self.identity.field)
        if self.identity.strategy is Strategy.key and (key is None or key.kind not in ("code", "text", "integer")):
            raise DeclarationError(
                f"{what}: its key {self.identity.field!r} is no field of kind code, text or integer."
            )
        if self.identity.strategy is Strategy.evidence and self.authority is Authority.odoo:
            raise DeclarationError(f"{what}: records that only Odoo writes are never read: no evidence is weighed.")
        foreign = {Authority.odoo: "remote", Authority.platform: "odoo"}.get(self.authority)
        owned = sorted(spec.name for spec in self.fields.values() if spec.owner == foreign)
        if owned:
            raise DeclarationError(f"{what}: {', '.join(owned)} cannot belong to the side that may not write.")
        changing = [name for name, effect in self.lifecycle.effects().items() if effect not in _KEEPING]
        if self.delivery_class is DeliveryClass.fact and changing:
            raise DeclarationError(f"{what}: facts are never changed or taken back ({', '.join(changing)}).")

    def _all_specs(self) -> list[Mapping[str, FieldSpec]]:
        return [self.fields, *(part.fields for part in self.parts.values())]

    def _at(self, path: str) -> FieldSpec | None:
        name, dot, inner = path.partition(".")
        spec = self.fields.get(name)
        if not dot or spec is None:
            return spec
        return next((entry for entry in spec.lines if entry.name == inner), None)

    def _digest(self) -> str:
        content: dict[str, Any] = {
            "name": self.name,
            "version": self.version,
            "fields": [spec.content() for spec in self.fields.values()],
            "composites": [[entry.name, list(entry.fields)] for entry in self.composites.values()],
            "parts": [
                [part.name, part.repeated, list(part.needs), [spec.content() for spec in part.fields.values()]]
                for part in self.parts.values()
            ],
            "references": [[r.name, r.field, r.entity, r.on_missing.value] for r in self.references.values()],
            "identity": [self.identity.strategy.value, self.identity.field],
            "authority": self.authority.value,
            "lifecycle": {name: effect.value for name, effect in self.lifecycle.effects().items()},
            "delivery_class": self.delivery_class.value,
        }
        return blake2b(json.dumps(content, sort_keys=True).encode(), digest_size=16).hexdigest()

    # -- what the engine asks

    def part_specs(self, part: str = MAIN) -> Mapping[str, FieldSpec]:
        """Return the fields of a part: "main", a declared part, or "line:<key>" of a repeated one.

        Raises DeclarationError for a part that the entity does not have.
        """
        return self.fields if part == MAIN else self.part(part).fields

    def part(self, part: str) -> PartSpec:
        """Return the declaration of a part other than the main one. Raises DeclarationError as ``part_specs`` does."""
        name, colon, key = part.partition(":")
        spec = self.parts.get(name)
        if spec is None or spec.repeated != bool(colon) or (colon and not key):
            raise DeclarationError(f"Entity {self.name!r} has no part {part!r}.")
        return spec

    def sensitivity_of(self, name: str, part: str = MAIN) -> str | None:
        """Return the masking class of a field or composite as declared, ``None`` for an unknown one.

        A composite has the most closed class of its fields.
        """
        specs = self.part_specs(part)
        spec = specs.get(name) or self.fields.get(name)
        if spec is not None:
            return spec.sensitivity
        composite = self.composites.get(name)
        if composite is None:
            return None
        found = [spec.sensitivity for field in composite.fields if (spec := specs.get(field) or self.fields.get(field))]
        return max(found, key=SENSITIVITIES.index, default=None)

    def composites_of(self, part: str = MAIN) -> list[Composite]:
        """Return the composites that stand in a part."""
        found = self._composites.get(part)
        if found is None:
            names = self.part_specs(part).keys()
            found = [composite for composite in self.composites.values() if set(composite.fields) <= names]
            self._composites[part] = found
        return found

    def merge_specs(self, part: str = MAIN) -> Mapping[str, FieldSpec]:
        """Return {merge name: FieldSpec} of a part, and of its single fields as well.

        A composite stands as a text, which compares lists value by value. It belongs to the side to which all of its
        fields belong, else to both.
        """
        known = self._merge_specs.get(part)
        if known is not None:
            return known
        specs = self.part_specs(part)
        found = dict(specs)
        for composite in self.composites_of(part):
            owners = {specs[name].owner for name in composite.fields}
            owner = owners.pop() if len(owners) == 1 else "shared"
            found[composite.name] = FieldSpec(
                composite.name, "text", label=composite.label, owner=owner, anchors=composite.anchor_positions()
            )
        self._merge_specs[part] = MappingProxyType(found)
        return self._merge_specs[part]

    def urgent_fields(self) -> frozenset[str]:
        return frozenset(name for name, spec in self.fields.items() if spec.urgent)

    def owner_of(self, name: str) -> str:
        """Return whose value of a field counts where no ownership rule says otherwise: remote, odoo or shared."""
        sole = {Authority.odoo: "odoo", Authority.platform: "remote"}.get(self.authority)
        return sole or self.fields[name].owner


_KEEPING = (Effect.keep, Effect.append_only, Effect.refuse)


def declare(
    name: str,
    version: int,
    fields: Iterable[FieldSpec],
    *,
    label: str = "",
    composites: Iterable[Composite] = (),
    parts: Iterable[PartSpec] = (),
    references: Iterable[ReferenceSpec] = (),
    identity: Identity | None = None,
    authority: Authority = Authority.both,
    lifecycle: Lifecycle | None = None,
    delivery_class: DeliveryClass = DeliveryClass.state,
    tells_milestones: bool = False,
) -> EntitySpec:
    """Return the declaration of an entity. Raises DeclarationError, also for a name that stands twice."""
    return EntitySpec(
        name,
        version,
        by_name(fields),
        label,
        by_name(composites),
        by_name(parts),
        by_name(references),
        identity or Identity(),
        authority,
        lifecycle or Lifecycle(),
        delivery_class,
        tells_milestones,
    )


def by_name(specs: Iterable[_Named]) -> Mapping[str, _Named]:
    """Return specs under their names, in the order given. Raises DeclarationError for a name that stands twice."""
    found: dict[str, _Named] = {}
    for spec in specs:
        if spec.name in found:
            raise DeclarationError(f"{spec.name!r} is declared twice.")
        found[spec.name] = spec
    return MappingProxyType(found)
