"""Translate the codes of match rules into sentences that people read."""

from collections.abc import Callable
from functools import wraps
from typing import TypeVar

from odoo.api import Environment

Texts = TypeVar("Texts")


def kept_for_transaction(texts: Callable[[Environment], Texts]) -> Callable[[Environment], Texts]:
    """Translate texts once for each transaction and language: a page of new records needs them for each candidate."""

    @wraps(texts)
    def cached(env: Environment) -> Texts:
        key = (texts.__module__, texts.__name__, env.lang)
        if key not in env.cr.cache:
            env.cr.cache[key] = texts(env)
        return env.cr.cache[key]

    return cached


@kept_for_transaction
def rule_texts(env: Environment) -> dict[str, str]:
    """Return {code of a rule: sentence} of the rules that override the score."""
    return {
        "kind": env._("One record is a person, the other a company."),
        "kind_doubt": env._("Name and contact agree, but one record is a person and the other a company."),
        "tax_id": env._("The tax IDs differ: two legal entities."),
        "tax_id_doubt": env._("Name, address and phone agree, but the tax IDs differ."),
        "name": env._("The names are clearly different."),
        "name_doubt": env._("The names are not similar enough."),
        "sister_branch": env._("Two branches with different cities and addresses."),
        "series": env._("The names contain different numbers: two companies of a series."),
        "branch": env._("The same company at another address: perhaps a branch."),
        "legal_form": env._("The legal forms differ: perhaps two legal entities."),
        "too_little": env._("Too few values besides the name agree."),
        "other_account": env._("The records belong to different accounts, or only one record belongs to an account."),
        "namesake": env._("Only the name agrees; address and contacts all differ."),
        "first_name": env._("The first names are clearly different."),
        "other_words": env._("Contacts agree, and one name contains the other or is written in another script."),
        "separate_records": env._("The platform has two records, and they have only a similar name in common."),
        "first_name_changed": env._("Personal keys agree, but the first names differ."),
        "last_name": env._("The last names are clearly different."),
        "last_name_doubt": env._("The last names are not similar enough."),
        "birthdate": env._("The birth dates differ, and no personal key agrees."),
        "birthdate_doubt": env._("A personal key agrees, but the birth dates differ."),
        "number": env._("The tax or registry numbers differ."),
        "number_doubt": env._("The registry numbers differ."),
        "vat_doubt": env._("The tax IDs differ."),
        "generation": env._("Jr., Sr. or III: father and son, two different people."),
        "generation_doubt": env._("The names differ in what follows them: Jr., Sr., III, a letter or a number."),
        "twins": env._("The first names are similar or missing: a spelling mistake, or another member of the family."),
        "father_and_son": env._("Name and address agree, as for father and son, but no personal value agrees."),
        "name_only": env._("Hardly any value besides the name agrees."),
        "moved": env._("The address differs: the customer moved, or another person has the same name."),
        "handed_on": env._("A phone number or e-mail address agrees, but it may have passed to another person."),
    }


@kept_for_transaction
def outcome_texts(env: Environment) -> dict[str, str]:
    """Return {code: sentence} of decisions without a rule."""
    return {
        "no_candidate": env._("No customer shares a value with the record."),
        "no_evidence": env._("No customer has enough evidence."),
        "score": env._("The evidence is not strong enough for a link."),
        "rival": env._("A candidate that only a person can judge has more evidence."),
        "tie": env._("Several customers have equal evidence, and they are not duplicates of each other."),
    }
