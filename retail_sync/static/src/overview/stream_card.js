import { Component } from "@odoo/owl";
import { deserializeDateTime, formatDateTime } from "@web/core/l10n/dates";
import { _t } from "@web/core/l10n/translation";
import { useService } from "@web/core/utils/hooks";
import { formatInteger } from "@web/views/fields/formatters";

const STATES = {
    draft: { label: _t("Not loaded"), colour: "text-bg-secondary" },
    loading: { label: _t("First load"), colour: "text-bg-info" },
    live: { label: _t("Live"), colour: "text-bg-success" },
    paused: { label: _t("Paused"), colour: "text-bg-warning" },
    stopped: { label: _t("Stopped"), colour: "text-bg-danger" },
};
// Only loads and dry runs are shown as the last run of a stream.
const KINDS = { initial: _t("First load"), dry: _t("Dry run") };

/** Show one stream: how many records are in sync, excluded and failing, and its last run. */
export class StreamCard extends Component {
    static template = "retail_sync.StreamCard";
    static props = { stream: Object };

    setup() {
        this.action = useService("action");
    }

    get badge() {
        return STATES[this.props.stream.state] || { label: this.props.stream.state, colour: "text-bg-secondary" };
    }

    get counters() {
        const stream = this.props.stream;
        return [
            { name: "in_sync", label: _t("In sync"), value: stream.in_sync, colour: "text-success" },
            { name: "review", label: _t("To review"), value: stream.review, colour: "text-warning" },
            { name: "failing", label: _t("Failing"), value: stream.failing, colour: "text-danger" },
            { name: "excluded", label: _t("Excluded"), value: stream.excluded, colour: "text-muted" },
            { name: "to_send", label: _t("Pending"), value: stream.to_send, colour: "text-info", rare: true },
            {
                name: "missing",
                label: _t("Not visible remotely"),
                value: stream.missing,
                colour: "text-warning",
                rare: true,
            },
            { name: "ignored", label: _t("Ignored"), value: stream.ignored, colour: "text-muted", rare: true },
        ]
            .filter((counter) => counter.value || !counter.rare)
            .map((counter) => ({
                ...counter,
                text: formatInteger(counter.value),
                colour: counter.value ? counter.colour : "text-muted",
            }));
    }

    get lastRun() {
        const run = this.props.stream.last_run;
        if (!run) {
            return null;
        }
        const moment = run.at && deserializeDateTime(run.at);
        return {
            id: run.id,
            kind: KINDS[run.kind] || run.kind,
            failed: run.state === "failed",
            ago: moment ? moment.toRelative() : "",
            exact: moment ? formatDateTime(moment) : "",
            read: formatInteger(run.read || 0),
            rate: run.records_per_second ? formatInteger(Math.round(run.records_per_second)) : "",
        };
    }

    get percent() {
        const progress = this.props.stream.progress;
        return progress && progress.total ? Math.min(100, Math.round((100 * progress.read) / progress.total)) : 0;
    }

    number(value) {
        return formatInteger(value || 0);
    }

    async openList(xmlid, domain, name) {
        const action = await this.action.loadAction(xmlid);
        return this.action.doAction({
            ...action,
            name: `${this.props.stream.name}: ${name}`,
            display_name: `${this.props.stream.name}: ${name}`,
            domain: [["stream_id", "=", this.props.stream.id], ...domain],
            context: xmlid === "retail_sync.action_exception" ? { search_default_by_cause: 1 } : {},
        });
    }

    open(counter) {
        switch (counter.name) {
            case "in_sync":
            case "excluded":
            case "missing":
                return this.openList(
                    "retail_sync.action_link",
                    [["part", "=", "main"], ["state", "=", counter.name]],
                    counter.label
                );
            case "to_send":
                return this.openList(
                    "retail_sync.action_outbox",
                    [["kind", "=", "delivery"], ["state", "in", ["pending", "sending", "parked"]]],
                    counter.label
                );
            case "ignored":
                return this.openList("retail_sync.action_message", [["state", "=", "ignored"]], counter.label);
            default:
                return this.openList(
                    "retail_sync.action_exception",
                    [["state", "=", counter.name === "review" ? "review" : "open"]],
                    counter.label
                );
        }
    }

    openRun() {
        return this.action.doAction({
            type: "ir.actions.act_window",
            res_model: "retail.sync.run",
            res_id: this.props.stream.last_run.id,
            views: [[false, "form"]],
        });
    }

    openStream() {
        return this.action.doAction({
            type: "ir.actions.act_window",
            res_model: "retail.sync.stream",
            res_id: this.props.stream.id,
            views: [[false, "form"]],
        });
    }
}
