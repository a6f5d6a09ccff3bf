"""Texts fit for logs, messages and jobs: no secret, no personal data by its shape, no value of the record they name.

All patterns are bounded, and texts are cut before they are searched: the time grows with the length of a text at most.
"""

import re
from collections.abc import Collection, Iterable, Iterator
from typing import Any

from .masking import DATE, EMAIL, HIDDEN, mask_email, mask_phone

# A longer text is no sentence for people; what follows is left out.
LONGEST = 20_000
_CUT = " … (cut)"

_PHONE = re.compile(r"(?<![\w.:/-])(?:\+|\(|\d)[\d\s().-]{6,20}\d(?![\w:-])")
_SECRET_WORDS = (
    r"(?:access|refresh|id|auth|csrf|security|session)[_-]?token|client[_-]?secret|client[_-]?assertion|assertion"
    r"|password|passwd|pwd|secret|session[_-]?id|api[_-]?key|private[_-]?key|signature|authorization|cookie"
    r"|x-[a-z-]{0,30}(?:key|token|secret|signature)"
)
# (pattern, replacement): the order matters, whole blocks before the tokens inside them.
_SECRETS = (
    (re.compile(r"-----BEGIN ([A-Z ]+)-----.*?(?:-----END \1-----|\Z)", re.DOTALL), HIDDEN),
    (re.compile(r"(?i)\b(bearer|basic|oauth)(\s+)(?!•)[\w.~+/=!-]{4,}"), rf"\1\2{HIDDEN}"),
    (re.compile(rf"(?i)(<(?:\w+:)?(?:{_SECRET_WORDS})\b[^<>]{{0,300}}>)[^<]+"), rf"\1{HIDDEN}"),
    (re.compile(rf"(?i)((?<![a-z])(?:{_SECRET_WORDS})[\"']?\s*[:=]\s*)\"(?:[^\"\\]|\\.)*(?:\"|\Z)"), rf'\1"{HIDDEN}"'),
    (re.compile(rf"(?i)((?<![a-z])(?:{_SECRET_WORDS})[\"']?\s*[:=]\s*)'(?:[^'\\]|\\.)*(?:'|\Z)"), rf"\1'{HIDDEN}'"),
    (re.compile(rf"(?i)((?<![a-z])(?:{_SECRET_WORDS})\s*[:=]\s*)(?![\"'•])[^\s&,;}}\]]+"), rf"\1{HIDDEN}"),
    (re.compile(r"\beyJ[\w-]{5,}\.[\w-]{5,}(?:\.[\w-]*)?"), HIDDEN),  # JSON Web Token
    (re.compile(r"\b\w{12,18}![\w.~+/=-]{8,}"), HIDDEN),  # session token behind the id of its organisation
    (re.compile(r"(?i)\b([a-z][a-z0-9+.-]{0,20}://)[^\s/@:]{1,200}:[^\s/@]{1,500}@"), rf"\1{HIDDEN}@"),
)

# Length of an IBAN by its country, as the registry of ISO 13616 has them.
_IBAN_LENGTHS = {
    "AD": 24, "AE": 23, "AL": 28, "AT": 20, "AZ": 28, "BA": 20, "BE": 16, "BG": 22, "BH": 22, "BR": 29, "CH": 21,
    "CR": 22, "CY": 28, "CZ": 24, "DE": 22, "DK": 18, "DO": 28, "EE": 20, "EG": 29, "ES": 24, "FI": 18, "FO": 18,
    "FR": 27, "GB": 22, "GE": 22, "GI": 23, "GL": 18, "GR": 27, "GT": 28, "HR": 21, "HU": 28, "IE": 22, "IL": 23,
    "IS": 26, "IT": 27, "JO": 30, "KW": 30, "KZ": 20, "LB": 28, "LI": 21, "LT": 20, "LU": 20, "LV": 21, "MC": 27,
    "MD": 24, "ME": 22, "MK": 19, "MR": 27, "MT": 31, "MU": 30, "NL": 18, "NO": 15, "PK": 24, "PL": 28, "PS": 29,
    "PT": 25, "QA": 29, "RO": 24, "RS": 22, "SA": 24, "SE": 24, "SI": 19, "SK": 24, "SM": 27, "TN": 24, "TR": 26,
    "UA": 29, "VG": 24, "XK": 20,
}  # fmt: skip
_IBAN_START = re.compile(r"(?<![A-Za-z0-9])(?=[A-Za-z]{2}\d\d[ -]?[A-Za-z0-9])")
# Tax numbers that their form tells from anything else, and numbers that follow the name of one.
_TAX_ID = re.compile(
    r"(?<![A-Za-z0-9])(?:ATU\d{8}|BE[01]\d{9}|BG\d{9,10}|CY\d{8}[A-Z]|CZ\d{8,10}|DE\d{9}|DK\d{8}|EE\d{9}|(?:EL|GR)\d{9}"
    r"|ES[A-Z0-9]\d{7}[A-Z0-9]|FI\d{8}|FR[A-Z0-9]{2}\d{9}|GB\d{9}(?:\d{3})?|HR\d{11}|HU\d{8}|IE\d[A-Z0-9]\d{5}[A-Z]{1,2}"
    r"|IT\d{11}|LT\d{9}(?:\d{3})?|LU\d{8}|LV\d{11}|MT\d{8}|NL\d{9}B\d\d|PL\d{10}|PT\d{9}|RO\d{6,10}|SE\d{12}|SI\d{8}"
    r"|SK\d{10}|CHE-?\d{3}\.?\d{3}\.?\d{3}|[A-Z]{6}\d\d[A-EHLMPRST]\d\d[A-Z]\d{3}[A-Z])(?![A-Za-z0-9])"
)
_NAMED_NUMBER = re.compile(
    r"(?i)(?<![a-z])((?:vat|tax|ssn|iban|passport|fiscal|tin|siren|siret|steuernummer|ust-?id(?:nr)?|partita iva"
    r"|codice fiscale|social security|national id|driver'?s? licen[cs]e)"
    r"(?:[ _-]?(?:id|no|nr|number|code))?\.?[ ]{0,2}[:=#]?[ ]{0,2}[\"'\[(]?)(?=[\w./-]{0,12}\d)[\w./-]{4,40}"
)

# What a sentence quotes. An apostrophe before a letter closes nothing ('Val d'Isère').
_QUOTED = re.compile(
    r"(?<!\w)'((?:\\.|[^'\\\n]|'(?=\w)){1,2000})(?:'|\Z)"
    r'|"((?:\\.|[^"\\\n]){1,2000})(?:"|\Z)'
    r"|„([^“”\n]{1,2000})[“”]|“([^”\n]{1,2000})”|«([^»\n]{1,2000})»|‚([^‘\n]{1,2000})‘|‘([^’\n]{1,2000})’"
    r"|\[([^\]\n]{1,2000})\]|(?<==)\(([^\n]{1,2000}?)\)(?=\s|=|\Z|,|\.)"
)
# Names of fields, constraints and codes: no person, place or number is written so.
_IDENTIFIER = re.compile(r"[A-Za-z]\w*__[a-z]|[a-z][a-z0-9]*(?:[_.][a-z0-9]+)+|[A-Z]+(?:_[A-Z]+)+")
_FRAME = re.compile(
    r"Traceback \(most recent call last\):\Z|During handling of the above exception|The above exception was the direct"
    r'|  File "[^"]+", line \d+, in [\w<>.]+\Z'
)
_ERROR_NAME = re.compile(r"[A-Za-z_][\w.]*(?=:|\Z)")
_ERROR_ENDS = (
    "Error", "Exception", "Violation", "Warning", "Failure", "Interrupt", "Exit", "Detected", "Available", "Dead",
    "Canceled", "Timeout",
)  # fmt: skip
_MOST_VALUES = 400


def _hide_phone(match: re.Match[str]) -> str:
    text = match.group()
    digits = sum(char.isdigit() for char in text)
    marked = text[0] in "+(" or any(char in " (-." for char in text.strip())
    return mask_phone(text) if 8 <= digits <= 15 and marked and not DATE.match(text) else text


def cut(text: str, longest: int = LONGEST) -> str:
    """Return a text of at most ``longest`` characters; one that was longer says so."""
    return text if len(text) <= longest else text[: longest - len(_CUT)] + _CUT


def scrub_text(text: str) -> str:
    """``text`` fit for a log: tokens, keys, passwords, IBANs and tax numbers gone, e-mails and phone numbers masked.

    Bare digit strings stay (they are mostly ids and times); a phone number shows by its "+" or its separators. A text
    longer than ``LONGEST`` is cut.
    """
    text = cut(text)
    for pattern, replacement in _SECRETS:
        text = pattern.sub(replacement, text)
    text = _without_ibans(text)
    text = _TAX_ID.sub(HIDDEN, text)
    text = _NAMED_NUMBER.sub(rf"\1{HIDDEN}", text)
    text = EMAIL.sub(lambda match: mask_email(match.group()), text)
    return _PHONE.sub(_hide_phone, text)


def _without_ibans(text: str) -> str:
    parts, at = [], 0
    for match in _IBAN_START.finditer(text):
        start = match.start()
        end = _iban_end(text, start) if start >= at else 0
        if end:
            parts += [text[at:start], HIDDEN]
            at = end
    return "".join([*parts, text[at:]]) if parts else text


def _iban_end(text: str, start: int) -> int:
    """Return where the IBAN that begins at ``start`` ends, 0 when there is none: by its length and check digits."""
    length = _IBAN_LENGTHS.get(text[start : start + 2].upper(), 0)
    found, at = "", start
    while len(found) < length and at < len(text):
        char = text[at]
        if char.isascii() and char.isalnum():
            found += char
        elif char not in " -":
            break
        at += 1
    if not length or len(found) < length or (at < len(text) and text[at].isalnum()):
        return 0
    digits = "".join(str(int(char, 36)) for char in found[4:] + found[:4])
    return at if int(digits) % 97 == 1 else 0


def without_quoted(text: str, keep: Collection[str] = ()) -> str:
    """Return a text of Odoo, a database or a platform without what it quotes: mostly values of a record.

    Names of fields and constraints stay, and those of ``keep``.
    """

    def hide(match: re.Match[str]) -> str:
        inner = next(group for group in match.groups() if group is not None)
        names = [name.strip() for name in inner.split(",")]
        if all(name in keep or _IDENTIFIER.fullmatch(name) for name in names):
            return match.group()
        whole = match.group()
        return whole.replace(inner, HIDDEN, 1)

    return _QUOTED.sub(hide, text)


def without_values(text: str, values: Iterable[Any]) -> str:
    """Return a text in which no value of ``values`` stands any more, nor a word of a value of several words.

    Words of fewer than four letters, and numbers of fewer than three digits, say too little to be hidden.
    """
    wanted = sorted(set(_pieces(values)), key=lambda piece: (-len(piece), piece))[:_MOST_VALUES]
    if not wanted or not text:
        return text
    pattern = "|".join(map(re.escape, wanted))
    return re.sub(rf"(?i)(?<!\w)(?:{pattern})(?!\w)", HIDDEN, text)


def _pieces(values: Iterable[Any]) -> Iterator[str]:
    for value in values:
        if isinstance(value, bool) or value is None:
            continue
        if isinstance(value, (list, tuple)):
            yield from _pieces(value)
            continue
        if isinstance(value, dict):
            yield from _pieces(value.values())
            continue
        whole = cut(str(value).strip(), 2000)
        if len(whole) >= 3:
            yield whole
        if isinstance(value, str):
            words = whole.split()
            # A sentence shares its words with any other text; a name or a street does not.
            if 1 < len(words) <= 6:
                yield from (word for word in (found.strip(".,;:()") for found in words) if len(word) >= 4)


def without_error_texts(trace: str) -> str:
    """Return a traceback with its frames and the names of its errors, without what the errors say."""
    kept: list[str] = []
    code = 0  # Lines of source code that may follow the line of a frame: the code, and the marks below it.
    for line in cut(trace, 200_000).splitlines():
        if line.startswith("    ") and code:
            kept.append(line)
            code -= 1
        elif _FRAME.match(line):
            kept.append(line)
            code = 2
        elif (name := _ERROR_NAME.match(line)) and name.group().endswith(_ERROR_ENDS):
            kept.append(name.group())
            code = 0
        else:
            code = 0
    return "\n".join(kept)
