"""In which order the lines of two sides stand after both have changed."""


def line_orders(
    base: list[str], remote: list[str], local: list[str], kept: set[str], ordered: bool
) -> tuple[list[str], list[str], bool]:
    """Return (order on the remote, order in Odoo, whether both were moved differently) of all lines that are kept.

    Lines both sides agreed on are the skeleton: in the order of the side that moved some, else in the old one. New
    lines follow the line that they follow on their own side.
    """
    old = [key for key in base if key in kept]
    remote, local = _completed(remote, old), _completed(local, old)
    skeletons = {side: [key for key in keys if key in old] for side, keys in (("remote", remote), ("odoo", local))}
    if not ordered:
        return _placed(skeletons["remote"], remote, local, kept), _placed(skeletons["odoo"], local, remote, kept), False
    remote_moved, local_moved = (skeletons[side] != old for side in ("remote", "odoo"))
    if remote_moved and local_moved and skeletons["remote"] != skeletons["odoo"]:
        return _placed(skeletons["remote"], remote, local, kept), _placed(skeletons["odoo"], remote, local, kept), True
    order = _placed(skeletons["remote"] if remote_moved else skeletons["odoo"], remote, local, kept)
    return order, order, False


def _completed(there: list[str], old: list[str]) -> list[str]:
    """Return ``there`` with those of ``old`` that are missing (removed on this side) after their predecessors.

    New lines of the side so keep their place in relation to a line that only the other side still has.
    """
    found = list(there)
    for index, key in enumerate(old):
        if key not in found:
            found.insert(found.index(old[index - 1]) + 1 if index else 0, key)
    return found


def _placed(skeleton: list[str], remote: list[str], local: list[str], kept: set[str]) -> list[str]:
    """Return the skeleton with the new lines of both sides in their places; the same whichever side is named first."""
    known = set(skeleton)
    # {line of the skeleton, "" for the start: [new lines after it on one side]}
    runs: dict[str | None, list[list[str]]] = {}
    for keys in (remote, local):
        anchor: str | None = None
        run: list[str] = []
        for key in keys:
            if key in known:
                anchor, run = key, []
            elif key in kept:
                if not run:
                    runs.setdefault(anchor, []).append(run)
                run.append(key)
    placed: list[str] = []
    done: set[str] = set()
    for anchor in (None, *skeleton):
        if anchor is not None:
            placed.append(anchor)
        for key in _woven(runs.get(anchor, [])):
            if key not in done:
                done.add(key)
                placed.append(key)
    return placed


def _woven(runs: list[list[str]]) -> list[str]:
    """Return the new lines of both sides at one place: one side's after the other's, shared ones interleaved."""
    if len(runs) == 2 and set(runs[0]) & set(runs[1]):
        index = {key: min(run.index(key) for run in runs if key in run) for run in runs for key in run}
        return sorted(index, key=lambda key: (index[key], key))
    return [key for run in sorted(runs, key=lambda run: run[0]) for key in run]
