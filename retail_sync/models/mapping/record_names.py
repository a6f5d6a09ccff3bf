"""What the reader may know records by: names are resolved when they are shown, with the rights of who looks."""

from collections import defaultdict
from collections.abc import Iterable

from odoo.api import Environment


def readable(env: Environment, refs: Iterable[tuple[str, int]]) -> dict[tuple[str, int], str]:
    """Return {(model, id): name} of those records that exist and that the user may read, one look at each model."""
    ids_of: dict[str, set[int]] = defaultdict(set)
    for model_name, res_id in refs:
        if model_name and res_id and model_name in env:
            ids_of[model_name].add(res_id)
    names: dict[tuple[str, int], str] = {}
    for model_name, ids in ids_of.items():
        model = env[model_name].with_context(active_test=False)
        if not model.has_access("read"):
            continue
        for record in model.browse(sorted(ids)).exists()._filtered_access("read"):
            short = record[record._rec_name] if record._rec_name else False
            names[(model_name, record.id)] = short or record.display_name
    return names
