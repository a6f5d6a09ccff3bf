"""The moves of one order line, and the quantities that they add up to: of a kit, the complete sets."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from decimal import Decimal
from typing import Any, NamedTuple

from ...domain.commerce.facts import BACKWARD, OUTGOING, REPLACING
from ...domain.commerce.money_facts import ZERO

PRECISION = Decimal("0.000001")
OVER = ("done", "cancel")

Row = dict[str, Any]
# {product id: quantity in the unit of reference}
Sums = Mapping[int, Decimal]


class Moved(NamedTuple):
    """A move with the role that it plays. again: it belongs to a transfer that replaces returned goods."""

    row: Row
    role: str
    again: bool = False

    @property
    def open(self) -> bool:
        """Return whether it is still to be done."""
        return self.row["state"] not in OVER

    @property
    def done(self) -> bool:
        """Return whether it is done."""
        return bool(self.row["state"] == "done")

    @property
    def replaces(self) -> bool:
        """Return whether it moves what replaces returned goods."""
        return self.again or self.role in REPLACING


def number(value: Any) -> Decimal:
    """Return a quantity without the digits that conversions leave behind."""
    return Decimal(value or 0).quantize(PRECISION).normalize() + 0


class LineMoves:
    """The moves of one order line, of a kit by component."""

    def __init__(self, line: Row, moves: list[Moved]) -> None:
        self.line = line
        self.moves = moves
        self.factor = line["factor"] or Decimal(1)
        parts = {moved.row["product"] for moved in moves if moved.row["state"] != "cancel"}
        self.kit = bool(parts - {line["product"]}) and (line["kind"] == "kit" or self._need_of(moves))
        self.needs = self._needs() if self.kit else {}

    @staticmethod
    def _need_of(moves: list[Moved]) -> bool:
        return any(moved.row["need"] for moved in moves)

    def _needs(self) -> dict[int, Decimal]:
        """Return {component: what one kit needs of it}; of a kit within a kit, by what was ordered of it."""
        needs: dict[int, Decimal] = {}
        demand: dict[int, Decimal] = defaultdict(Decimal)
        for moved in self.moves:
            if moved.role in BACKWARD or moved.replaces or moved.row["state"] == "cancel":
                continue
            product = moved.row["product"]
            if moved.row["need"]:
                needs[product] = moved.row["need"]
            if not moved.row["goes_on"]:
                demand[product] += moved.row["demand"] or ZERO
        kits = (self.line["ordered"] or ZERO) * self.factor
        return {
            product: needs.get(product) or (quantity / kits if kits else ZERO) for product, quantity in demand.items()
        }

    def sums(self, counts: Callable[[Moved], bool], column: str = "done") -> Sums:
        """Return {product id: sum of a column} of the moves that count."""
        return _sums((moved for moved in self.moves if counts(moved)), column)

    def sets(self, sums: Sums) -> Decimal:
        """Return the complete sets of a kit, in the line's unit."""
        sets = [number(sums.get(product, ZERO) / need) // 1 for product, need in self.needs.items() if need]
        return number(max(min(sets, default=ZERO), ZERO) / self.factor)

    def total(self, counts: Callable[[Moved], bool], column: str = "done") -> Decimal:
        """Return the sum of a column of the moves that count, in the line's unit; of a kit the complete sets."""
        sums = self.sums(counts, column)
        return self.sets(sums) if self.kit else number(sum(sums.values(), ZERO) / self.factor)

    def added(self, counts: Callable[[Moved], bool], column: str = "done") -> Decimal:
        """Return what moves add to what was shipped of the order: of a kit, the sets that they complete.

        Components need not leave together. What is open of a kit is complete sets only with what is shipped already.
        """
        if not self.kit:
            return self.total(counts, column)
        shipped = self.sums(_shipped)
        return self.sets(_plus(shipped, self.sums(counts, column))) - self.sets(shipped)

    def shipped(self) -> tuple[Decimal, Decimal, Decimal]:
        """Return (shipped, of this what replaced returned goods, returned)."""
        first = self.total(_shipped)
        if not self.kit:
            again = self.total(lambda moved: moved.done and moved.role in OUTGOING and moved.replaces)
            return first + again, again, self.total(_returned)
        # A component that came back leaves one complete set less; one that replaces it completes the set again.
        returned = self.sums(_returned)
        kept = self.sets(_minus(self.sums(_shipped), returned))
        with_customer = self.sets(_minus(self.sums(lambda moved: moved.done and moved.role in OUTGOING), returned))
        return first + with_customer - kept, with_customer - kept, first - kept

    def of_transfers(self, picking_ids: Iterable[int], column: str) -> dict[int, Decimal]:
        """Return {picking id: sum of a column}, in the line's unit; of a kit the sets that the transfer completes.

        A transfer on the way back, of a kit, has the sets that it breaks.

        :param picking_ids: in the order in which the transfers were done, or will be
        """
        by_picking: dict[int, list[Moved]] = defaultdict(list)
        for moved in self.moves:
            by_picking[moved.row["picking"]].append(moved)
        if not self.kit:
            return {
                picking_id: number(sum(_sums(by_picking[picking_id], column).values(), ZERO) / self.factor)
                for picking_id in picking_ids
            }
        before: dict[str, Sums] = defaultdict(dict)
        return {picking_id: self._completed(by_picking[picking_id], column, before) for picking_id in picking_ids}

    def _completed(self, moves: list[Moved], column: str, before: dict[str, Sums]) -> Decimal:
        """Return the sets that the moves of one transfer complete or break, and add the moves to `before`.

        :param before: {role: sums of earlier transfers}; under "shipped" of all that hand goods over
        """
        changed = ZERO
        for role in {moved.role for moved in moves}:
            of_role = [moved for moved in moves if moved.role == role]
            sums = _sums(of_role, column)
            place = "shipped" if role in OUTGOING else role
            shipped, placed = before["shipped"], before[place]
            if role in BACKWARD:
                left = _minus(shipped, placed)
                changed += self.sets(left) - self.sets(_minus(left, sums))
            else:
                # What replaces a returned component completes a set only among those that the customer kept.
                kept = _minus(shipped, before["return"]) if place == "shipped" else placed
                changed += max(self.sets(_plus(base, sums)) - self.sets(base) for base in (placed, kept))
            counted = _sums((moved for moved in of_role if moved.row["state"] != "cancel"), column)
            before[place] = _plus(placed, counted)
        return changed


def _shipped(moved: Moved) -> bool:
    """Return whether a move handed over what was ordered, and not what replaces it."""
    return moved.done and moved.role in OUTGOING and not moved.replaces


def _returned(moved: Moved) -> bool:
    return moved.done and moved.role == "return"


def _sums(moves: Iterable[Moved], column: str) -> Sums:
    sums: dict[int, Decimal] = defaultdict(Decimal)
    for moved in moves:
        sums[moved.row["product"]] += moved.row[column] or ZERO
    return sums


def _plus(left: Sums, right: Sums) -> Sums:
    return {product: left.get(product, ZERO) + right.get(product, ZERO) for product in {*left, *right}}


def _minus(left: Sums, right: Sums) -> Sums:
    return {product: left.get(product, ZERO) - right.get(product, ZERO) for product in {*left, *right}}
