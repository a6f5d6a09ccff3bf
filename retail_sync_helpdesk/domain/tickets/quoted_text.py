"""What the author of a message wrote: without the messages that it quotes, and without its signature.

A quoted message is evidence of what was written before, and its numbers are not what this message is about.
"""

from __future__ import annotations

import re
from html.parser import HTMLParser
from typing import NamedTuple

__all__ = ["Message", "plain_text", "split_message"]

# More than people write; what comes after it is an attachment in disguise.
_MOST_CHARACTERS = 50_000
_BLOCKS = frozenset(
    "address article br dd div dl dt h1 h2 h3 h4 h5 h6 hr li ol p pre section table td th tr ul".split()
)
_VOID = frozenset("area base br col embed hr img input link meta source track wbr".split())
_HIDDEN = frozenset(("script", "style", "head", "title"))
_QUOTES = ("gmail_quote", "yahoo_quoted", "moz-cite-prefix", "protonmail_quote", "zendesk_quote")
_LINE_OF_DASHES = re.compile(
    r"[-_]{5,}.*|-{2,}\s*(?:original|forwarded|urspr|weitergeleitet|message d).*", re.IGNORECASE
)
# "On Monday, Ada wrote:", in the languages in which the screens exist, and some more.
_WROTE = re.compile(
    r"(?:on|am|le|el|il|op|den|w dniu)\b.{0,300}"
    r"(?:wrote|schrieb|écrit|escribi[óo]|scritto|schreef|skrev|napisał).{0,80}:$",
    re.IGNORECASE,
)
_HEADER = re.compile(r"\*?(?:from|von|de|da|van)\*?\s?:\*?\s", re.IGNORECASE)
_HEADER_AFTER = re.compile(
    r"\*?(?:sent|date|to|subject|gesendet|datum|an|betreff|envoyé|à|objet|cc)\*?\s?:", re.IGNORECASE
)
_SIGNATURE = "-- "


class Message(NamedTuple):
    """The parts of a message: what its author wrote, and what it quotes."""

    written: str
    quoted: str


def split_message(body: str, is_html: bool = False) -> Message:
    """Return what the author wrote and what the message quotes. A signature belongs to neither.

    Quotes between the lines of an answer are taken out; a whole message below the answer ends it.
    """
    if is_html:
        reader = _Reader()
        reader.feed(body[:_MOST_CHARACTERS])
        reader.close()
        written, quoted = "".join(reader.written), "".join(reader.quoted)
    else:
        written, quoted = body[:_MOST_CHARACTERS], ""
    split = _split_lines(written.replace("\r\n", "\n").replace("\xa0", " ").split("\n"))
    return Message(_tidy(split.written), _tidy(f"{split.quoted}\n{quoted}"))


def plain_text(html: str) -> str:
    """Return the text of HTML, quotes included."""
    reader = _Reader()
    reader.feed(html[:_MOST_CHARACTERS])
    reader.close()
    return _tidy("".join(reader.all))


def _split_lines(lines: list[str]) -> Message:
    written: list[str] = []
    quoted: list[str] = []
    for number, line in enumerate(lines):
        text = line.strip()
        if text.startswith(">"):
            quoted.append(text.lstrip("> "))
        elif _ends(lines, number):
            quoted += lines[number:]
            break
        elif line.rstrip("\r\n") == _SIGNATURE or text == "--":
            # Below the signature there may still be the message that is answered.
            rest = next((at for at in range(number + 1, len(lines)) if _ends(lines, at)), len(lines))
            quoted += [entry.strip().lstrip("> ") for entry in lines[rest:]]
            quoted += [entry.strip().lstrip("> ") for entry in lines[number:rest] if entry.strip().startswith(">")]
            break
        else:
            written.append(line)
    return Message("\n".join(written), "\n".join(quoted))


def _ends(lines: list[str], number: int) -> bool:
    """Return whether the message that is answered begins with this line."""
    text = lines[number].strip()
    if not text:
        return False
    following = next((entry.strip() for entry in lines[number + 1 : number + 3] if entry.strip()), "")
    if _LINE_OF_DASHES.fullmatch(text):
        return bool(re.search(r"[a-zA-Z]", text)) or bool(_HEADER.match(following))
    # Mail programs break a long line of this kind in two.
    if _WROTE.fullmatch(text) or _WROTE.fullmatch(f"{text} {following}"):
        return True
    return bool(_HEADER.match(text) and _HEADER_AFTER.match(following))


def _tidy(text: str) -> str:
    lines = [re.sub(r"[ \t]+", " ", line).strip() for line in text.split("\n")]
    return re.sub(r"\n{3,}", "\n\n", "\n".join(lines)).strip()


class _Reader(HTMLParser):
    """Collects the text of HTML, that of quotes for itself."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.written: list[str] = []
        self.quoted: list[str] = []
        self.all: list[str] = []
        # Open elements: (name, whether it begins a quote, whether its text is not shown).
        self._open: list[tuple[str, bool, bool]] = []
        self._quotes = 0
        self._hidden = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in _BLOCKS:
            self._put("\n")
        if tag in _VOID:
            return
        marks = " ".join(value or "" for name, value in attrs if name in ("class", "id"))
        quote = tag == "blockquote" or any(mark in marks for mark in _QUOTES)
        hidden = tag in _HIDDEN
        self._open.append((tag, quote, hidden))
        self._quotes += quote
        self._hidden += hidden

    def handle_endtag(self, tag: str) -> None:
        if not any(name == tag for name, _quote, _hidden in self._open):
            return
        while self._open:
            name, quote, hidden = self._open.pop()
            self._quotes -= quote
            self._hidden -= hidden
            if name == tag:
                break
        if tag in _BLOCKS:
            self._put("\n")

    def handle_data(self, data: str) -> None:
        if not self._hidden:
            self._put(data)

    def _put(self, text: str) -> None:
        (self.quoted if self._quotes else self.written).append(text)
        self.all.append(text)
