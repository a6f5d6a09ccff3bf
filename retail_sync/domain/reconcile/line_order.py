"""In which order the lines of two sides stand after both have changed."""


def line_orders(
    base: list[str], remote: list[str], local: list[str], kept: set[str], ordered: bool
) -> tuple[list[str], list[str], bool]:
    """Return (order on the remote, order in Odoo, whether both were moved differently) of all lines that are kept.

    The skeleton are the lines that both sides have: those of the base in the order of the side that moved some, else in
    the old one, and among them those that both sides added. A line that one side alone has follows the line that it
    follows there, whether the base has it or not: it says nothing about the order of the others.

    What is decided stays decided while the remote still shows the old order, which is the base from now on.
    """
    shared = kept.intersection(remote).intersection(local)
    old = [key for key in base if key in shared]
    remote_old, local_old = ([key for key in keys if key in old] for keys in (remote, local))

    moved = remote_old != old and local_old != old and remote_old != local_old
    if moved or not ordered:
        # Each side keeps its order, also of the lines that both added.
        both = ([key for key in keys if key in shared] for keys in (remote, local))
        on_remote, on_local = (_placed(skeleton, remote, local, kept) for skeleton in both)
        return on_remote, on_local, moved and ordered
    skeleton = _placed(remote_old if remote_old != old else local_old, remote, local, shared)
    order = _placed(skeleton, remote, local, kept)
    return order, order, False


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
