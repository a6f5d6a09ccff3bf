"""Files at comments: kept on the ticket where their content may be, named with a reason where it may not."""

from collections.abc import Mapping, Sequence
from io import BytesIO
from typing import NamedTuple

from markupsafe import Markup, escape

from odoo import models
from odoo.api import Environment

from ...client.errors import ClientError
from ...client.files import MEGABYTE, UploadRules, check, clean_name
from ...client.records import Attachment

# Files of one comment that are looked at.
MOST_FILES = 20
NOT_READ = "FILE_NOT_READ"


class Kept(NamedTuple):
    """What became of the files of one comment. refused: (cleaned name, code of why)."""

    attachments: models.BaseModel
    refused: list[tuple[str, str]]


def rules(connection: models.BaseModel) -> UploadRules:
    """Return which files may pass, in either direction."""
    return UploadRules(max_bytes=connection.desk_file_megabytes * MEGABYTE)


def may_be_read(connection: models.BaseModel, file: Attachment) -> bool:
    """Return whether a file is small enough to be asked for; its content is checked when it is there."""
    return file.size <= rules(connection).max_bytes


def store(
    env: Environment,
    connection: models.BaseModel,
    wanted: Sequence[tuple[models.BaseModel, Sequence[Attachment]]],
    files: Mapping[str, bytes],
) -> list[Kept]:
    """Create attachments of tickets, all at once; return what became of the files, in the order of `wanted`.

    :param wanted: (ticket, files of a comment)
    :param files: {key of a file: its content}
    """
    allowed = rules(connection)
    vals_list, owners = [], []
    refused: list[list[tuple[str, str]]] = [[] for _entry in wanted]
    for number, (ticket, found) in enumerate(wanted):
        refused[number] += [(clean_name(file.name), NOT_READ) for file in found[MOST_FILES:]]
        for file in found[:MOST_FILES]:
            content = files.get(file.key)
            if content is None:
                code = NOT_READ if file.size <= allowed.max_bytes else "FILE_TOO_LARGE"
                refused[number].append((clean_name(file.name), code))
                continue
            try:
                checked = check(file.name, BytesIO(content), allowed)
            except ClientError as error:
                refused[number].append((clean_name(file.name), error.code))
                continue
            owners.append(number)
            # No type of the desk's: Odoo looks at the content, and shows in the browser only what is harmless there.
            vals_list.append({"name": checked.name, "raw": content, "res_model": ticket._name, "res_id": ticket.id})
    created = env["ir.attachment"].create(vals_list)
    kept = [env["ir.attachment"]] * len(wanted)
    for number, attachment in zip(owners, created, strict=True):
        kept[number] += attachment
    return [Kept(*entry) for entry in zip(kept, refused, strict=True)]


def checked(connection: models.BaseModel, attachment: models.BaseModel) -> tuple[str, str]:
    """Return (cleaned name, code of why it may not pass, "" where it may) of an attachment in Odoo."""
    if attachment.file_size > rules(connection).max_bytes:
        return clean_name(attachment.name), "FILE_TOO_LARGE"
    try:
        return check(attachment.name, BytesIO(attachment.raw or b""), rules(connection)).name, ""
    except ClientError as error:
        return clean_name(attachment.name), error.code


def placeholders(env: Environment, refused: Sequence[tuple[str, str]], url: str | bool) -> Markup:
    """Return what stands in a message for files that were not taken over, with a way to them."""
    lines = Markup()
    for name, code in refused:
        text = env._("File not taken over: %(name)s. %(reason)s", name=name, reason=reason(env, code))
        lines += Markup("<p>%s</p>") % text
    if lines and url:
        lines += Markup('<p><a href="%s" target="_blank" rel="noopener noreferrer">%s</a></p>') % (
            escape(url),
            env._("Open the ticket on the desk"),
        )
    return lines


def reason(env: Environment, code: str) -> str:
    """Return why a file was not taken over."""
    return {
        "FILE_EMPTY": env._("It is empty."),
        "FILE_TOO_LARGE": env._("It is larger than the connection allows."),
        "FILE_TYPE_NOT_ALLOWED": env._("Files of its type may do harm."),
        "FILE_TYPE_DIFFERS": env._("Its content is of another type than its name says."),
    }.get(code, env._("The other side did not hand it over."))
