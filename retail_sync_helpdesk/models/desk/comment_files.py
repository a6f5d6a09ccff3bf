"""Files at comments, read from the desk."""

from collections.abc import Sequence
from io import BytesIO
from typing import Any

from odoo.addons.retail_sync.adapter import FaultClass, as_fault

from ...client.directory import Directory
from ...client.errors import ClientError
from ...client.files import MEGABYTE
from ...client.records import Attachment

# Bytes of files that are held at the same time.
HELD_BYTES = 64 * MEGABYTE
# After these the other tickets of a step would fare no better.
OF_ALL = frozenset({FaultClass.transient, FaultClass.throttled, FaultClass.auth})


def download(desk: Directory, connection: Any, wanted: Sequence[Attachment]) -> dict[str, bytes]:
    """Return {key: content} of files; one that cannot be had is left out, and named in its comment."""
    limit = connection.desk_file_megabytes * MEGABYTE
    held: dict[str, bytes] = {}
    for file in wanted:
        left = min(limit, HELD_BYTES - sum(map(len, held.values())))
        if left <= 0:
            break
        sink = BytesIO()
        try:
            desk.download(file, sink, left)
        except ClientError as error:
            if as_fault(error).fault_class in OF_ALL:
                raise
            continue
        held[file.key] = sink.getvalue()
    return held
