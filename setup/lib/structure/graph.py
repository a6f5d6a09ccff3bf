"""Strongly connected components of a directed graph."""

from collections.abc import Iterable


def circles(arrows: Iterable[tuple[str, str]]) -> list[list[str]]:
    """Return the sets of two or more nodes that all reach each other, the largest first, each sorted."""
    follow: dict[str, set[str]] = {}
    for start, end in arrows:
        if start != end:
            follow.setdefault(start, set()).add(end)
            follow.setdefault(end, set())
    order: list[str] = []
    done: set[str] = set()
    for node in sorted(follow):
        _finish(node, follow, done, order)
    back: dict[str, set[str]] = {node: set() for node in follow}
    for start, ends in follow.items():
        for end in ends:
            back[end].add(start)
    done = set()
    found = []
    for node in reversed(order):
        if node not in done:
            part: list[str] = []
            _finish(node, back, done, part)
            if len(part) > 1:
                found.append(sorted(part))
    return sorted(found, key=lambda part: (-len(part), part))


def _finish(start: str, follow: dict[str, set[str]], done: set[str], order: list[str]) -> None:
    """Append the nodes reached from start to order, each after all that it reaches."""
    if start in done:
        return
    done.add(start)
    stack = [(start, iter(sorted(follow[start])))]
    while stack:
        node, rest = stack[-1]
        for following in rest:
            if following not in done:
                done.add(following)
                stack.append((following, iter(sorted(follow[following]))))
                break
        else:
            stack.pop()
            order.append(node)
