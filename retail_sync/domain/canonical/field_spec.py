"""One canonical field, and the parts of an entity's declaration that are made of fields."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from enum import Enum
from typing import Any

from .kinds import KindError, LineField, Options, kind_of

OWNERS = ("remote", "odoo", "shared")
# From open to closed.
SENSITIVITIES = ("public", "internal", "personal", "sensitive", "secret")
_NAME = re.compile(r"[a-z][a-z0-9_]*")


class DeclarationError(ValueError):
    """A declaration that contradicts itself. The text names the entity or field, and what to change."""


class OnMissing(str, Enum):
    """What becomes of a record whose reference the other side does not know yet.

    ``wait``: the record waits until it is known. ``refuse``: the record becomes an exception. ``skip``: the record goes
    without the reference, which follows if it is expected. ``if_expected``: on its way out the record waits where a
    stream will send what is referred to, or may read it from the platform; where none ever will, it goes without.
    Coming in, it waits.
    """

    wait = "wait"
    if_expected = "if_expected"
    refuse = "refuse"
    skip = "skip"


@dataclass(frozen=True, slots=True)
class FieldSpec:
    """One canonical field; the first ten attributes are those that fields always had, in the same order.

    ``sensitivity``: masking class; left empty, that of the kind (of lines: of their most closed field).
    ``restrictive`` marks an opt-out flag: once True on either side it stays True unless its owner lifts it.
    ``choices``: the values of an ``enum``. ``urgent``: a change of it travels in the critical lane. ``computed``: Odoo
    stores no column of its own for it, so its changes are reported by their change sources. ``owner``: whose value
    counts where no ownership rule says otherwise. ``leads``: read before the other fields of its part, whose transforms
    look at it (phone numbers and states are read in the light of the country). ``anchors``: of a composite as it is
    merged, see ``Composite``; by position, ``None`` for a field that is no composite.

    ``digits``, ``currency``, ``unit``, ``zone``: see ``kinds.Options``. ``entity``: what a ``ref`` points to.
    ``neutral``: a value that says no more than none at all, such as an amount due of 0: equal to an empty one.
    ``lines``: the fields of a line of kind ``lines``; ``line_key``: the field that identifies a line.
    ``options``: all of these as the kinds take them. Raises DeclarationError.
    """

    name: str
    kind: str
    sensitivity: str = ""
    label: str = ""
    help: str = ""
    restrictive: bool = False
    choices: tuple[str, ...] = ()
    urgent: bool = False
    computed: bool = False
    owner: str = "shared"
    digits: int | None = None
    currency: str | None = None
    unit: str | None = None
    zone: str | None = None
    entity: str | None = None
    lines: tuple["FieldSpec", ...] = ()
    line_key: str = "key"
    leads: bool = False
    anchors: Mapping[int, tuple[int, ...]] | None = None
    neutral: Any = None
    options: Options = field(init=False, repr=False, compare=False, default=Options())

    def __post_init__(self) -> None:
        check_name("Field", self.name)
        try:
            kind = kind_of(self.kind)
            options = Options(
                digits=self.digits,
                currency=self.currency,
                unit=self.unit,
                choices=tuple(self.choices),
                zone=self.zone,
                entity=self.entity,
                lines=tuple(LineField(spec.name, spec.kind, spec.options) for spec in self.lines),
                line_key=self.line_key,
                neutral=self.neutral,
            )
            kind.check(options)
        except (KindError, ValueError) as error:
            raise DeclarationError(f"Field {self.name!r}: {error}") from None
        self._check_only_where_it_means_something()
        object.__setattr__(self, "options", options)
        if not self.sensitivity:
            classes = [spec.sensitivity for spec in self.lines] or [kind.sensitivity]
            object.__setattr__(self, "sensitivity", max(classes, key=SENSITIVITIES.index))
        if self.sensitivity not in SENSITIVITIES:
            raise DeclarationError(f"Field {self.name!r} has the unknown sensitivity {self.sensitivity!r}.")
        if self.owner not in OWNERS:
            raise DeclarationError(f"Field {self.name!r} has the unknown owner {self.owner!r}.")

    def _check_only_where_it_means_something(self) -> None:
        wrong = {
            "restrictive": self.restrictive and self.kind != "bool",
            "choices": bool(self.choices) and self.kind != "enum",
            "lines": bool(self.lines) and self.kind != "lines",
            "entity": self.entity is not None and self.kind != "ref",
            "currency": self.currency is not None and self.kind != "amount",
            "unit": self.unit is not None and self.kind != "quantity",
            "zone": self.zone is not None and self.kind not in ("date", "datetime"),
            "digits": self.digits is not None and self.kind not in ("number", "amount", "quantity", "datetime"),
        }
        for attribute, is_wrong in wrong.items():
            if is_wrong:
                raise DeclarationError(f"Field {self.name!r}: {attribute!r} means nothing for the kind {self.kind!r}.")

    def content(self) -> dict[str, Any]:
        """Return what decides how values are read, compared and sent: no labels, no help."""
        found: dict[str, Any] = {
            name: getattr(self, name)
            for name in ("name", "kind", "sensitivity", "restrictive", "urgent", "computed", "owner", "digits")
        }
        found.update(currency=self.currency, unit=self.unit, zone=self.zone, entity=self.entity)
        if self.neutral is not None:
            found.update(neutral=self.neutral)
        found.update(choices=list(self.choices), lines=[spec.content() for spec in self.lines], key=self.line_key)
        return found


@dataclass(frozen=True, slots=True)
class Composite:
    """Fields whose values only make sense together: merged as one value, written field by field.

    ``anchors``: {field: fields that must be equal on both sides}: when two values that contradict each other meet for
    the first time, a blank is filled from the other side only where these are equal; a field without any is not.
    ``within``: {field: the field without which its value means nothing}, such as a state and its country.
    """

    name: str
    label: str
    fields: tuple[str, ...]
    anchors: Mapping[str, tuple[str, ...]] = field(default_factory=dict, hash=False)
    within: Mapping[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        check_name("Composite", self.name)
        if len(set(self.fields)) < 2 or len(set(self.fields)) < len(self.fields):
            raise DeclarationError(f"Composite {self.name!r} joins two different fields at least.")
        unknown = {name for key, names in self.anchors.items() for name in (key, *names)} - set(self.fields)
        if unknown:
            raise DeclarationError(f"Composite {self.name!r} has no {', '.join(sorted(unknown))} to anchor.")

    def anchor_positions(self) -> dict[int, tuple[int, ...]]:
        """Return ``anchors`` by the positions of the fields."""
        at = self.fields.index
        return {at(name): tuple(at(other) for other in names) for name, names in self.anchors.items()}
        if not {*self.within, *self.within.values()} <= set(self.fields):
            raise DeclarationError(f"Composite {self.name!r}: what stands within what are fields of it.")


@dataclass(frozen=True, slots=True)
class PartSpec:
    """A further Odoo record that the remote record shows, such as the recipient of a delivery.

    ``repeated``: there may be several, called "<name>:<key>"; else there is one, called by its name. ``needs``: fields
    of which one at least has a value, or the remote record shows no such part; none named: it always shows it.
    ``repeats_main``: given the values of the part and those of the main part, tells whether the part shows nothing of
    its own, and so needs no record of its own.
    """

    name: str
    label: str
    fields: Mapping[str, FieldSpec]
    repeated: bool = False
    needs: tuple[str, ...] = ()
    repeats_main: Callable[[Mapping[str, Any], Mapping[str, Any]], bool] | None = field(default=None, compare=False)

    def __post_init__(self) -> None:
        check_name("Part", self.name)
        if not self.fields:
            raise DeclarationError(f"Part {self.name!r} has no fields.")
        check_keys(f"Part {self.name!r}", self.fields)
        unknown = sorted(set(self.needs) - self.fields.keys())
        if unknown:
            raise DeclarationError(f"Part {self.name!r} needs {', '.join(unknown)}, which it does not have.")


@dataclass(frozen=True, slots=True)
class ReferenceSpec:
    """A reference to another record, by a field of kind ``ref``.

    ``field``: a field of the entity, or "lines.product" for field ``product`` of the lines in field ``lines``.
    """

    name: str
    field: str
    entity: str
    on_missing: OnMissing = OnMissing.wait

    def __post_init__(self) -> None:
        check_name("Reference", self.name)
        check_name("Entity", self.entity)
        object.__setattr__(self, "on_missing", member(OnMissing, self.on_missing, f"Reference {self.name!r}"))

    @property
    def waits(self) -> bool:
        """Return whether a record that comes in waits for the record that the reference names."""
        return self.on_missing in (OnMissing.wait, OnMissing.if_expected)


def check_name(what: str, name: str) -> None:
    if not _NAME.fullmatch(name):
        raise DeclarationError(f"{what} {name!r}: a name has lower-case letters, digits and underscores only.")


def check_keys(what: str, specs: Mapping[str, Any]) -> None:
    for name, spec in specs.items():
        if spec.name != name:
            raise DeclarationError(f"{what} lists {spec.name!r} under the name {name!r}.")


def member(enum: type[Enum], value: Any, what: str) -> Any:
    """Return the member of an enum that a member or its word stands for."""
    try:
        return enum(value)
    except ValueError:
        known = ", ".join(str(entry.value) for entry in enum)
        raise DeclarationError(f"{what}: {value!r} is none of: {known}.") from None
