"""Is this unknown record one of those we have? Link, create, or ask a person, with the reason in words.

The rule here is that of exact keys: tax ID, e-mail + name, E.164 phone + name. A tie or a doubt goes to review.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from .canonical import Value
from .identity_keys import email_key, match_keys, name_key, name_tokens, normalise_name, phone_key
from .tax_ids import normalise_vat, vat_equal

__all__ = [
    "CREATE",
    "LINK",
    "REVIEW",
    "Candidate",
    "Decision",
    "decide",
    "decide_page",
    "match_keys",
    "names_compatible",
    "normalise_name",
    "normalise_vat",
]

LINK = "link"
CREATE = "create"
REVIEW = "review"


@dataclass(frozen=True, slots=True)
class Candidate:
    """A record of ours that shares a key. ``kind``: "company" or "person". ``bound``: it already stands for a record of
    this backend. ``is_commercial``: it is a legal entity of its own, not a contact or an address of one.
    """

    id: int
    kind: str
    name: str
    vat: str | None = None
    email: str | None = None
    phone_e164: str | None = None
    parent_id: int | None = None
    bound: bool = False
    is_commercial: bool = True


@dataclass(frozen=True, slots=True)
class Decision:
    """``rule``: short stable word of what decided. ``reason``: the same as a sentence. ``candidates``: (id, reasons) of
    each one with evidence, by id.
    """

    kind: str
    candidate_id: int | None
    rule: str
    reason: str
    candidates: tuple[tuple[int, list[str]], ...] = ()


class _Finding(NamedTuple):
    """What speaks for a candidate. ``rule`` names a proof that links; where it is empty there is only a doubt."""

    candidate: Candidate
    rule: str
    reasons: tuple[str, ...]


def names_compatible(left: str | None, right: str | None) -> bool:
    """Equal, or one consists of some of the other's words; words of legal form alone ("Ltd") prove nothing."""
    one, other = name_tokens(left), name_tokens(right)
    return bool(one and other) and (one <= other or other <= one)


def _same_name(left: str | None, right: str | None, kind: str) -> bool:
    key = name_key(left, kind)
    return bool(key) and key == name_key(right, kind)


class _Incoming:
    """The record to decide on, its keys computed once for all candidates."""

    def __init__(self, values: Mapping[str, Value], parent_id: int | None, parent_known: bool):
        self.kind = str(values.get("kind") or "company")
        self.name = str(values.get("name") or "")
        self.vat = normalise_vat(str(values.get("vat") or ""))
        self.email = email_key(values.get("email"), self.kind)
        self.phone = phone_key(values.get("phone"))
        self.parent_id = parent_id
        # The record names a company that is not here yet: whether the candidate's is the same one can't be told.
        self.parent_missing = bool(values.get("parent")) and parent_id is None and not parent_known

    def finding(self, candidate: Candidate) -> _Finding | None:
        """What speaks for ``candidate``, or ``None``. The record's own parent is never the record itself."""
        if candidate.id == self.parent_id:
            return None
        by_vat = self._by_vat(candidate)
        by_contact = self._by_contact(candidate)
        if by_vat and by_contact:
            doubt = not (by_vat.rule and by_contact.rule)
            # A tax ID and a name prove more than an e-mail that several records of a company may share.
            return _Finding(candidate, "" if doubt else by_vat.rule, by_vat.reasons + by_contact.reasons)
        return by_vat or by_contact

    def _by_vat(self, candidate: Candidate) -> _Finding | None:
        if not (candidate.is_commercial and self.vat and vat_equal(self.vat, candidate.vat)):
            return None
        if candidate.kind != self.kind:
            return _Finding(candidate, "", (f"same tax ID, but one is a {self.kind}, the other a {candidate.kind}",))
        if not names_compatible(self.name, candidate.name):
            # Branches under one parent carry their company's tax ID: their names tell them apart.
            if self.parent_id is not None and candidate.parent_id == self.parent_id:
                return None
            return _Finding(candidate, "", ("same tax ID, but another name",))
        return _Finding(candidate, "vat+name", ("same tax ID, and the names agree",))

    def _by_contact(self, candidate: Candidate) -> _Finding | None:
        shared = []
        if self.email and self.email == email_key(candidate.email, self.kind):
            shared.append(("email+name", "e-mail"))
        if self.phone and self.phone == phone_key(candidate.phone_e164):
            shared.append(("phone+name", "phone"))
        if not shared:
            return None
        what = " and ".join(label for _rule, label in shared)
        if not _same_name(self.name, candidate.name, self.kind):
            # A shared e-mail and a longer form of one name may be one person, or a father and his son.
            if shared[0][0] == "email+name" and self.kind == candidate.kind == "person":
                tokens = name_tokens(self.name), name_tokens(candidate.name)
                if min(map(len, tokens)) > 1 and names_compatible(self.name, candidate.name):
                    return _Finding(candidate, "", (f"same {what}, and one name is part of the other",))
            return None
        if candidate.kind != self.kind:
            if candidate.parent_id:  # an address or contact that a company of this name keeps under itself
                return None
            return _Finding(
                candidate, "", (f"same {what} and name, but one is a {self.kind}, the other a {candidate.kind}",)
            )
        doubt = self._contradiction(candidate)
        if doubt:
            return _Finding(candidate, "", (f"same {what} and name, but {doubt}",))
        return _Finding(candidate, shared[0][0], (f"same {what} and name",))

    def _contradiction(self, candidate: Candidate) -> str:
        other_vat = normalise_vat(candidate.vat or "")
        if self.vat and other_vat and not vat_equal(self.vat, other_vat):
            return "another tax ID"
        if self.parent_id and candidate.parent_id and self.parent_id != candidate.parent_id:
            return "it belongs to another company"
        if self.parent_missing and candidate.parent_id:
            return "its company is not here yet, so it can't be told whether it is the same one"
        return ""


def decide(
    values: Mapping[str, Value],
    candidates: Iterable[Candidate],
    parent_partner_id: int | None = None,
    parent_known: bool = False,
) -> Decision:
    """One decision for one record that is bound to nothing.

    ``values``: canonical values of its main slot. ``parent_partner_id``: our record of its parent. ``parent_known``:
    True when the caller is sure about the parent, also that there is none. The order of ``candidates`` is irrelevant.
    """
    incoming = _Incoming(values, parent_partner_id, parent_known)
    unique = {candidate.id: candidate for candidate in candidates}
    findings = [finding for key in sorted(unique) if (finding := incoming.finding(unique[key])) is not None]
    listed = tuple((finding.candidate.id, list(finding.reasons)) for finding in findings)
    if not findings:
        return Decision(CREATE, None, "no_evidence", "No record with the same tax ID, or with its name and contact.")
    if len(findings) > 1:
        return Decision(REVIEW, None, "tie", f"{len(findings)} customers look like this one.", listed)
    finding = findings[0]
    why = "; ".join(finding.reasons)
    candidate = finding.candidate
    if candidate.bound:
        reason = f"Looks like a second remote record of {candidate.id} ({candidate.name}): {why}."
        return Decision(REVIEW, None, "already_bound", reason, listed)
    if not finding.rule:
        return Decision(REVIEW, None, "doubt", f"Perhaps {candidate.id} ({candidate.name}): {why}.", listed)
    return Decision(LINK, candidate.id, finding.rule, f"Is {candidate.id} ({candidate.name}): {why}.", listed)


def decide_page(keys: Sequence[Iterable[str]]) -> dict[int, str]:
    """Twins within one page: {index: reason} for each record that shares a match key with an earlier one.

    ``keys``: the match keys of each record, in the order of external ids: each repeat of the page decides the same.
    """
    first: dict[str, int] = {}
    twins: dict[int, str] = {}
    for index, record_keys in enumerate(keys):
        for key in record_keys:
            earlier = first.setdefault(key, index)
            if earlier != index and index not in twins:
                what = _KEY_WORDS.get(key.partition(":")[0], "key")
                twins[index] = f"Looks like another record of the same page: same {what}."
    return twins


_KEY_WORDS = {"vat": "tax ID", "email+name": "e-mail and name", "phone+name": "phone and name"}
