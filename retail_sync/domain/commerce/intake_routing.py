"""Which company and warehouse take an incoming order: the first rule that fits."""

from collections.abc import Iterable
from dataclasses import dataclass

__all__ = ["RouteRule", "first_match"]


@dataclass(frozen=True, slots=True)
class RouteRule:
    """A rule. ``brand``, ``region``: words, ``country``: ISO code; an empty one stands for any."""

    id: int
    brand: str = ""
    region: str = ""
    country: str = ""

    def fits(self, brand: str, region: str, country: str) -> bool:
        """Return whether the rule is for an order of these; upper and lower case are the same."""
        pairs = ((self.brand, brand), (self.region, region), (self.country, country))
        return all(not wanted or wanted.strip().casefold() == given.strip().casefold() for wanted, given in pairs)


def first_match(rules: Iterable[RouteRule], brand: str, region: str, country: str) -> RouteRule | None:
    """Return the first of the rules, in their order, that fits."""
    return next((rule for rule in rules if rule.fits(brand, region, country)), None)
