"""Countries by ISO code or by name, and languages by code or by name. Tables come from the CLDR (babel)."""

import re
from collections.abc import Mapping
from functools import cache, lru_cache

from babel import Locale
from babel.core import get_global

from .text import fold, fold_words

# The first language that claims a name keeps it; two later ones that disagree cancel each other.
_NAME_LOCALES = ("en", "de", "fr", "it", "es", "nl", "pt", "pl", "sv", "da", "nb", "fi", "cs", "tr", "ja", "zh", "ru")
# CLDR regions that are no country of any customer: unions, pseudo regions, outlying islands without ISO code.
_NO_COUNTRY = {"EU", "EZ", "UN", "QO", "XA", "XB", "ZZ", "AC", "CP", "CQ", "DG", "EA", "IC", "TA"}
# Odoo has a country of its own for Northern Ireland, by the prefix of its VAT numbers.
_ODOO_COUNTRIES = {"XI": "United Kingdom (Northern Ireland)"}
_COMMON_NAMES = {
    "US": "usa|u s a|us of a|eeuu|ee uu|united states us"
    "|united states of america|america|estados unidos de america|etats unis d amerique",
    "GB": "united kingdom of great britain and northern ireland|uk|u k|"
    "great britain uk|united kingdom uk|"
    "great britain|britain|england|scotland|wales|northern ireland|grossbritannien|gran bretagna",
    "IE": "republic of ireland|eire",
    "NL": "koninkrijk der nederlanden|kingdom of the netherlands|holland|the netherlands|netherlands the",
    "CZ": "czech republic|czech rep|tschechische republik|repubblica ceca|republique tcheque",
    "SK": "slovak republic|slovak rep",
    "KR": "korea|south korea|republic of korea|korea republic of",
    "KP": "korea democratic people s republic of|democratic people s republic of korea",
    "RU": "russian federation",
    "CN": "people s republic of china|prc|china mainland",
    "TW": "taiwan province of china|republic of china",
    "VN": "viet nam",
    "AE": "uae|u a e|emirates",
    "IR": "iran islamic republic of",
    "SY": "syrian arab republic",
    "VE": "venezuela bolivarian republic of",
    "BO": "bolivia plurinational state of",
    "TZ": "tanzania united republic of",
    "MD": "moldova republic of",
    "MK": "macedonia|fyrom|macedonia the former yugoslav republic of",
    "LA": "lao people s democratic republic",
    "CI": "ivory coast",
    "CD": "dr congo|congo drc|democratic republic of the congo|congo the democratic republic of the",
    "TR": "turkey|turkiye",
    "DE": "federal republic of germany|bundesrepublik deutschland|brd",
    "FR": "republique francaise|french republic",
    "IT": "repubblica italiana|italian republic",
    "ES": "reino de espana|kingdom of spain",
    "PL": "rzeczpospolita polska|republic of poland",
    "AT": "oesterreich|republik osterreich|republic of austria",
    "BE": "royaume de belgique|koninkrijk belgie|kingdom of belgium",
    "CH": "schweiz|suisse|svizzera|swiss",
    "VA": "holy see|vatican|holy see vatican city state",
    "PS": "palestine|palestine state of|state of palestine|palestinian territory|palestinian territory occupied",
    "HK": "hong kong",
    "MO": "macau|macao",
    "CV": "cape verde",
    "SZ": "swaziland",
    "MM": "burma",
    "BN": "brunei darussalam",
    "TL": "east timor",
    "BA": "bosnia",
    "BQ": "bonaire sint eustatius and saba",
    "CG": "congo republic|republic of the congo",
    "FK": "falkland islands malvinas",
    "FM": "micronesia federated states of|federated states of micronesia",
    "GS": "south georgia and the south sandwich islands",
    "HM": "heard island and mcdonald islands",
    "LY": "libyan arab jamahiriya",
    "MF": "st martin french part",
    "SH": "st helena ascension and tristan da cunha",
    "SX": "sint maarten dutch part",
    "UM": "usa minor outlying islands|united states minor outlying islands",
    "VC": "st vincent and the grenadines",
    "VG": "virgin islands british|british virgin islands",
    "VI": "virgin islands usa|virgin islands us|us virgin islands",
}
# Codes that older Java systems still send.
_OLD_LANGUAGES = {"iw": "he", "in": "id", "ji": "yi", "no": "nb"}
_LANGUAGE_CODE = re.compile(r"([a-z]{2,3})(?:[_-]([a-z]{4}))?(?:[_-]([a-z]{2}|\d{3}))?(?:[.@].*)?", re.IGNORECASE)


def _name_key(name: str) -> str:
    key = fold_words(name).removeprefix("the ").removesuffix(" the")
    return f"st {key[6:]}" if key.startswith("saint ") else key


@cache
def _territory_codes() -> frozenset[str]:
    names: Mapping[str, str] = Locale("en").territories
    known = (code for code in names if len(code) == 2 and code.isalpha() and code not in _NO_COUNTRY)
    return frozenset((*known, *_ODOO_COUNTRIES))


@cache
def _alpha3() -> dict[str, str]:
    """ISO 3166-1 alpha-3 (and withdrawn alpha-2) codes that stand for exactly one country of today."""
    aliases = get_global("territory_aliases")
    codes = _territory_codes()
    return {
        alias: targets[0]
        for alias, targets in aliases.items()
        if alias.isalpha() and len(targets) == 1 and targets[0] in codes
    }


@cache
def _country_names() -> dict[str, str]:
    codes = _territory_codes()
    english = {_name_key(name): code for code, name in Locale("en").territories.items() if code in codes}
    english.update((_name_key(name), code) for code, names in _COMMON_NAMES.items() for name in names.split("|"))
    english.update((_name_key(name), code) for code, name in _ODOO_COUNTRIES.items())
    others: dict[str, str | None] = {}
    for locale in _NAME_LOCALES[1:]:
        for code, name in Locale(locale).territories.items():
            key = _name_key(name)
            if code in codes and key and key not in english:
                others[key] = code if others.get(key, code) == code else None
    return {**{name: code for name, code in others.items() if code}, **english}


@lru_cache(maxsize=4096)
def country_code(text: str) -> str | None:
    """ISO 3166-1 alpha-2 code for a code or a name in any of the common languages; ``None`` when unknown."""
    compact = text.strip().replace(".", "").upper()
    if len(compact) == 2 and compact in _territory_codes():
        return compact
    if len(compact) in (2, 3) and compact in _alpha3():
        return _alpha3()[compact]
    return _country_names().get(_name_key(text))


def country_name(code: str) -> str:
    """English name for messages; the code itself when it is no country."""
    names: Mapping[str, str] = Locale("en").territories
    return _ODOO_COUNTRIES.get(code) or names.get(code, code)


@cache
def _language_names() -> dict[str, str]:
    names: dict[str, str] = {}
    for locale in _NAME_LOCALES:
        for code, name in Locale(locale).languages.items():
            if len(code) == 2:
                names.setdefault(fold(name), _OLD_LANGUAGES.get(code, code))
    return names


@lru_cache(maxsize=1024)
def language_code(text: str) -> str | None:
    """``"en-us"``, ``"EN_US"``, ``"English"``, ``"Deutsch"`` -> ``en_US``, ``en_US``, ``en``, ``de``; else ``None``.

    A script is kept only where it stands alone (``sr_Latn``): with a country the country says it all.
    """
    match = _LANGUAGE_CODE.fullmatch(text.strip())
    if match:
        language, script, country = match.groups()
        language = _OLD_LANGUAGES.get(language.lower(), language.lower())
        if language in Locale("en").languages:
            suffix = country.upper() if country else script.title() if script else ""
            return f"{language}_{suffix}" if suffix else language
    return _language_names().get(fold(text))
