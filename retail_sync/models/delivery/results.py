import json

from psycopg2.extras import execute_values

from odoo import _, api, models

from ...adapter.values import Answer
from ...domain.canonical.schema import PART_MAIN
from ...domain.resilience.faults import FaultClass, FaultError, retry_delay
from ...domain.security.masking import scrub_text
from ..links.rows import LinkRow
from .prepare import Verdict

# Deliveries in which the platform may leave a record out before a person is asked.
ANSWERS_MISSED = 6
# What passes by itself; the rest needs a person, a look at the platform, or both.
PASSING = (FaultClass.transient, FaultClass.throttled, FaultClass.dependency, FaultClass.conflict, FaultClass.unknown)


class RetailSyncSettle(models.AbstractModel):
    """The end of a delivery: each record by its own answer.

    The base moves by what the platform has taken, and by nothing else. Runs in a
    transaction of its own that is repeated when it loses a race: the platform has acted
    already.
    """

    _name = "retail.sync.settle"
    _description = "Settle deliveries"

    @api.model
    def _apply_results(self, stream_id, run_id, claimed, outgoing, answers, verdicts):
        """Settle claimed messages.

        :param answers: {record key: Answer} of what was sent
        :param verdicts: {message id: Verdict} of what was not
        :return: the run's counters; 'soon': seconds after which something is due again; 'release': whether a look
            at what waits for other records is due, in a transaction of its own
        """
        stream = self.env["retail.sync.stream"].browse(stream_id)
        run = self.env["retail.sync.run"].browse(run_id)
        verdicts = dict(verdicts)
        taken, looks = [], set()
        for one in outgoing:
            message_id = one.record.message_id
            answer = answers.get(one.record.key)
            if one.fault is not None:
                verdicts[message_id] = self._verdict(one.fault, 1)
            elif not one.fields:
                taken.append((one, None))
                verdicts[message_id] = Verdict("done", _("Nothing that could be sent: %s", " ".join(one.warnings)))
            elif answer is None:
                tries = next((c.attempts for c in claimed if c.id == message_id), 1)
                fault = FaultError(FaultClass.transient, "NO_ANSWER", _("The platform did not answer for this record."))
                verdicts[message_id] = (
                    Verdict("back", fault.message, 5) if tries < ANSWERS_MISSED else Verdict("open", fault=fault)
                )
            elif answer.ok:
                taken.append((one, answer))
                verdicts[message_id] = Verdict("done", _("Created") if answer.created else _("Taken"))
            else:
                tries = next((c.attempts for c in claimed if c.id == message_id), 1)
                verdicts[message_id] = self._refusal(stream, one, answer, tries, looks)
        linked = self._take(stream, taken)
        self.env["retail.sync.write.intent"]._strike_out(stream, outgoing, answers)
        for one in claimed:
            verdicts.setdefault(one.id, Verdict("back", _("It was not dealt with."), 60))
        counters = self._apply_verdicts(stream, run, claimed, verdicts, looks)
        counters["release"] = linked or any(verdict.state == "parked" for verdict in verdicts.values())
        return counters

    @api.model
    def _refused(self, fault):
        return Answer(False, fault=fault)

    # -- refusals

    @api.model
    def _refusal(self, stream, one, answer, tries, looks):
        """Return the Verdict on a record that the platform refused; note in looks the ids worth a look over there."""
        fault = answer.fault or FaultError(FaultClass.unknown, "UNKNOWN", _("No reason was given."))
        if fault.fault_class == FaultClass.duplicate and answer.candidates:
            known = self.env["retail.sync.link"].search(
                [("connection_id", "=", stream.connection_id.id), ("external_id", "in", answer.candidates)]
            )
            unknown = set(answer.candidates) - set(known.mapped("external_id"))
            if unknown and tries <= 2:
                # Perhaps it is the same customer, whom nobody has read yet: reading decides by the rules of identity.
                looks |= unknown
                return Verdict("back", fault.message, 30)
            return Verdict("open", fault=self._with_candidates(fault, answer.candidates, known))
        if fault.fault_class == FaultClass.gone and one.record.external_id:
            looks.add(one.record.external_id)
            return Verdict("back", fault.message, 10) if tries <= 2 else Verdict("open", fault=fault)
        return self._verdict(fault, tries)

    @api.model
    def _with_candidates(self, fault, candidates, known):
        owners = ", ".join(f"{link.external_id} (#{link.res_id})" for link in known) or ", ".join(candidates)
        return FaultError(fault.fault_class, fault.code, f"{fault.message} {_('It looks like: %s', owners)}")

    @api.model
    def _verdict(self, fault, tries):
        if fault.fault_class in PASSING:
            fault_class = FaultClass.unknown if fault.fault_class == FaultClass.unknown else FaultClass.transient
            seconds = retry_delay(fault_class, tries, fault.retry_after)
            if fault.fault_class == FaultClass.throttled:
                seconds = fault.retry_after or 60
            if seconds is not None:
                return Verdict("back", fault.message, max(1, int(seconds)))
        return Verdict("open", fault=fault)

    # -- what was taken

    @api.model
    def _take(self, stream, taken):
        """Move the bases of what was taken, and link what was created; return whether anything was linked."""
        created = [(one, answer) for one, answer in taken if answer and not one.record.external_id]
        known = [(one, answer) for one, answer in taken if one.record.external_id]
        self._move_bases(stream, known)
        rows = [row for one, answer in created for row in self._rows(one, answer.external_id)]
        rows += [row for one, _answer in known for row in self._new_parts(one)]
        if rows:
            self.env["retail.sync.link.store"]._save(stream, rows)
        return bool(rows)

    @api.model
    def _move_bases(self, stream, known):
        values = [
            (
                stream.connection_id.id,
                stream.remote_object,
                one.record.external_id,
                part,
                json.dumps(one.record.sent.get(part) or {}),
                json.dumps(
                    {
                        name: {
                            "sent": value,
                            "over": one.record.replaces.get(part, {}).get(name),
                            "times": one.record.attempts.get(part, {}).get(name, 0) + 1,
                        }
                        for name, value in (one.record.sent.get(part) or {}).items()
                    }
                ),
                answer is not None and one.record.ack and part == PART_MAIN,
                answer is not None,
            )
            for one, answer in known
            for part in {*one.record.sent, PART_MAIN}
            if part in one.record.local
        ]
        if not values:
            return
        self.env["retail.sync.link"].flush_model()
        execute_values(
            self.env.cr._obj,
            "UPDATE retail_sync_link link SET"
            " base = CASE WHEN taken.ok THEN COALESCE(link.base, '{}') || taken.sent ELSE link.base END,"
            " divergent = NULLIF(COALESCE(link.divergent, '{}')"
            " - ARRAY(SELECT jsonb_object_keys(taken.sent)), '{}'),"
            " pushed = COALESCE(link.pushed, '{}') || taken.pushed,"
            # What was read last is not what is there now: the same content, read again, is news.
            " content_hash = CASE WHEN taken.sent = '{}' THEN link.content_hash ELSE '' END,"
            " raw_hash = CASE WHEN taken.sent = '{}' THEN link.raw_hash ELSE '' END,"
            " carries_our_id = COALESCE(link.carries_our_id, false) OR taken.carries_our_id,"
            " synced_at = clock_timestamp() AT TIME ZONE 'UTC'"
            " FROM (VALUES %s) AS taken(connection_id, remote_object, external_id, part, sent, pushed, carries_our_id, "
            "ok)"
            " WHERE link.connection_id = taken.connection_id AND link.remote_object = taken.remote_object"
            " AND link.external_id = taken.external_id AND link.part = taken.part",
            values,
            template="(%s, %s, %s, %s, %s::jsonb, %s::jsonb, %s, %s)",
            page_size=1000,
        )
        self.env["retail.sync.link"].invalidate_model()

    @api.model
    def _rows(self, one, external_id):
        return [self._link_row(one, external_id, part) for part in one.record.local]

    @api.model
    def _new_parts(self, one):
        """Return rows for addresses that a known record has gained from Odoo."""
        return [self._link_row(one, one.record.external_id, part) for part in sorted(one.record.gained)]

    @api.model
    def _link_row(self, one, external_id, part):
        return LinkRow(
            external_id=external_id,
            part=part,
            res_id=one.record.local[part],
            # The platform's version is not told; the next read shows it, and shows our own values.
            version=0,
            content_hash="",
            raw_hash="",
            base=one.record.sent.get(part) or {},
            divergent=None,
            provenance=None,
            warnings=[],
            parent_ref=None,
            state="in_sync",
            rule="exported",
            reason=_("Created on the platform from Odoo's record"),
            carries_our_id=part == PART_MAIN,
        )

    # -- messages

    @api.model
    def _apply_verdicts(self, stream, run, claimed, verdicts, looks):
        outbox = self.env["retail.sync.outbox"]
        groups = {}
        for one in claimed:
            verdict = verdicts[one.id]
            groups.setdefault((verdict.state, verdict.text, verdict.seconds), []).append(one.id)
        soon = None
        counters = dict.fromkeys(("n_sent", "n_same", "n_back", "n_failed"), 0)
        for (state, text, seconds), ids in groups.items():
            if state in ("done", "superseded"):
                outbox._close(ids, text, state)
                sent = text in (_("Taken"), _("Created"))
                counters["n_sent" if sent else "n_same"] += len(ids)
            elif state == "back":
                outbox._give_back(ids, seconds, reason=text)
                counters["n_back"] += len(ids)
                soon = min(seconds, soon or seconds)
        parked = {one.id: verdicts[one.id].text for one in claimed if verdicts[one.id].state == "parked"}
        if parked:
            outbox._park(parked)
        failed = {one.id: verdicts[one.id].fault for one in claimed if verdicts[one.id].state == "open"}
        counters["n_failed"] += self._open(stream, run, failed)
        self._correlate(run, claimed)
        if looks:
            self.env["retail.sync.refresh"]._enqueue_ids(stream, sorted(looks))
        if soon:
            counters["soon"] = soon
        return counters

    @api.model
    def _open(self, stream, run, failed):
        """Show people what will not pass by itself; newer news of the same record goes on instead."""
        self.env["retail.sync.outbox"]._give_back(list(failed), count=False)
        messages = self.env["retail.sync.message"].browse(list(failed)).filtered(lambda one: one.state == "pending")
        for message in messages:
            fault = failed[message.id]
            rule = self.env["retail.sync.fault.rule"]._match(stream.connection_id.system, fault.code, fault.message)
            message.write(
                {
                    "state": "open",
                    "run_id": run.id,
                    "fault_code": fault.code,
                    "fault_message": scrub_text(fault.message),
                    "rule_id": rule.id,
                    "next_try_at": False,
                    **self.env["retail.sync.exceptions"]._kind(rule, fault.fault_class),
                }
            )
        return len(messages)

    @api.model
    def _correlate(self, run, claimed):
        self.env.cr.execute(
            "UPDATE retail_sync_message SET correlation_id = %s, run_id = %s WHERE id = ANY(%s)",
            [run.correlation_id, run.id, [one.id for one in claimed]],
        )
        self.env["retail.sync.message"].invalidate_model()
