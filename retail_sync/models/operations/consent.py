import uuid
from typing import Any

from markupsafe import Markup

from odoo import api, fields, models
from odoo.api import Environment
from odoo.exceptions import UserError
from odoo.tools.misc import human_size

from ...domain.security.audit import AuditKind
from ..audit import changes
from ..mapping.field_labels import labels
from . import go_live, history_job, history_plan


def forecast_html(env: Environment, connection: Any, entries: list[dict[str, Any]]) -> Markup:
    """Return what going live would write, as an administrator reads it before agreeing."""
    effects = dict(env["retail.sync.dry.run.line"]._fields["effect"]._description_selection(env))
    export_labels = dict(env["retail.sync.stream"]._fields["export_policy"]._description_selection(env))
    html = Markup('<p class="fs-4">%s</p>') % connection.write_summary()
    for entry in entries:
        if entry["publishes"]:
            html += _published_html(env, entry)
            continue
        rows = Markup()
        for line in entry["fields"]:
            rows += Markup('<tr><td>%s</td><td>%s</td><td class="text-end">%s</td></tr>') % (
                line["label"],
                effects[line["effect"]],
                line["count"],
            )
        if entry["counted"]:
            text = env._(
                "%(changed)s of %(linked)s records get values now, %(new_ids)s get the id of Odoo.",
                changed=entry["changed"],
                linked=entry["linked"],
                new_ids=entry["new_ids"],
            )
        else:
            text = env._("%s records are being counted.", entry["linked"])
        later = env._("From then on, each change of these fields in Odoo is sent: %s.", ", ".join(entry["sends"]))
        exports = env._("New customers of Odoo: %s.", export_labels[entry["export_policy"]])
        html += Markup('<h4 class="mt-3">%s</h4><p>%s</p>%s<p class="text-muted">%s<br/>%s</p>') % (
            entry["name"],
            text,
            rows and Markup('<table class="table table-sm w-auto">%s</table>') % rows,
            later,
            exports,
        )
    return html


def _published_html(env: Environment, entry: dict[str, Any]) -> Markup:
    """Return what going live would create of a stream that Odoo alone writes."""
    text = env._(
        "%(records)s records of Odoo will be created (%(history)s): about %(storage)s of storage and %(calls)s calls.",
        records=entry["records"],
        history=entry["history"],
        storage=human_size(entry["storage"]) or "0",
        calls=entry["calls"],
    )
    if not entry["counted"]:
        text = env._("The records are not counted yet.")
    later = env._(
        "From then on, new records and each change of these fields are sent: %s. Nothing is read from the platform.",
        ", ".join(entry["sends"]),
    )
    return Markup('<h4 class="mt-3">%s</h4><p>%s</p><p class="text-muted">%s</p>') % (entry["name"], text, later)


class RetailSyncConnection(models.Model):
    """The consent to write to the platform: who agreed to what, and when."""

    _inherit = "retail.sync.connection"

    waits_to_write = fields.Boolean(
        compute="_compute_waits_to_write", help="A stream reads and waits for the consent to write to the platform."
    )

    def _compute_waits_to_write(self) -> None:
        for connection in self:
            connection.waits_to_write = bool(connection.sudo()._waiting_streams()) if connection.system else False

    def action_to_live(self) -> Any:
        """Open the set-up wizard at its last step: what the platform would get, and the consent to it.

        Where a stream publishes, the choice of its history comes before that.
        """
        self.count_writes()
        return self.action_setup("history" if self.waits_to_publish else "live")

    def _waiting_streams(self) -> Any:
        """Return the streams that are planned to write and do not yet, and for which the platform has room."""
        return self.stream_ids.filtered(
            lambda stream: (
                stream.direction == "in"
                and not stream.unavailable_reason
                and stream._adapter().capabilities().write
                and stream._planned_fields()
            )
        )

    def count_writes(self) -> bool:
        """Begin to count what going live would write to the platform; each stream holds its result."""
        self._require_manager()
        streams = self.sudo()._waiting_streams()
        history_plan.count_missing(self.env(su=True), streams)
        for stream in streams.filtered(lambda stream: not stream.publishes):
            token = uuid.uuid4().hex
            stream.write_forecast = {
                "token": token,
                "done": False,
                "at": fields.Datetime.to_string(fields.Datetime.now()),
            }
            go_live.enqueue(self.env(su=True), "_job_count_writes", stream, 0, token)
        return True

    def get_write_forecast(self) -> list[dict[str, Any]]:
        """Return what going live would write, per stream that waits for it.

        :return: [{"stream_id", "name", "direction", "linked", "counted", "at", "records", "new_ids", "changed",
            "sends": [labels], "fields": [{"field", "label", "effect", "count"}], "export_policy", "publishes",
            "history": in words, "storage": bytes, "calls"}]
        """
        self.ensure_one()
        self.check_access("read")
        names = labels(self.env)
        streams = self.sudo()._waiting_streams()
        linked = go_live.linked_counts(self.env(su=True), streams)
        found = []
        for stream in streams:
            forecast = stream.write_forecast or {}
            lines = [(key.split(" "), count) for key, count in forecast.get("fields", {}).items()]
            found.append(
                {
                    "stream_id": stream.id,
                    "name": stream.name,
                    "direction": stream.planned_direction,
                    "linked": linked.get(stream.id, 0),
                    "counted": bool(forecast.get("done")),
                    "at": forecast.get("at") or False,
                    "records": forecast.get("records", 0),
                    "new_ids": forecast.get("new_ids", 0),
                    "changed": forecast.get("changed", 0),
                    "sends": sorted(names.get(name, name) for name in stream._planned_fields()),
                    "fields": [
                        {"field": field, "label": names.get(field, field), "effect": effect, "count": count}
                        for (effect, field), count in sorted(lines, key=lambda line: (-line[1], line[0]))
                    ],
                    "export_policy": stream.export_policy,
                    "publishes": stream.publishes,
                    "history": history_plan.history_text(stream) if stream.publishes else "",
                    "storage": forecast.get("storage", 0),
                    "calls": forecast.get("calls", 0),
                }
            )
        return found

    def write_summary(self) -> str:
        """Return in one sentence what going live would write: what an administrator agrees to."""
        self.ensure_one()
        entries = self.get_write_forecast()
        if not entries:
            return self.env._("No stream of %s waits to go live.", self.name)
        known = [entry for entry in entries if not entry["publishes"]]
        published = [entry for entry in entries if entry["publishes"]]
        return " ".join(filter(None, (self._linked_summary(known), self._published_summary(published))))

    def _linked_summary(self, entries: list[dict[str, Any]]) -> str:
        """Return what records get that both sides know."""
        if not entries:
            return ""
        parts = [f"{entry['linked']} {entry['name']}" for entry in entries]
        if all(entry["counted"] and not entry["changed"] and not entry["new_ids"] for entry in entries):
            return self.env._(
                "%(records)s of %(platform)s are equal on both sides. None of them gets a value now.",
                records=", ".join(parts),
                platform=self.name,
            )
        return self.env._(
            "%(records)s of %(platform)s will get these fields.", records=", ".join(parts), platform=self.name
        )

    def _published_summary(self, entries: list[dict[str, Any]]) -> str:
        """Return what is created of the records that Odoo alone writes."""
        if not entries:
            return ""
        parts = ", ".join(f"{entry['records']} {entry['name']}" for entry in entries)
        return self.env._("These will be created on %(platform)s: %(records)s.", records=parts, platform=self.name)

    def go_live(self) -> bool:
        """Let the streams write as planned: the consent of an administrator, noted with name, time and counts.

        What the platform lacks about linked records is queued: values that differ, and our ids.
        """
        self._require_manager()
        for connection in self.sudo():
            streams = connection._waiting_streams()
            if not streams:
                raise UserError(self.env._("No stream of %s waits to go live.", connection.name))
            history_plan.count_missing(self.env(su=True), streams)
            note = connection._consent_note(self.env.user)
            if connection.state == "connected" and not connection.reading_stream_ids:
                connection.state = "running"  # there is nothing to load first
            for stream in streams.sorted("sequence"):
                stream.write(
                    {
                        "direction": "out" if stream.publishes else stream.planned_direction,
                        "live_at": fields.Datetime.now(),
                        "live_user_id": self.env.uid,
                        "write_forecast": False,
                    }
                )
            connection.message_post(body=note)
        return True

    def _consent_note(self, user: Any) -> Markup:
        """Return the note of the consent: what was said about each stream when it was given."""
        effects = dict(self.env["retail.sync.dry.run.line"]._fields["effect"]._description_selection(self.env))
        items = Markup()
        for entry in self.get_write_forecast():
            if entry["publishes"]:
                items += Markup("<li>%s: %s. %s</li>") % (entry["name"], entry["records"], entry["history"])
                continue
            counts = ", ".join(
                f"{line['label']}: {line['count']} ({effects[line['effect']]})" for line in entry["fields"]
            )
            items += Markup("<li>%s: %s. %s</li>") % (
                entry["name"],
                entry["linked"],
                counts or ", ".join(entry["sends"]),
            )
        text = self.env._("%s agreed that these records of the platform get values of Odoo:", user.name)
        return Markup("<p>%s</p><ul>%s</ul>") % (text, items)


class RetailSyncStream(models.Model):
    """Whether a stream writes, and who agreed to it."""

    _inherit = "retail.sync.stream"

    write_forecast = fields.Json(readonly=True, copy=False, help="What going live would write, as it was counted last.")

    @api.model_create_multi
    def create(self, vals_list: list[dict[str, Any]]) -> Any:
        streams = super().create(vals_list)
        for stream, vals in zip(streams, vals_list, strict=True):
            if vals.get("direction", "in") != "in":
                stream._note_consent(vals)
                stream.filtered(lambda stream: stream.state == "draft")._begin_publishing()
        return streams

    def write(self, vals: dict[str, Any]) -> bool:
        """Note the consent with any change that lets a stream write, in whatever way it is made."""
        begins = vals.get("direction", "in") != "in" and any(stream.direction == "in" for stream in self)
        result = super().write(vals)
        if begins:
            self._note_consent(vals)
            self._begin_publishing()
            for stream in self.filtered(lambda stream: stream.state != "draft" and not stream.publishes):
                go_live.enqueue(self.env(su=True), "_job_go_live", stream)
        return result

    def _begin_publishing(self) -> None:
        """Let published streams send from now on, and their history: there is nothing that is loaded before."""
        streams = self.sudo().filtered("publishes")
        streams.filtered(lambda stream: stream.state == "draft").state = "live"
        history_job.start(self.env(su=True), streams)

    def _note_consent(self, vals: dict[str, Any]) -> None:
        """Note who let these streams write, and when. vals: what was written, which may say so already."""
        noted = {
            "planned_direction": vals["direction"],
            "live_at": fields.Datetime.now(),
            "live_user_id": self.env.uid,
        }
        changes.note_each(self, "go_live", lambda stream: stream.connection_id, AuditKind.CONSENT)
        self.sudo().write({**noted, **{name: vals[name] for name in noted if name in vals}})
