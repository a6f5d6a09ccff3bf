"""What becomes of the blanks of a composite, such as a size: at a first meeting, and later under an owner."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from ..canonical.schema import Value
from ..values.text import place_key

# {position of an element: positions of the elements that must be equal on both sides before a blank is filled}
Anchors = Mapping[int, tuple[int, ...]]


@dataclass(frozen=True, slots=True)
class Meeting:
    """Two values of one composite. ``contrary``: positions at which both have an element, and not the same one.
    ``unanchored``: positions at which one is blank, and the other's element may belong to another thing.
    """

    remote: list[Value]
    local: list[Value]
    contrary: tuple[int, ...]
    unanchored: tuple[int, ...]

    def value(self, remote_prevails: bool) -> list[Value]:
        """Return the value of both sides: what one has fills the other's blanks; where both differ, one prevails."""
        winner, other = (self.remote, self.local) if remote_prevails else (self.local, self.remote)
        return [element if _form(element) or at in self.unanchored else other[at] for at, element in enumerate(winner)]

    def empties(self, remote_prevails: bool) -> bool:
        """Return whether the side that does not prevail would lose an element for a blank."""
        winner = self.remote if remote_prevails else self.local
        return any(not _form(winner[at]) for at in self.unanchored)


def fill_agreed_blanks(
    owners: Sequence[Value], others: Sequence[Value], base: Sequence[Value] | None, anchors: Anchors
) -> list[Value]:
    """Return the owner's composite with what the other side filled in where both had agreed on a blank.

    A blank that the owner made stays, and so does one whose anchor the owner has emptied, or all of it. What belongs to
    another thing than the owner's, see ``meet``, is left out.
    ``base``: what was agreed on last, element by element; None: nothing at all.
    """
    unanchored = meet(others, owners, anchors).unanchored
    agreed = base or [None] * len(owners)
    if any(map(_form, agreed)) and not any(map(_form, owners)):
        return list(owners)
    emptied = {at for at, element in enumerate(owners) if _form(agreed[at]) and not _form(element)}
    return [
        others[at]
        if not (_form(element) or _form(agreed[at]) or at in unanchored or emptied.intersection(anchors.get(at, ())))
        else element
        for at, element in enumerate(owners)
    ]


def meet(remote: Sequence[Value], local: Sequence[Value], anchors: Anchors) -> Meeting:
    """Compare two composites element by element; neither counts as agreed on before.

    Where nothing contradicts, each side has what the other lacks. Where something does, a blank is filled only if the
    elements named in anchors are equal: a country belongs to any street of the same postcode, the second line of a
    street to that street alone.
    """
    pairs = [(_form(left), _form(right)) for left, right in zip(remote, local, strict=True)]
    contrary = tuple(at for at, (left, right) in enumerate(pairs) if left and right and left != right)
    one_sided = [at for at, (left, right) in enumerate(pairs) if bool(left) != bool(right)]
    unanchored = tuple(at for at in one_sided if not _belongs(at, pairs, anchors)) if contrary else ()
    return Meeting(list(remote), list(local), contrary, unanchored)


def _belongs(at: int, pairs: Sequence[tuple[str, str]], anchors: Anchors) -> bool:
    wanted = anchors.get(at, ())
    return bool(wanted) and all(pairs[other][0] and pairs[other][0] == pairs[other][1] for other in wanted)


def _form(value: Value) -> str:
    text = " ".join(str(value).split()) if value is not None else ""
    return place_key(text) or text
