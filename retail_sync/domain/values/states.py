"""States and provinces: by code, by name, and by the codes and names that other systems use for them."""

import re
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from .state_tables import other_names
from .text import fold_words

# {country: {the platform's code: its label}}
ListedStates = Mapping[str, Mapping[str, str]]

_QUALIFIED = re.compile(r"([A-Za-z]{2})[-/](.+)")
_NAMES = re.compile(r"[()/]")
# Words that say what kind of state it is, and are left out as often as not.
_DESIGNATIONS = frozenset(
    "county co state province provincia region regione prefecture ken fu to kanton canton land departamento department"
    " governorate oblast lan fylke fylki maakunta apskritis of di de del la the".split()
)
_EASTERN = re.compile(
    "(维吾尔自治区|壮族自治区|回族自治区|自治区|特别行政区|特別行政區|특별자치도|특별자치시|특별시|광역시|[省市県府都縣도])$"
)
_UMLAUTS = str.maketrans({"ä": "ae", "ö": "oe", "ü": "ue", "Ä": "Ae", "Ö": "Oe", "Ü": "Ue", "å": "aa", "ø": "oe"})


@dataclass(frozen=True, slots=True)
class State:
    """``code``: the one that Odoo stores; of a state that Odoo has in several languages the one without a language."""

    country: str
    code: str
    name: str

    @property
    def iso(self) -> str:
        """The code without the prefix of its country, as platforms and people write it."""
        return self.code.removeprefix(f"{self.country}-")

    @property
    def qualified(self) -> str:
        """The code with its country, which means the same without any other country."""
        return f"{self.country}-{self.iso}"


def _key(text: str) -> str:
    return fold_words(text).replace(" ", "")


def _short_key(text: str) -> str:
    """The key of a name without the words that say what kind of state it is."""
    plain = _EASTERN.sub("", text.strip())
    return "".join(word for word in fold_words(plain).split() if word not in _DESIGNATIONS)


def _spellings(name: str) -> list[str]:
    """A name, its alternatives in brackets or after a stroke, and each with its umlauts taken apart."""
    found = [name, *(part for part in _NAMES.split(name) if part.strip())]
    return [*found, *(text.translate(_UMLAUTS) for text in found)]


class States:
    """The states that Odoo knows. ``rows``: (country code, code, name), in the order in which names are given away."""

    def __init__(self, rows: Iterable[tuple[str, str, str]]):
        rows = [(country, code, name) for country, code, name in rows if country and code]
        codes = {(country, code): name for country, code, name in rows}
        self._known: dict[tuple[str, str], State] = {}
        for country, code, _name in rows:
            base = code.rpartition("-")[0]
            # Odoo has some states in several languages: "ZH" and "ZH-IT".
            main = base if (country, base) in codes else code
            self._known[country, code] = State(country, main, codes[country, main])
        self._exact: dict[tuple[str, str], State] = {}
        # None: several states go by it.
        self._short: dict[tuple[str, str], State | None] = {}
        self._everywhere: dict[str, State | None] = {}
        self._index(rows)

    def _index(self, rows: list[tuple[str, str, str]]) -> None:
        # A code prevails over the name of a different state, and a name over its other names.
        for country, code, _name in rows:
            state = self._known[country, code]
            bare = code.removeprefix(f"{country}-")
            self._give(state, [code])
            self._give(state, [bare, bare.lstrip("0")] if bare.isdigit() else [bare])
        for country, code, name in rows:
            self._give(self._known[country, code], _spellings(name))
        for country in {country for country, _code, _name in rows}:
            for code, others in other_names(country):
                if (country, code) in self._known:
                    self._give(self._known[country, code], others)
                    self._give_short(self._known[country, code], others)
        for country, code, name in rows:
            self._give_short(self._known[country, code], _spellings(name))
        self._index_everywhere()

    def _give(self, state: State, texts: Iterable[str]) -> None:
        for text in texts:
            if key := _key(text):
                self._exact.setdefault((state.country, key), state)

    def _give_short(self, state: State, texts: Iterable[str]) -> None:
        for text in texts:
            key = state.country, _short_key(text)
            if key[1]:
                known: State | None = self._short.get(key, state)
                self._short[key] = state if known == state else None

    def _index_everywhere(self) -> None:
        found: defaultdict[str, set[State]] = defaultdict(set)
        for (_country, key), state in self._exact.items():
            found[key].add(state)
        self._everywhere = {key: states.pop() if len(states) == 1 else None for key, states in found.items()}

    def known(self, country: str | None, code: str | None) -> State | None:
        """The state of a country's code as Odoo stores it."""
        return self._known.get((country or "", code or ""))

    def find(
        self, text: str | None, country: str = "", default: str = "", listed: ListedStates | None = None
    ) -> State | None:
        """The state that a code or a name stands for; ``None`` when it stands for none, or may stand for several.

        ``default``: country of texts without one; where it has no such state, a text that only one state of the world
        goes by is that state. ``listed``: the platform's own codes with their labels, which say what a code means.
        """
        came = (text or "").strip()
        if not came:
            return None
        if country:
            return self._in_country(came, country, listed)
        qualified = _QUALIFIED.fullmatch(came)
        if qualified and (state := self._in_country(qualified[2], qualified[1].upper(), listed)):
            return state
        if default and (state := self._in_country(came, default, listed)):
            return state
        key = _key(came)
        # Two letters are a code of some state somewhere, whatever they were meant for.
        return self._everywhere.get(key) if len(key) > 2 or not key.isascii() else None

    def _in_country(self, text: str, country: str, listed: ListedStates | None) -> State | None:
        label = ((listed or {}).get(country) or {}).get(text)
        for candidate in (label, text):
            if candidate and (state := self._plainly(candidate, country)):
                return state
        return None

    def _plainly(self, text: str, country: str) -> State | None:
        found = self._exact.get((country, _key(text)))
        if found is None and text[:3].upper() in (f"{country}-", f"{country} ", f"{country}/"):
            found = self._exact.get((country, _key(text[3:])))
        return found or self._short.get((country, _short_key(text)))

    def written(self, state: State, listed: ListedStates | None = None, present: str | None = None) -> str:
        """What a platform calls a state: the code on its own list, else the ISO code.

        ``present``: the text that stands there now; one that is a name is replaced by a name.
        """
        for code, label in ((listed or {}).get(state.country) or {}).items():
            if (self._plainly(label, state.country) or self._plainly(code, state.country)) == state:
                return code
        shown = (present or "").strip()
        if len(shown) > 4 and not listed and not any(char.isdigit() for char in shown):
            # A few countries have two states of one name, of which the name stands for the first.
            return state.name if self._plainly(state.name, state.country) == state else state.iso
        return state.iso
