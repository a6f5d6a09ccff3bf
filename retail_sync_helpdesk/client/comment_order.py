"""The comments that come after one that is known."""

from collections.abc import Iterable, Iterator

from .records import Comment


def after(found: Iterable[Comment], since: str) -> Iterator[Comment]:
    """The comments after the one with the key `since`; all for '', and all where no comment has that key.

    To see a comment twice does less harm than to miss it.
    """
    listed = iter(found)
    before: list[Comment] = []
    for comment in listed:
        if since and comment.key == since:
            yield from listed
            return
        if since:
            before.append(comment)
        else:
            yield comment
    yield from before
