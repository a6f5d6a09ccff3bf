"""Kinds whose JSON form is a plain scalar: texts, flags, codes, references, numbers without a unit."""

import html
import re
from decimal import ROUND_HALF_UP, Decimal, InvalidOperation
from typing import Any, NamedTuple

from ..values.text import clean_text, fold
from .kind_base import NO_OPTIONS, Kind, KindError, Options, register_kind

NUMBER_DIGITS = 2
# Tags by their names: "<ada@example.org>" and "<100>" in a note are text.
_TAG = re.compile(
    r"<!--.*?-->|</?(?:a|abbr|article|aside|b|big|blockquote|body|br|caption|center|cite|code|col|colgroup|dd|del"
    r"|div|dl|dt|em|figure|figcaption|font|footer|h[1-6]|head|header|hr|html|i|img|ins|kbd|label|li|main|mark|meta|nav|o:p"
    r"|ol|p|pre|q|s|samp|section|small|span|strike|strong|style|sub|sup|table|tbody|td|tfoot|th|thead|title|tr|tt|u|ul|var"
    r"|wbr)(?=[\s/>])[^>]*>",
    re.IGNORECASE | re.DOTALL,
)
_SPACE = re.compile(r"\s+")
_URL_START = re.compile(r"^https?://(www\.)?", re.IGNORECASE)
# What stands between two numbers in one text. A stroke without blanks parts the digits of one number.
_NEXT_NUMBER = re.compile(r"\s+[/\\|&]\s+|[;,\n]")
_TRUE = frozenset({"true", "1", "yes", "y", "on"})
_FALSE = frozenset({"false", "0", "no", "n", "off"})


class TextKind(Kind):
    """A text. Two spellings are equal when they differ in white space and invisible characters only.

    A list is several fields that only make sense together (the lines of a street): it is compared part by part, and
    is empty when all of its parts are.
    """

    name = "text"
    sensitivity = "personal"

    def parse(self, value: Any, options: Options = NO_OPTIONS) -> Any:
        if value is None:
            return None
        if isinstance(value, (str, int, float)) and not isinstance(value, bool):
            return clean_text(value)
        raise KindError("BAD_TEXT", f"A {self.name} is expected, not a value of type {type(value).__name__}.")

    def comparable(self, value: Any, options: Options = NO_OPTIONS) -> Any:
        if isinstance(value, (list, tuple)):
            parts = tuple(comparable_text(part) for part in value)
            return parts if any(part is not None for part in parts) else None
        if not isinstance(value, str):
            return value
        return _SPACE.sub(" ", clean_text(self.spelling(value)) or "").strip() or None

    def spelling(self, text: str) -> str:
        """Return the text without what does not count when two of this kind are compared."""
        return text


def comparable_text(value: Any) -> Any:
    """Return the form in which two values of no particular kind are equal."""
    return _TEXT.comparable(value)


class HtmlKind(TextKind):
    """Mark-up, compared by its text: a sanitiser rewrites the tags."""

    name = "html"

    def spelling(self, text: str) -> str:
        return html.unescape(_TAG.sub(" ", text))


class UrlKind(TextKind):
    name = "url"
    sensitivity = "internal"

    def spelling(self, text: str) -> str:
        return _URL_START.sub("", text).rstrip("/")


class VatKind(TextKind):
    name = "vat"

    def spelling(self, text: str) -> str:
        return "".join(char for char in text if char.isalnum() or char == "+").upper()


class PhoneKind(VatKind):
    """A phone number, or what stands in its place: "1234 / 5678" are two numbers, and not 12345678."""

    name = "phone"

    def spelling(self, text: str) -> str:
        return ";".join(filter(None, map(super().spelling, _NEXT_NUMBER.split(text))))


class CodeKind(TextKind):
    """A code: case and diacritics do not count."""

    name = "code"
    sensitivity = "internal"

    def spelling(self, text: str) -> str:
        return fold(text)


class EmailKind(TextKind):
    """An e-mail address: case does not count. "jürgen@" and "jurgen@" are two mailboxes."""

    name = "email"

    def spelling(self, text: str) -> str:
        return text.lower()


class LanguageKind(CodeKind):
    name = "language"


class EnumKind(CodeKind):
    """One of ``options.choices``, in the spelling declared there; any code where none are declared."""

    name = "enum"

    def parse(self, value: Any, options: Options = NO_OPTIONS) -> Any:
        text = super().parse(value, options)
        if text is None or not options.choices:
            return text
        for choice in options.choices:
            if fold(choice) == fold(text):
                return choice
        raise KindError("NOT_A_CHOICE", f"The value is none of: {', '.join(options.choices)}.")


class Ref(NamedTuple):
    """A reference to a record: of a platform (``Account``, external id) or of Odoo (``product.product``, number)."""

    object: str
    id: str

    def __str__(self) -> str:
        return f"{self.object}/{self.id}"


class RefKind(TextKind):
    """A reference, as the text "Object/id". Ids of platforms are compared letter by letter."""

    name = "ref"
    sensitivity = "internal"

    def parse(self, value: Any, options: Options = NO_OPTIONS) -> Any:
        if isinstance(value, Ref):
            value = str(value)
        elif value is not None and not isinstance(value, str):
            raise KindError("BAD_REF", "A reference is a text of the form Object/id.")
        text = clean_text(value) if value else None
        if text is not None:
            split_reference(text)
        return text

    def comparable(self, value: Any, options: Options = NO_OPTIONS) -> Any:
        return super().comparable(str(value) if isinstance(value, Ref) else value, options)


def split_reference(text: str) -> Ref:
    """Return the two parts of "Object/id". Raises KindError when either is missing."""
    remote_object, separator, external_id = text.partition("/")
    if not (separator and remote_object and external_id):
        raise KindError("BAD_REF", "A reference is a text of the form Object/id.")
    return Ref(remote_object, external_id)


class BoolKind(Kind):
    """A flag. It is never empty: a side that says nothing leaves it out."""

    name = "bool"

    def parse(self, value: Any, options: Options = NO_OPTIONS) -> Any:
        if value is None or value == "":
            return None
        if isinstance(value, bool):
            return value
        word = str(value).strip().casefold()
        if word in _TRUE or word in _FALSE:
            return word in _TRUE
        raise KindError("BAD_BOOL", "Yes or no is expected.")

    def comparable(self, value: Any, options: Options = NO_OPTIONS) -> Any:
        return bool(value)


class IntegerKind(Kind):
    """A whole number. 0 is not empty."""

    name = "integer"

    def parse(self, value: Any, options: Options = NO_OPTIONS) -> Any:
        if value is None or (isinstance(value, str) and not value.strip()):
            return None
        try:
            number = Decimal(str(value).strip()) if not isinstance(value, bool) else None
        except InvalidOperation:
            number = None
        if number is None or not number.is_finite() or number != number.to_integral_value():
            raise KindError("BAD_INTEGER", "A whole number is expected.")
        return int(number)


class NumberKind(TextKind):
    """A plain number, compared at ``options.digits`` decimals (2 when none are declared). 0 is not empty.

    Money belongs to the kind ``amount``, counted goods to ``quantity``: a plain number knows neither currency nor unit.
    """

    name = "number"
    sensitivity = "sensitive"

    def parse(self, value: Any, options: Options = NO_OPTIONS) -> Any:
        if value is None or (isinstance(value, str) and not value.strip()):
            return None
        if not isinstance(value, bool) and isinstance(value, (int, float, str, Decimal)):
            try:
                number = Decimal(str(value).strip())
            except InvalidOperation:
                number = None
            if number is not None and number.is_finite():
                whole = number == number.to_integral_value() and not isinstance(value, float)
                return int(number) if whole else float(number)
        raise KindError("BAD_NUMBER", "A number is expected.")

    def comparable(self, value: Any, options: Options = NO_OPTIONS) -> Any:
        if isinstance(value, (list, tuple)) or value is None or value == "":
            return super().comparable(value, options)
        return rounded(value, NUMBER_DIGITS if options.digits is None else options.digits)


def rounded(value: Any, digits: int) -> Any:
    """Return the number at ``digits`` decimals, halves away from zero as money is rounded; else its text."""
    text = str(value).strip()
    try:
        number = Decimal(text).quantize(Decimal(1).scaleb(-digits), ROUND_HALF_UP) + 0  # + 0: no negative zero
    except InvalidOperation:
        return text or None
    return number if number.is_finite() else text  # "not a number" is unequal to itself, and would never agree


_TEXT = TextKind()
for _kind in (
    *(_TEXT, HtmlKind(), UrlKind(), PhoneKind(), VatKind(), CodeKind(), EmailKind(), LanguageKind(), EnumKind()),
    *(RefKind(), BoolKind(), IntegerKind(), NumberKind()),
):
    register_kind(_kind)
