from psycopg2.errors import UniqueViolation

from odoo import _, api, fields, models

from odoo.addons.queue_job.exception import RetryableJobError

from ...domain.canonical.schema import PART_MAIN
from ...domain.identity.bulk_review import CREATE, LINK, NON_MATCH, SECOND, Question, plan, score_of
from ...runtime.constants import LANE_PRIORITY, channel

# Up to here a person waits for it; what is more goes through jobs of this size, one after the other.
AT_ONCE = 50


class RetailSyncAnswers(models.AbstractModel):
    """One answer of a person to many questions of one kind: planned, then carried out as far as it is still true."""

    _name = "retail.sync.answers"
    _description = "Answers to many questions"

    @api.model
    def _as_seen(self, messages):
        """Return what a person sees of questions: [[id, version, first suggestion]]."""
        return [[message.id, message.version, message._first_suggestion()] for message in messages]

    @api.model
    def _plan(self, answer, messages, seen):
        """Return the domain's plan for these questions as they are now; three queries, however many there are.

        :param seen: what `_as_seen` returned when the person began
        """
        shown = {message_id: (version, suggestion) for message_id, version, suggestion in seen}
        messages = messages.exists()
        may_answer = messages._filtered_access("write")
        partner_model = self.env["res.partner"].with_context(active_test=False)
        there = partner_model.browse({message._first_suggestion() for message in may_answer} - {0}).exists()
        writable = set(there._filtered_access("write").ids)
        linked = self._linked(may_answer.connection_id, there)
        bound = self._bound(may_answer)
        questions = []
        for message in messages:
            if message not in may_answer:
                questions.append(Question(message.id, 0, may_answer=False))
                continue
            suggestion, connection_id = message._first_suggestion(), message.connection_id.id
            questions.append(
                Question(
                    message.id,
                    connection_id,
                    suggestion=suggestion if suggestion in there._ids else None,
                    score=score_of(message.candidates),
                    is_open=message._is_question() and (connection_id, message.remote_object, message.key) not in bound,
                    as_seen=shown.get(message.id) == (message.version, suggestion),
                    may_link=suggestion in writable,
                    linked=(connection_id, suggestion) in linked,
                )
            )
        return plan(answer, questions)

    @api.model
    def _linked(self, connections, partners):
        """Return {(connection id, customer id)} of customers that stand for a record there already."""
        rows = (
            self.env["retail.sync.link"]
            .sudo()
            ._read_group(
                [
                    ("connection_id", "in", connections.ids),
                    ("res_model", "=", "res.partner"),
                    ("res_id", "in", partners.ids),
                    ("is_primary", "=", True),
                ],
                ["connection_id", "res_id"],
            )
        )
        return {(connection.id, res_id) for connection, res_id in rows}

    @api.model
    def _bound(self, messages):
        """Return {(connection id, object, external id)} of these records that are linked to something by now."""
        rows = (
            self.env["retail.sync.link"]
            .sudo()
            ._read_group(
                [
                    ("connection_id", "in", messages.connection_id.ids),
                    ("external_id", "in", messages.mapped("key")),
                    ("part", "=", PART_MAIN),
                ],
                ["connection_id", "remote_object", "external_id"],
            )
        )
        return {(connection.id, remote_object, external_id) for connection, remote_object, external_id in rows}

    @api.model
    def _answer(self, answer, messages, seen, lane="critical"):
        """Answer these questions as far as it still holds; return ({messages answered}, {why: number left out}).

        What another transaction holds at this moment is left alone: somebody is answering it.

        :raises psycopg2.errors.UniqueViolation: when somebody linked one of the customers meanwhile; nothing is done
        """
        self.env["retail.sync.message"]._require_steward()
        free = messages.exists().try_lock_for_update()
        found = self._plan(answer, free, seen)
        chosen = self.env["retail.sync.message"].browse(found.chosen)
        if chosen:
            {LINK: self._link, SECOND: self._second, CREATE: self._create, NON_MATCH: self._non_matches}[answer](
                chosen, lane
            )
        skipped = {why: len(ids) for why, ids in found.skipped.items()}
        if busy := len(messages) - len(free):
            skipped["answered"] = skipped.get("answered", 0) + busy
        return chosen, skipped

    @api.model
    def _second(self, messages, lane):
        """Note each record as a second one of the customer: it is known from now on, and writes nothing."""
        self._link(messages, lane, is_primary=False, state="merged")

    @api.model
    def _link(self, messages, lane, **kind):
        now = fields.Datetime.now()
        reason = _("Decided by %s", self.env.user.name)
        with self.env.cr.savepoint():
            self.env["retail.sync.link"].sudo().create(
                [
                    {
                        "connection_id": message.connection_id.id,
                        "stream_id": message.stream_id.id,
                        "remote_object": message.remote_object,
                        "external_id": message.key,
                        "part": PART_MAIN,
                        "res_model": "res.partner",
                        "res_id": message._first_suggestion(),
                        "rule": "person",
                        "reason": reason,
                        "linked_at": now,
                        **kind,
                    }
                    for message in messages
                ]
            )
        chosen = {message.id: message._first_suggestion() for message in messages}
        self.env["retail.sync.match.decision"].sudo()._persons_decided(messages, "link", chosen)
        messages._retry(lane)

    @api.model
    def _create(self, messages, lane):
        self._record_non_matches(messages, "create")
        refresh = self.env["retail.sync.refresh"].sudo()
        for stream, own in messages.grouped("stream_id").items():
            refresh._enqueue_ids(stream, sorted(own.mapped("key")), lane=lane, decision="create")
        messages.write({"state": "retrying", "next_try_at": False})

    @api.model
    def _non_matches(self, messages, lane):
        self._record_non_matches(messages, "non_match")
        messages._retry(lane)

    @api.model
    def _record_non_matches(self, messages, what):
        """Remember that each of these records is none of the customers suggested for it."""
        pairs = [(int(found["id"]), message) for message in messages for found in message.candidates or []]
        self.env["retail.sync.non.match"].sudo()._say_all(pairs)
        self.env["retail.sync.match.decision"].sudo()._persons_decided(messages, what)

    @api.model
    def _enqueue(self, answer, message_ids, seen, wizard_id=None):
        """Queue the next part of a long answer. It runs as the person who answers, with that person's rights."""
        self.with_delay(
            channel=channel("standard"),
            priority=LANE_PRIORITY["standard"],
            max_retries=0,
            description=_("Answer %s questions", len(message_ids)),
        )._job_answer(answer, message_ids, seen, wizard_id)

    @api.model
    def _job_answer(self, answer, message_ids, seen, wizard_id=None):
        """Answer a part, then queue the rest: parts that ran side by side would wait for one another's rows."""
        part, rest = message_ids[:AT_ONCE], message_ids[AT_ONCE:]
        messages = self.env["retail.sync.message"].browse(part)
        try:
            done, skipped = self._answer(answer, messages, seen, lane="standard")
        except UniqueViolation as error:
            raise RetryableJobError("Somebody linked one of these customers", seconds=2, ignore_retry=True) from error
        wizard = self.env["retail.sync.bulk.review"].browse(wizard_id or []).exists()
        wizard._went_on(len(done), skipped, ended=not rest)
        if rest:
            self._enqueue(answer, rest, [row for row in seen if row[0] in set(rest)], wizard_id)
