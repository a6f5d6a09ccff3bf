"""Translate the evidence of match decisions into the words that people read."""

from collections.abc import Mapping
from typing import Any

from odoo.api import Environment

from ...domain.identity.decide.decision import CREATE, LINK, Decision
from .reason_texts import kept_for_transaction, outcome_texts, rule_texts


@kept_for_transaction
def words(env: Environment) -> tuple[dict[str, str], dict[str, str]]:
    """Return ({field of the evidence: label}, {agreement level: label})."""
    fields = {
        "prior": env._("Prior odds"),
        "given": env._("First name"),
        "family": env._("Last name"),
        "name": env._("Name"),
        "form": env._("Legal form"),
        "street": env._("Street"),
        "street2": env._("Street 2"),
        "locality": env._("City and postal code"),
        "email": env._("E-mail"),
        "phone": env._("Phone"),
        "domain": env._("Web domain"),
        "number": env._("Tax or registry number"),
        "birthdate": env._("Birth date"),
        "company": env._("Company"),
        "order": env._("Order of names"),
        "address": env._("Address"),
    }
    levels = {
        "exact": env._("same"),
        "variant": env._("variant"),
        "close": env._("nearly the same"),
        "similar": env._("similar"),
        "part": env._("contained in the other"),
        "initial": env._("initial only"),
        "different": env._("different"),
        "shared": env._("same, shared mailbox"),
        "local": env._("same before the @"),
        "domain": env._("same domain"),
        "both": env._("both the same"),
        "zip": env._("same postal code"),
        "zip_close": env._("nearly the same postal code"),
        "city": env._("same city"),
        "city_only": env._("same city, no postal code"),
        "sister": env._("sister company or branch"),
        "generation": env._("a generation between them"),
        "swapped": env._("swapped"),
        "moved": env._("may have moved"),
        "frequency": env._("frequency of the value"),
    }
    return fields, levels


def in_words(env: Environment, candidate: Mapping[str, Any] | None) -> dict[str, Any]:
    """Return why a candidate was suggested: {"reasons", "parts", "score", "link_from", "version"}; bits as texts.

    The parts add up to the score exactly. A candidate that was not compared has reasons only.
    """
    if not candidate:
        return {"reasons": [], "parts": []}
    waterfall = candidate.get("evidence")
    if not waterfall:
        return {"reasons": candidate.get("reasons") or [], "parts": []}
    fields, levels = words(env)
    texts = rule_texts(env)
    return {
        "reasons": [texts.get(veto["rule"], veto["rule"]) for veto in waterfall["vetoes"]],
        "parts": [
            {
                "key": number,
                "field": fields.get(part["field"], part["field"]),
                "level": levels.get(part["level"], part["level"]),
                "weight": f"{part['weight'] / 100:+.2f}",
                "total": f"{part['total'] / 100:.2f}",
                "against": part["weight"] < 0,
            }
            for number, part in enumerate(waterfall["parts"])
        ],
        "score": f"{waterfall['score'] / 100:.2f}",
        "link_from": f"{waterfall['link_threshold'] / 100:.2f}",
        "version": waterfall["model_version"],
    }


def decision_text(env: Environment, decision: Decision) -> str:
    """Return a sentence about what decided: the fields that agree, the rule, or how little evidence there was."""
    if decision.kind == LINK:
        fields, _levels = words(env)
        agreeing = ", ".join(fields.get(name, name) for name in decision.agrees)
        return env._("Agrees: %s. No rule objects.", agreeing)
    outcome = outcome_texts(env).get(decision.rule)
    if outcome:
        return outcome
    rule = rule_texts(env).get(decision.rule, decision.rule)
    return env._("The most similar customer is a different one. %s", rule) if decision.kind == CREATE else rule
