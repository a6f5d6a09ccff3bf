from collections import defaultdict

from odoo import _, api, fields, models
from odoo.exceptions import UserError
from odoo.tools import SQL

from ..domain import matching
from ..domain.canonical import SLOT_MAIN
from ..domain.identity_keys import email_key, phone_key
from ..domain.phones import parse_phone
from ..domain.tax_ids import vat_keys


class RetailSyncIdentity(models.AbstractModel):
    """Who is this? One decision per unknown record, with its reason, before anything is created.

    This is the seam: `_decide` takes items and leaves on each an outcome (link, create,
    review), a rule and a reason. The rule behind it may be replaced.
    """

    _name = "retail.sync.identity"
    _description = "Identity of incoming records"

    @api.model
    def _decide(self, flow, items, decision=None, run=None):
        """Decide for every item that has no binding. One look-up for the page.

        :param decision: 'create' when a person decided already
        :param run: a dry run, whose claims are kept apart
        """
        unknown = [item for item in items if SLOT_MAIN not in item.bound]
        if not unknown:
            return
        if decision == "create":
            for item in unknown:
                item.outcome, item.rule, item.reason = "create", "person", _("Decided by %s", self.env.user.name)
        else:
            self._decide_by_keys(flow, unknown)
        new = [item for item in unknown if item.outcome == "create"]
        claimed = self.env["retail.sync.match.key"]._claim({key for item in new for key in self._keys(item)}, run=run)
        if run is not None:
            # Nothing is created in a dry run, so a twin that came in an earlier page
            # is known by its claim only.
            for item in new:
                if decision is None and claimed & set(self._keys(item)):
                    item.outcome = "review"
                    item.reason = _("Looks like another record of this load.")

    @api.model
    def _keys(self, item):
        return matching.match_keys(item.main, parent_key=item.parent_ref)

    @api.model
    def _decide_by_keys(self, flow, unknown):
        carried = self._carried_ids(flow, unknown)
        candidates = self._candidates(flow, unknown)
        # The outcome must not depend on the order of arrival within a page.
        unknown.sort(key=lambda item: item.incoming.external_id)
        keys = [self._keys(item) for item in unknown]
        twins = matching.decide_page(keys)
        first_with = {}
        for index, own in enumerate(keys):
            for key in own:
                first_with.setdefault(key, index)
        index_of = self._index(candidates)
        for index, item in enumerate(unknown):
            if item.incoming.external_id in carried:
                item.res_id, item.outcome = carried[item.incoming.external_id], "link"
                item.rule, item.reason = "external_id", _("The record carries this customer's Odoo id.")
                continue
            decision = matching.decide(
                item.main,
                self._pick(item, index_of),
                parent_partner_id=item.parent_id,
                parent_known=bool(item.parent_id) or not item.parent_ref,
            )
            item.outcome, item.rule, item.reason = decision.kind, decision.rule, decision.reason
            if decision.kind == "link":
                item.res_id = decision.candidate_id
            elif decision.kind == "review":
                item.candidates = [
                    {"id": partner_id, "reasons": list(reasons)} for partner_id, reasons in decision.candidates
                ]
            elif index in twins:
                item.outcome, item.rule = "review", "twin"
                item.reason = twins[index]
                item.twin = unknown[min(first_with[key] for key in keys[index])]
        self._refuse_shared_targets(unknown)

    @api.model
    def _refuse_shared_targets(self, items):
        """Two records of one page must not be linked to one customer: the later ones are asked about."""
        taken = set()
        for item in items:
            if item.outcome != "link":
                continue
            if item.res_id in taken:
                item.candidates = [{"id": item.res_id, "reasons": [item.reason]}]
                item.outcome, item.res_id, item.rule = "review", None, "twin"
                item.reason = _("Another record of the same page was linked to this customer.")
            else:
                taken.add(item.res_id)

    @api.model
    def _carried_ids(self, flow, items):
        """Return {external id: partner id} of records that carry an Odoo id which is free to link."""
        wanted = {
            int(item.incoming.local_ref): item.incoming.external_id
            for item in items
            if item.incoming.local_ref and item.incoming.local_ref.isdigit()
        }
        if not wanted:
            return {}
        model = flow._entity()._res_model
        there = self.env[model].with_context(active_test=False).browse(list(wanted)).exists()
        taken = self.env["retail.sync.binding"].search(
            [
                ("backend_id", "=", flow.backend_id.id),
                ("res_model", "=", model),
                ("res_id", "in", there.ids),
                ("is_primary", "=", True),
            ]
        )
        return {wanted[record.id]: record.id for record in there if record.id not in taken.mapped("res_id")}

    @api.model
    def _candidates(self, flow, items):
        """Return the partners that share a VAT, an e-mail or a phone with any item; indexed look-ups only."""
        vats, emails, phones, parents = set(), set(), set(), set()
        for item in items:
            values = item.main
            kind = values.get("kind") or "company"
            vats.update(vat_keys(values.get("vat")))
            emails.add(email_key(values.get("email"), kind))
            phones.add("".join(char for char in phone_key(values.get("phone")) if char.isdigit())[-9:])
            if kind == "person" and item.parent_id:
                parents.add(item.parent_id)
        emails.discard("")
        phones.discard("")
        if not (vats or emails or phones or parents):
            return []
        self.env["res.partner"].flush_model(
            ["vat", "email", "phone", "name", "active", "type", "parent_id", "is_company"]
            + ["commercial_partner_id", "company_id", "country_id"]
        )
        self.env["retail.sync.binding"].flush_model(["res_model", "res_id", "backend_id", "is_primary"])
        # The table may have grown a hundredfold since it was last analysed: an empty
        # table's plan is a sequential scan.
        self.env.cr.execute("SET LOCAL enable_seqscan = off")
        rows = self.env.execute_query(
            SQL(
                """
                SELECT partner.id, partner.name, partner.vat, partner.email, partner.phone, country.code,
                       partner.parent_id, partner.commercial_partner_id, partner.is_company, partner.type,
                       EXISTS (SELECT FROM retail_sync_binding binding
                                WHERE binding.res_model = 'res.partner' AND binding.res_id = partner.id
                                  AND binding.backend_id = %(backend)s AND binding.is_primary)
                  FROM res_partner partner
                  LEFT JOIN res_country country ON country.id = partner.country_id
                 WHERE partner.active AND partner.type IN ('contact', 'other')
                   AND (partner.company_id IS NULL OR %(company)s = 0 OR partner.company_id = %(company)s)
                   AND partner.id IN (
                    SELECT id FROM res_partner
                     WHERE upper(regexp_replace(vat, '[^0-9A-Za-z]', '', 'g')) = ANY(%(vats)s) AND vat IS NOT NULL
                     UNION ALL
                    SELECT id FROM res_partner WHERE lower(btrim(email)) = ANY(%(emails)s) AND email IS NOT NULL
                     UNION ALL
                    SELECT id FROM res_partner
                     WHERE right(regexp_replace(phone, '\\D', '', 'g'), 9) = ANY(%(phones)s) AND phone IS NOT NULL
                     UNION ALL
                    SELECT colleague.id FROM res_partner colleague
                     WHERE colleague.parent_id = ANY(%(parents)s) AND NOT EXISTS (
                        SELECT FROM retail_sync_binding link WHERE link.res_model = 'res.partner'
                           AND link.res_id = colleague.id AND link.backend_id = %(backend)s AND link.is_primary))
                """,
                backend=flow.backend_id.id,
                company=flow.backend_id.company_id.id or 0,
                vats=list(vats),
                emails=list(emails),
                phones=list(phones),
                parents=list(parents),
            )
        )
        self.env.cr.execute("SET LOCAL enable_seqscan = on")
        default_country = flow.backend_id.default_country_id.code
        return [
            matching.Candidate(
                id=partner_id,
                kind="company" if is_company else "person",
                name=name,
                vat=vat,
                email=email,
                phone_e164=parse_phone(phone, code or default_country or "")[0] if phone else None,
                parent_id=parent_id,
                bound=bound,
                is_commercial=commercial_id == partner_id,
            )
            for partner_id, name, vat, email, phone, code, parent_id, commercial_id, is_company, _type, bound in rows
        ]

    @api.model
    def _index(self, candidates):
        """Return {blocking key: candidates}; `_blocks` gives the keys of either side."""
        index = defaultdict(list)
        for candidate in candidates:
            for key in self._blocks(
                candidate.vat, candidate.email, candidate.phone_e164, candidate.parent_id, candidate.kind
            ):
                index[key].append(candidate)
        return index

    @api.model
    def _pick(self, item, index):
        """Return the candidates that share a blocking key with this item, each once."""
        values = item.main
        keys = self._blocks(
            values.get("vat"), values.get("email"), values.get("phone"), item.parent_id, values.get("kind") or "company"
        )
        return list({candidate.id: candidate for key in keys for candidate in index.get(key, ())}.values())

    @api.model
    def _blocks(self, vat, email, phone, parent_id, kind):
        yield from (("vat", number) for number in vat_keys(vat))
        address, number = email_key(email, kind), phone_key(phone)
        if address:
            yield ("email", address)
        if number:
            yield ("phone", number)
        if parent_id and kind == "person":
            yield ("parent", parent_id)

    @api.model
    def _decide_by_hand(self, message, partner):
        """Link the record of a message to a partner, as a person decided; its values are merged when it is read.

        :raises UserError: if the partner is gone, or linked to another record of that platform.
        """
        partner = partner.exists()
        if not partner:
            raise UserError(_("This customer does not exist any more. Choose another one."))
        partner.check_access("write")
        binding_model = self.env["retail.sync.binding"].sudo()
        taken = binding_model.search(
            [
                ("backend_id", "=", message.backend_id.id),
                ("res_model", "=", "res.partner"),
                ("res_id", "=", partner.id),
                ("is_primary", "=", True),
            ],
            limit=1,
        )
        primary = not taken
        binding_model.create(
            {
                "backend_id": message.backend_id.id,
                "flow_id": message.flow_id.id,
                "remote_object": message.remote_object,
                "external_id": message.key,
                "slot": SLOT_MAIN,
                "res_model": "res.partner",
                "res_id": partner.id,
                # A second remote id of one customer is an alias: it is known, and does not write.
                "is_primary": primary,
                "state": "in_sync" if primary else "merged",
                "rule": "person",
                "reason": _("Decided by %s", self.env.user.name),
                "linked_at": fields.Datetime.now(),
            }
        )
