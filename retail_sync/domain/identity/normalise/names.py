"""Names of people and of companies taken apart: titles, generational suffixes, particles, legal forms."""

import re
from dataclasses import dataclass
from functools import lru_cache

from .east_asian import marked_words
from .legal_forms import split_legal_form, split_signs
from .placeholders import is_placeholder
from .scripts import foreign_script, plain

_TITLES = frozenset(
    "mr mrs ms miss mx dr prof sir dame lady lord rev fr herr frau hr fru dipl ing med jur phil rer nat mag dott "
    "dottssa sig sigra sigg avv arch geom rag sr sra srta dna don dona mme mlle monsieur madame mademoiselle maitre me "
    "dhr mevr mevrouw drs ir pan pani mgr inz bc mudr judr phdr rndr phd md esq mba".split()
)
# "Sr" is a Spanish title in front and a generation behind.
_SUFFIXES = {
    **{"jr": "jr", "junior": "jr", "jun": "jr", "jnr": "jr", "fils": "jr", "filho": "jr", "hijo": "jr", "figlio": "jr"},
    **{"sr": "sr", "senior": "sr", "sen": "sr", "snr": "sr", "pere": "sr", "padre": "sr"},
    **{"ii": "2", "iii": "3", "iv": "4", "2nd": "2", "3rd": "3", "4th": "4", "neto": "neto", "sobrinho": "sobrinho"},
    **{"der jungere": "jr", "der altere": "sr", "d j": "jr", "d a": "sr", "dj": "jr"},
    **{"mladsi": "jr", "starsi": "sr", "ml": "jr", "st": "sr", "ifj": "jr", "ifjabb": "jr", "id": "sr", "idosb": "sr"},
}
# What is written behind a last name, never in a full name: there it may be the last name itself.
_RELATIONS = {
    **dict.fromkeys("vater mutter father mother madre mere".split(), "sr"),
    **dict.fromkeys("sohn tochter daughter hija filha figlia fille".split(), "jr"),
    **dict.fromkeys("erben nachlass estate heirs eredi herederos succession".split(), "heirs"),
}
GENERATIONS = frozenset(_SUFFIXES.values())
# Such a word in front of the first name is a generation as well; not so the title "Sr.", nor Jun and Sen, which are
# first names themselves.
_LEADING = frozenset("jr junior jnr senior snr ifj ifjabb id idosb".split())
# A letter or number behind the last name is there to tell two people of one name: "Brandt 2", "Brandt B".
_TELLING = re.compile(r"[a-z]|[0-9]+[a-z]?|vii|viii")
# First names that are initials, in one word: "K.M.", "KM".
_INITIALS = re.compile(r"(?:[^\W\d_]\.\s*){2,4}|(?:[^\W\d_]\.\s*){1,3}[^\W\d_]|(?!NG)[B-DF-HJ-NP-TV-XZ]{2,3}")
_INITIALS_BEHIND = re.compile(
    r"(?P<family>[^\W\d_][^\s.,]{2,})\s+(?P<initials>[^\W\d_]\.\s*[^\W\d_]\.(?:\s*[^\W\d_]\.)?)"
)
# Thai titles, which stand before the first name without a blank.
_THAI_TITLE = re.compile(r"(?:นางสาว|นาง|นาย|คุณ|เด็กชาย|เด็กหญิง|น\.ส\.|ด\.ช\.|ด\.ญ\.)\s*(?=[\u0e00-\u0e7f]{2})")
_DEGREES = frozenset("phd md esq mba msc bsc ma ba llm cpa csc mph dds rn".split())
_PARTICLES = frozenset(
    "van von de der den del della dello delle di da do dos das du des la le lo los las ter ten te zu zum zur af "
    "av al el v vd frhr freiherr freifrau graf grafin baron "
    "bin ibn ben mac mc st saint san santa y e i".split()
)
# Words that people write around a family name; a name of nothing else keeps them.
WORDS_AROUND_NAMES = frozenset(
    "familie family fam famille familia famiglia rodina rodzina perhe familjen haushalt household house hh fr mme mlle "
    "madame monsieur mademoiselle signora signor signore signorina sig senora senor senorita senhor senhora sra srta "
    "pani panu gospodin gospodja gospa gdja kyria kyrios bayan hanim herra rouva froken mevrouw meneer mevr dhr doamna "
    "domnul khun nangsao san sensei shri smt shrimati freiherr frhr freifrau "
    "witwe wwe witwer widow widower veuve veuf viuda viudo vedova vedovo weduwe oma opa mama mutti vati mutter "
    "vater tante onkel mom mum grandma grandpa granny aunt uncle "
    "eheleute ehepaar herr frau mr mrs ms mme geb geborene geborener nee ne born verw verwitwete gesch dite alias "
    "verh verheiratet verheiratete domu rozena nacida nascida rodjena rodena leanykori lanykori vorm ehem fka aka "
    "alt alte alter neu neue neuer old new privat private doppelt dublette duplikat duplicate dup double ex "
    "vormals former formerly frueher fruher ehemals geloscht geloescht deleted inaktiv inactive kunde kundin "
    "customer and und et y e i en og och packstation postfiliale dhl gesperrt verstorben zz xxx fa firma "
    "praxis kanzlei hausverwaltung mail email sehr geehrte geehrter damen herren amazon ebay etsy paypal "
    "konto account acct compte cuenta conto conta rekening lieferadresse rechnungsadresse lieferung rechnung shipping "
    "billing delivery invoice livraison facturation envio facturacion spedizione fatturazione levering factuur "
    "liefern co zhd zh attn att buro buero office zuhause ferienhaus wohnung test tester testkunde demo "
    "temp archiv archived archive storniert cancelled canceled annule ungultig invalid verzogen umgezogen moved "
    "gestorben deceased defunct died gastkonto gastbestellung neukunde altkunde stammkunde bestandskunde "
    "privatkunde endkunde privatperson interessent prospect client cliente klant klient kund asiakas bitte nicht "
    "verwenden benutzen loschen dont siehe vip nr nummer number".split()
)
_ADDRESS = re.compile(r"(?<!\S)[^\s@＠﹫]*[@＠﹫]\S*")
# E-mail and web addresses, also where the sign is spelt out: "kb (at) gmx.de", "kb at gmx dot de".
_DOT = r"\s{0,2}(?:\.|\s(?:dot|punkt)\s)\s{0,2}\w{2,24}"
_WEB_ADDRESS = re.compile(
    rf"{_ADDRESS.pattern}|(?<!\S)\S{{1,64}}\s{{0,2}}[\[({{<]\s?(?:at|ät)\s?[\])}}>]\s{{0,2}}\S{{1,64}}?{_DOT}"
    rf"|(?<!\S)\S{{1,64}}\s{{1,2}}at\s{{1,2}}\S{{1,64}}?{_DOT}\s{{0,9}}$|(?:https?://|www\.)\S+"
    r"|\b[\w\-]{3,63}\.(?:com|net|org|info|de|at|ch|eu|fr|it|es|nl|pl|uk|us)(?:/\S*|$)",
    re.IGNORECASE,
)
_SMALL = frozenset("the and und et y e i en og och a of de la le les der die das el los do da di".split())


@dataclass(frozen=True, slots=True)
class PersonName:
    """Folded words. ``suffix``: "jr", "sr", "2", "3" ... or "". ``family_core``: without particles.

    ``script``: of a name in other than Latin letters, see ``foreign_script``. ``marked``: the first name with marks
    that tell two Vietnamese or Chinese names apart; ``family_marked``: the last name with them. ``guessed``: first and
    last name came as one text, so that either may be which.
    """

    given: str = ""
    family: str = ""
    family_core: str = ""
    suffix: str = ""
    script: str = ""
    marked: str = ""
    family_marked: str = ""
    guessed: bool = False


@dataclass(frozen=True, slots=True)
class OrganisationName:
    """``core``: folded words without legal form and small words; ``forms``: the legal forms, one word each."""

    core: str = ""
    forms: frozenset[str] = frozenset()
    script: str = ""


def _take_suffix(words: list[str]) -> str:
    while len(words) > 1 and (words[-1] in _DEGREES or (len(words) > 2 and "".join(words[-2:]) in _DEGREES)):
        del words[-1 if words[-1] in _DEGREES else -2 :]
    if len(words) > 2 and " ".join(words[-2:]) in _SUFFIXES:
        return _SUFFIXES[f"{words.pop(-2)} {words.pop()}"]
    if len(words) > 1 and words[-1] in _SUFFIXES:
        return _SUFFIXES[words.pop()]
    if len(words) > 1 and words[-1] in _RELATIONS and not _PARTICLES.issuperset(words[:-1]):
        return _RELATIONS[words.pop()]
    if len(words) > 1 and len(words[0]) > 1 and _TELLING.fullmatch(words[-1]):
        return words.pop()
    return ""


def _without_titles(words: list[str]) -> list[str]:
    while len(words) > 1 and words[0] in _TITLES:
        words = words[1:]
    return words


def _without_thai_title(text: str) -> str:
    found = _THAI_TITLE.match(text)
    return text[found.end() :] if found else text


def _split_full(text: str) -> tuple[list[str], list[str]]:
    """(given, family) words of one full name; "Rossi, Maria" is turned round."""
    head, comma, tail = text.partition(",")
    if comma and plain(tail) and plain(tail) not in _SUFFIXES and plain(tail) not in _DEGREES:
        return _without_titles(plain(tail).split()), plain(head).split()
    family, initials = _behind_last_name(text)
    if family:
        return initials, plain(family).split()
    words = _without_titles(plain(text).split())
    while len(words) > 2 and words[-1] in _DEGREES:
        words.pop()
    suffix: list[str] = []
    if len(words) > 2 and words[-1] in _SUFFIXES:
        suffix = [words.pop()]
    if len(words) < 2:
        return [], words + suffix
    first = len(words) - 1
    while first > 1 and words[first - 1] in _PARTICLES:
        first -= 1
    return words[:first], words[first:] + suffix


def _behind_last_name(text: str) -> tuple[str, list[str]]:
    """(last name, first names' letters) of one that is written before its initials, as in Russia: "Petrova A. I."."""
    found = _INITIALS_BEHIND.fullmatch(text.strip())
    return (
        (found["family"], plain(" ".join(found["initials"].replace(".", " ").split())).split()) if found else ("", [])
    )


@lru_cache(maxsize=8192)
def person_name(name: str, first_name: str, last_name: str) -> PersonName:
    """The name of a person from its parts, or from the whole where they are not given. Addresses are no name."""
    name, first_name, last_name = (_WEB_ADDRESS.sub(" ", text).strip() for text in (name, first_name, last_name))
    name, first_name = (text if text.isascii() else _without_thai_title(text) for text in (name, first_name))
    given, family = _without_titles(plain(first_name).split()), plain(last_name).split()
    guessed = False
    if given and len(first_name.strip(" .")) == 1:
        given = [given[0][:1]]  # one letter of another alphabet ("Ю.") may be two Latin ones
    elif given and _INITIALS.fullmatch(first_name.strip()):
        given = [plain(char)[:1] for char in first_name if char.isalpha()]
    if not given and not family and not is_placeholder(plain(name)):
        given, family = _split_full(name)
        guessed = bool(given) and "," not in name
    suffix = _take_suffix(family) if len(family) > 1 else ""
    if not suffix and family and len(given) > 1 and given[-1] in _SUFFIXES:
        suffix = _SUFFIXES[given.pop()]
    if not suffix and len(given) > 1 and given[0] in _LEADING:
        suffix = _SUFFIXES[given.pop(0)]
    if is_placeholder(" ".join(given)):
        given = []
    if is_placeholder(" ".join(family)) and (len(family) != 1 or len(family[0]) < 2 or not given):
        family = []
    core = [word for word in family if word not in _PARTICLES] or family
    whole = f"{first_name} {last_name}" if first_name.strip() or last_name.strip() else name
    return PersonName(
        " ".join(given),
        " ".join(family),
        "".join(core),
        suffix,
        foreign_script(whole),
        marked_words(whole, given),
        marked_words(whole, family),
        guessed,
    )


@lru_cache(maxsize=8192)
def organisation_name(name: str) -> OrganisationName:
    """The name of a company, its legal form apart."""
    name, signs = split_signs(_ADDRESS.sub(" ", name))
    words = plain(name)
    if is_placeholder(words):
        return OrganisationName()
    text, forms = split_legal_form(words)
    core = [word for word in text.split() if word not in _SMALL] or text.split()
    return OrganisationName(" ".join(core), forms | signs, foreign_script(name))
