from odoo import api, models

from ...domain.security.masking import mask_payload
from ..mapping.item import Item

SAMPLES = 5  # per outcome and page; the run keeps as many of them all


class RetailSyncDryRun(models.AbstractModel):
    """What a first load would do, counted before anything is written."""

    _name = "retail.sync.dry.run"
    _description = "Dry run"

    @api.model
    def _process(self, page, rows):
        """Decide about a page as a load would; write claims of this run and nothing else.

        :return: {counter: int}: n_linked, n_created, n_review, n_failed are "would" counts
        """
        run, stream = page.run_id, page.stream_id
        connection = stream.connection_id
        service = self.with_user(connection.user_id).sudo()
        inbound = self.env["retail.sync.inbound"].with_env(service.env)
        stream = stream.with_env(service.env)
        items = inbound._decode(stream, rows)
        inbound._load_links(stream, items)
        inbound._drop_unchanged(stream, items, force=False)
        todo = [item for item in items if not item.outcome]
        inbound._find_parents(stream, todo)
        self.env["retail.sync.identity"].with_env(service.env)._decide(stream, todo, run=run)
        self.env["retail.sync.apply"].with_env(service.env)._hold_back(stream, todo)
        counters, samples = {}, {}
        for item in items:
            outcome = self._outcome(item)
            counters[f"n_{outcome}"] = counters.get(f"n_{outcome}", 0) + 1
            if len(samples.setdefault(outcome, [])) < SAMPLES:
                samples[outcome].append(self._sample(item))
        page.samples = samples
        return counters

    @api.model
    def _outcome(self, item: Item):
        if item.outcome in ("failed", "review", "excluded", "unchanged"):
            return item.outcome
        return {"link": "linked", "create": "created", "": "updated"}[item.outcome]

    @api.model
    def _sample(self, item):
        """Return a masked line that shows why a record would end so."""
        masked = mask_payload({"name": item.main.get("name"), "email": item.main.get("email")}, {})
        return {
            "key": item.incoming.external_id,
            "name": masked.get("name"),
            "email": masked.get("email"),
            "why": item.fault.message if item.fault else item.reason,
        }
