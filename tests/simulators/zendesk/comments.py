"""Comments: immutable facts of a ticket, with their author, visibility and attachments."""

from __future__ import annotations

import html
import re
from typing import TYPE_CHECKING, Any

from .errors import Problems
from .table import Row

if TYPE_CHECKING:
    from .account import Account
    from .journal import Actor

_TAG = re.compile(r"<[^>]+>")
_BREAK = re.compile(r"(?i)<br\s*/?>|</(?:p|div|li|h\d)>")
REDACTED = "▇"


def is_empty(sent: Any) -> bool:
    """Whether a comment that was sent says nothing and brings no file."""
    if not isinstance(sent, dict):
        return not (isinstance(sent, str) and sent.strip())
    texts = (sent.get("html_body"), sent.get("body"), sent.get("value"))
    return not any(isinstance(text, str) and text.strip() for text in texts) and not sent.get("uploads")


def read(account: Account, actor: Actor, sent: Any, problems: Problems, author_id: int | None = None) -> Row:
    """The comment of a call without ids and date; what is wrong with it is added to ``problems``.

    The author is the user that calls, or ``author_id``, unless the comment names one. An end user cannot write
    internal notes.
    """
    values = {"body": sent} if isinstance(sent, str) else dict(sent)
    author = account.user(values.get("author_id") or author_id or actor.user_id)
    if author is None and actor.user_id >= 0:
        problems.add("author", "Author: is invalid", "InvalidValue")
    elif author is not None and author["suspended"]:
        problems.add("author", f"Author: {author['name']} is suspended.", "InvalidValue")
    formatted = values.get("html_body")
    text = values.get("body") if values.get("body") is not None else values.get("value")
    plain = _plain(formatted) if formatted else str(text or "").strip()
    public = values.get("public", account.config.comments_are_public) not in (False, "false", 0)
    attachments: list[int] = []
    for token in values.get("uploads") or ():
        if token not in account.records.uploads:
            problems.add("base", "Uploads: token is invalid or expired", "InvalidValue")
        attachments += account.records.uploads.get(token, [])
    return {
        "type": "Comment", "author_id": author["id"] if author else -1, "body": plain,
        "html_body": f'<div class="zd-comment" dir="auto">{formatted or _markup(plain)}</div>', "plain_body": plain,
        "public": public or (author is not None and author["role"] == "end-user"), "attachments": attachments,
        "uploads": list(values.get("uploads") or ()),
    }  # fmt: skip


def store(account: Account, actor: Actor, comment: Row, ticket_id: int, audit_id: int, created_at: str) -> Row:
    """Store a comment from :func:`read`; its upload tokens are used up."""
    for token in comment.pop("uploads"):
        account.records.uploads.pop(token, None)
    row = {
        "id": account.ids.number(), **comment, "ticket_id": ticket_id, "audit_id": audit_id, "created_at": created_at,
        "via": {"channel": actor.channel, "source": {"from": {}, "to": {}, "rel": None}},
        "metadata": {"system": _system(actor), "custom": {}},
    }  # fmt: skip
    return account.save("comment", row, actor, "create")


def shape(account: Account, row: Row) -> Row:
    """A comment as calls read it."""
    shown = {name: value for name, value in row.items() if name != "ticket_id"}
    shown["attachments"] = [attachment(account, number) for number in row["attachments"]]
    return shown


def attachment(account: Account, number: int) -> Row:
    row = account.records.attachments.rows[number]
    shown = {name: value for name, value in row.items() if name != "token"}
    shown["content_url"] = f"{account.base_url}/attachments/token/{row['token']}/?name={row['file_name']}"
    shown["mapped_content_url"] = shown["content_url"]
    shown["url"] = account.url(f"attachments/{number}")
    return shown


def redact(row: Row, text: str) -> Row:
    """The comment with every occurrence of a text blotted out."""
    bar = REDACTED * len(text)
    return {
        **row, "body": row["body"].replace(text, bar), "plain_body": row["plain_body"].replace(text, bar),
        "html_body": row["html_body"].replace(html.escape(text, quote=False), bar),
    }  # fmt: skip


def _system(actor: Actor) -> Row:
    return {"client": "HTTP client", "ip_address": "203.0.113.10"} if actor.origin == "rest" else {}


def _plain(markup: str) -> str:
    return html.unescape(_TAG.sub("", _BREAK.sub("\n", markup))).replace("\xa0", " ").strip()


def _markup(text: str) -> str:
    paragraphs = [part for part in re.split(r"\n{2,}", html.escape(text, quote=False)) if part]
    return "".join(f'<p dir="auto">{part.replace(chr(10), "<br>")}</p>' for part in paragraphs)
