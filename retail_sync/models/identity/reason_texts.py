"""What decided about a record, in the language of the reader: sentences for the codes of the match rules."""

from odoo.api import Environment


def rule_texts(env: Environment) -> dict[str, str]:
    """Return {code of a rule: sentence} of the rules that stand above the score."""
    # Kept for the transaction: a page of new records asks for them with each record.
    key = ("retail_sync_rule_texts", env.lang)
    if key not in env.cr.cache:
        env.cr.cache[key] = _rule_texts(env)
    return env.cr.cache[key]


def _rule_texts(env: Environment) -> dict[str, str]:
    return {
        "kind": env._("One is a person, the other a company."),
        "kind_doubt": env._("Name and contact agree, but one is a person and the other a company."),
        "tax_id": env._("The tax IDs differ: two legal entities."),
        "tax_id_doubt": env._("Name, address and phone agree, but the tax IDs differ."),
        "name": env._("The names are plainly different."),
        "name_doubt": env._("The names do not agree well enough."),
        "sister_branch": env._("Two branches, each with its own place and address."),
        "series": env._("The names carry different numbers: two of a series."),
        "branch": env._("The same company at another address: perhaps a branch."),
        "legal_form": env._("The legal forms differ: perhaps two legal entities."),
        "too_little": env._("Too little agrees besides the name."),
        "other_account": env._("They belong to different accounts, or only one of them belongs to an account."),
        "namesake": env._("Only the name agrees; address and contacts all differ."),
        "first_name": env._("The first names are plainly different."),
        "first_name_changed": env._("Personal keys agree, but the first names differ."),
        "last_name": env._("The last names are plainly different."),
        "last_name_doubt": env._("The last names do not agree well enough."),
        "birthdate": env._("The birth dates differ, and no personal key agrees."),
        "birthdate_doubt": env._("A personal key agrees, but the birth dates differ."),
        "number": env._("The tax or registry numbers differ."),
        "number_doubt": env._("The registry numbers differ."),
        "vat_doubt": env._("The tax IDs differ."),
        "generation": env._("Jr., Sr. or III: father and son, not one person."),
        "generation_doubt": env._("Only one of the two is called Jr., Sr. or III."),
        "twins": env._("The first names are nearly equal: a typing error, or brother and sister."),
        "father_and_son": env._("Name and address agree, as of father and son; nothing personal does."),
        "name_only": env._("Little more than the name agrees."),
        "moved": env._("Another address: the customer moved, or it is a namesake."),
        "handed_on": env._("A contact agrees that may have been handed on to another person."),
    }


def outcome_texts(env: Environment) -> dict[str, str]:
    """Return {code: sentence} of what decides where no rule does."""
    return {
        "no_candidate": env._("No record has anything in common with it."),
        "no_evidence": env._("No record has enough in common with it."),
        "score": env._("The evidence is not strong enough for a link."),
        "rival": env._("A candidate that only a person can judge has more in common with it."),
        "tie": env._("Several customers agree equally well, and they are not duplicates of each other."),
    }
