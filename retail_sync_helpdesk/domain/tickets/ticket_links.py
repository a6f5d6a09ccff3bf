"""Which documents a ticket is about: candidates with a confidence and reasons; what is linked, what is suggested.

A number proves nothing about who writes: a document of another customer is never linked without a person, whatever the
ticket names.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from .mentions import ORDER, TRACKING, Mention, normal_number

__all__ = ["LINK_FROM", "SUGGEST_FROM", "Document", "LinkCandidate", "Links", "Requester", "link"]

LINK_FROM = 80
SUGGEST_FROM = 30
_OF_PLACE = {"subject": 60, "body": 50, "quoted": 20}
_OF_BELONGING = {"of_requester": 35, "address_named": 15, "requester_unknown": 0, "of_another_customer": 0}
# Up to which confidence a document may come that is not the requester's.
_MOST = {"of_another_customer": 45, "address_named": LINK_FROM - 1, "requester_unknown": LINK_FROM - 1}
_UNSURE = -15
_AGAIN = 5
_ONLY_OPEN = 45


@dataclass(frozen=True, slots=True)
class Document:
    """A document that was found for the mentions, or an order of the requester.

    :param kind: order, invoice, shipment or return
    :param customers: ids of the customers that it belongs to: buyer, invoice and delivery customer, and their company
    :param numbers: by which it may be named: its name, the customer's reference, tracking numbers
    :param emails: of those customers, lower case
    :param open: of an order: whether something is still to come, or has come lately
    """

    kind: str
    id: int
    name: str = ""
    customers: frozenset[int] = frozenset()
    numbers: frozenset[str] = frozenset()
    emails: frozenset[str] = frozenset()
    open: bool = False


@dataclass(frozen=True, slots=True)
class Requester:
    """Who asks: ids of the customer and of its company; none where the sender is not known. ``email``: lower case."""

    customers: frozenset[int] = frozenset()
    email: str = ""


@dataclass(frozen=True, slots=True)
class LinkCandidate:
    """A document with a confidence from 0 to 100, and codes of what speaks for and against it, the weightiest first."""

    document: Document
    confidence: int
    reasons: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Links:
    """What is linked at once, and what a person is asked about; the likeliest first."""

    linked: tuple[LinkCandidate, ...] = ()
    suggested: tuple[LinkCandidate, ...] = ()


def link(mentions: Sequence[Mention], documents: Iterable[Document], requester: Requester) -> Links:
    """Return the documents of a ticket. The order in which they are given is irrelevant.

    :param documents: those that the mentions found, and the orders of the requester
    """
    unique = {(document.kind, document.id): document for document in documents}
    known = [unique[key] for key in sorted(unique)]
    found = [candidate for document in known if (candidate := _candidate(document, mentions, requester, known))]
    found.sort(key=lambda candidate: (-candidate.confidence, candidate.document.kind, candidate.document.id))
    sure = [candidate for candidate in found if candidate.confidence >= LINK_FROM]
    # Two orders that carry one number (an order and another customer's reference) are for a person to tell.
    doubtful = {id(candidate) for candidate in sure if _shares_number(candidate, sure, mentions)}
    return Links(
        tuple(candidate for candidate in sure if id(candidate) not in doubtful),
        tuple(
            candidate
            for candidate in found
            if candidate.confidence >= SUGGEST_FROM and (candidate.confidence < LINK_FROM or id(candidate) in doubtful)
        ),
    )


def _candidate(
    document: Document, mentions: Sequence[Mention], requester: Requester, known: Sequence[Document]
) -> LinkCandidate | None:
    named = [mention for mention in mentions if _names(mention, document)]
    belongs = _belongs(document, mentions, requester)
    if not named:
        if belongs != "of_requester" or not _is_only_open(document, requester, known):
            return None
        return LinkCandidate(document, _ONLY_OPEN, ("only_open_order",))
    best = max(named, key=lambda mention: (_OF_PLACE[mention.place], mention.sure, mention.value))
    weights = {f"{best.kind}_in_{best.place}": _OF_PLACE[best.place], belongs: _OF_BELONGING[belongs]}
    if not best.sure and best.kind != TRACKING:
        weights["number_without_prefix"] = _UNSURE
    if len({mention.value for mention in named}) > 1:
        weights["named_twice"] = _AGAIN
    confidence = min(sum(weights.values()), _MOST.get(belongs, 100))
    codes = sorted(weights, key=lambda code: -abs(weights[code]))
    return LinkCandidate(document, max(confidence, 0), tuple(codes))


def _names(mention: Mention, document: Document) -> bool:
    numbers = {normal_number(number) for number in (*document.numbers, document.name) if number}
    if mention.value in numbers:
        return True
    # "order 42" means S00042: the digits of the name, without the zeros before them.
    if mention.kind == ORDER and not mention.sure and document.kind == "order":
        digits = "".join(char for char in document.name if char.isdigit())
        return digits.lstrip("0") == mention.value.lstrip("0") != ""
    return False


def _belongs(document: Document, mentions: Sequence[Mention], requester: Requester) -> str:
    if document.customers & requester.customers or (requester.email and requester.email in document.emails):
        return "of_requester"
    if requester.customers:
        return "of_another_customer"
    if any(mention.kind == "email" and mention.value in document.emails for mention in mentions):
        return "address_named"
    return "requester_unknown"


def _is_only_open(document: Document, requester: Requester, known: Sequence[Document]) -> bool:
    orders = [found for found in known if found.kind == "order" and found.open]
    return [found for found in orders if _belongs(found, (), requester) == "of_requester"] == [document]


def _shares_number(candidate: LinkCandidate, others: Sequence[LinkCandidate], mentions: Sequence[Mention]) -> bool:
    values = {mention.value for mention in mentions if _names(mention, candidate.document)}
    return any(
        other is not candidate
        and other.document.kind == candidate.document.kind
        and values == {mention.value for mention in mentions if _names(mention, other.document)}
        for other in others
    )
