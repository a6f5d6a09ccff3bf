"""Texts that mean another value in another country, such as a phone number without its calling code.

Who moves a customer to another country has not changed the number: it stays what both sides agreed on, although the
platform's text, read in the new country, is another number by now.
"""

from collections.abc import Callable, Mapping

from ..canonical import composites
from ..canonical.entity_spec import MAIN, EntitySpec
from ..canonical.kinds import equal
from ..canonical.schema import Value, Values
from ..values import phones, tax_ids

# {kind: whether a text is this value, read in the value's own country}
_READS_AS: dict[str, Callable[[str, str], bool]] = {"phone": phones.reads_as, "vat": tax_ids.reads_as}


def keep_former_readings(
    values: Values, base: Mapping[str, Value], texts: Mapping[str, str], spec: EntitySpec, part: str = MAIN
) -> None:
    """Replace values of a part by those of the base where their texts still say so, in place.

    Without a country in the base they were read in the default one: a country that comes later is news of them too.

    :param base: folded values, as both sides last agreed on
    :param texts: the texts of fields that name no country of their own, by field
    """
    specs = spec.part_specs(part)
    agreed = composites.expand(base, spec, part)
    if not any(agreed.get(name) for name, field in specs.items() if field.leads):
        return
    for name, text in texts.items():
        before, reads_as = agreed.get(name), _READS_AS.get(specs[name].kind)
        if reads_as and isinstance(before, str) and values.get(name, before) != before and reads_as(text, before):
            values[name] = before


def read_as_the_platforms(text: str | None, before: Value, kind: str, country: str) -> str | None:
    """Return a value of Odoo in the form in which one of the platform's is read: a number with its code or prefix.

    People leave both out. Without them the same number would differ from the platform's, which Odoo's then replaced.

    :param before: what both sides last agreed on, None for nothing: a text that still says it is that value
    :param country: ISO code of the customer's country, or the default one
    """
    if not text or kind not in _READS_AS or (kind == "phone" and text.startswith("+")):
        return text
    if isinstance(before, str) and _READS_AS[kind](text, before):
        return before
    if kind == "phone":
        number, problem = phones.parse_phone(text, country)
        return text if problem else number
    found = tax_ids.normalise_vat(text, country)
    return text if equal(found, text, kind) else found
