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
const COUNTERS = [
    { name: "in_sync", label: _t("In sync"), colour: "text-success" },
    { name: "review", label: _t("To review"), colour: "text-warning" },
    { name: "attention", label: _t("Needs attention"), colour: "text-danger" },
    { name: "pending", label: _t("Pending"), colour: "text-info", rare: true },
    { name: "secondary", label: _t("Secondary links"), colour: "text-muted", rare: true },
    { name: "missing", label: _t("Not visible remotely"), colour: "text-warning", rare: true },
    { name: "deleted", label: _t("Deleted remotely"), colour: "text-muted", rare: true },
    { name: "merged", label: _t("Merged"), colour: "text-muted", rare: true },
    { name: "excluded", label: _t("Excluded"), colour: "text-muted", rare: true },
    { name: "ignored", label: _t("Ignored"), colour: "text-muted", rare: true },
];
const CAUSES_SHOWN = 4;
// Nothing of these streams is loaded: they wait for the consent to write.
const NOT_LIVE = { label: _t("Not live"), colour: "text-bg-secondary" };
// Only loads, dry runs and histories are shown as the last run of a stream.
const KINDS = { initial: _t("First load"), dry: _t("Dry run"), history: _t("History") };

/** Show one stream: how many records are in sync, excluded and failing, and its last run. */
export class StreamCard extends Component {
    static template = "retail_sync.StreamCard";
    static props = { stream: Object };

    setup() {
        this.action = useService("action");
    }

    get badge() {
        if (this.props.stream.publishes && this.props.stream.state === "draft") {
            return NOT_LIVE;
        }
        return STATES[this.props.stream.state] || { label: this.props.stream.state, colour: "text-bg-secondary" };
    }

    /** Disjoint counts of the stream's records, which add up to its total. */
    get counters() {
        const counts = this.props.stream.counts;
        return COUNTERS.map((counter) => ({ ...counter, value: counts[counter.name] || 0 }))
            .filter((counter) => counter.value || !(counter.rare || this.neverReviewed(counter)))
            .map((counter) => ({
                ...counter,
                text: formatInteger(counter.value),
                colour: counter.value ? counter.colour : "text-muted",
            }));
    }

    /** Records that Odoo alone writes are never read, so that no steward has to say who they are. */
    neverReviewed(counter) {
        return counter.name === "review" && this.props.stream.publishes;
    }

    get total() {
        return formatInteger(this.props.stream.total);
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
            history: run.kind === "history",
            ago: moment ? moment.toRelative() : "",
            exact: moment ? formatDateTime(moment) : "",
            read: formatInteger(run.read || 0),
            rate: run.records_per_second ? formatInteger(Math.round(run.records_per_second)) : "",
        };
    }

    /** Whether what is under way is the history of a published stream. */
    get history() {
        return this.props.stream.progress.kind === "history";
    }

    get percent() {
        const progress = this.props.stream.progress;
        return progress && progress.total ? Math.min(100, Math.round((100 * progress.read) / progress.total)) : 0;
    }

    number(value) {
        return formatInteger(value || 0);
    }

    /** Show the records of a status, or all of them: as many rows as the number says. */
    async open(counter) {
        const action = await this.action.loadAction("retail_sync.action_record_status");
        const name = `${this.props.stream.name}: ${counter ? counter.label : _t("all records")}`;
        const domain = [["stream_id", "=", this.props.stream.id]];
        if (counter) {
            domain.push(["status", "=", counter.name]);
        }
        return this.action.doAction({
            ...action,
            name,
            display_name: name,
            domain,
            context: counter ? {} : { search_default_by_status: 1 },
        });
    }

    /** The causes with most exceptions; the list has all of them. */
    get causes() {
        return this.props.stream.causes.slice(0, CAUSES_SHOWN);
    }

    get moreCauses() {
        return this.props.stream.causes.length - this.causes.length;
    }

    ago(moment) {
        return deserializeDateTime(moment).toRelative();
    }

    exact(moment) {
        return formatDateTime(deserializeDateTime(moment));
    }

    /** Show what needs attention by cause, each with its next step: the exceptions of one cause, or all. */
    async openCauses(cause) {
        const action = await this.action.loadAction("retail_sync.action_exception");
        const name = cause
            ? `${this.props.stream.name}: ${cause.title}`
            : _t("%s: exceptions by cause", this.props.stream.name);
        const domain = [
            ["stream_id", "=", this.props.stream.id],
            ["kind", "not in", this.props.stream.wide_kinds],
            ["state", "in", ["open", "unknown"]],
        ];
        if (cause) {
            domain.push(["rule_id", "=", cause.rule_id]);
        }
        return this.action.doAction({
            ...action,
            name,
            display_name: name,
            domain,
            context: cause ? {} : { search_default_by_cause: 1 },
        });
    }

    /** Show the warnings of records that are linked, by cause. */
    async openWarnings() {
        const action = await this.action.loadAction("retail_sync.action_link_warning");
        const name = _t("%s: warnings by cause", this.props.stream.name);
        const domain = [["stream_id", "=", this.props.stream.id]];
        return this.action.doAction({ ...action, name, display_name: name, domain });
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
