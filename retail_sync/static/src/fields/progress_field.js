import { Component, onWillUnmount, status, useState } from "@odoo/owl";
import { browser } from "@web/core/browser/browser";
import { _t } from "@web/core/l10n/translation";
import { registry } from "@web/core/registry";
import { useService } from "@web/core/utils/hooks";
import { useRecordObserver } from "@web/model/relational_model/utils";
import { formatFloat, formatInteger } from "@web/views/fields/formatters";
import { standardFieldProps } from "@web/views/fields/standard_field_props";

const REFRESH_MS = 2000;
const LOAD_OUTCOMES = {
    created: _t("Created"),
    linked: _t("Linked"),
    updated: _t("Updated"),
    unchanged: _t("Unchanged"),
    review: _t("For review"),
    failed: _t("Failed"),
    excluded: _t("Excluded"),
};
const DRY_OUTCOMES = {
    created: _t("Would create"),
    linked: _t("Would link"),
    updated: _t("Would update"),
    unchanged: _t("Would not change"),
    review: _t("Would review"),
    failed: _t("Would reject"),
    excluded: _t("Would exclude"),
};
// These counters are always shown. The others are hidden while they are zero.
const MAIN = ["created", "linked", "review", "failed"];
const COLOURS = { review: "text-warning", failed: "text-danger" };

/** Show the progress of a dry run or a first load for each stream; refresh until it has ended. */
export class ProgressField extends Component {
    static template = "retail_sync.ProgressField";
    static props = { ...standardFieldProps };

    setup() {
        this.orm = useService("orm");
        this.action = useService("action");
        this.state = useState({ progress: null });
        useRecordObserver((record) => {
            this.state.progress = record.data[this.props.name] || null;
            this.schedule();
        });
        onWillUnmount(() => browser.clearTimeout(this.timer));
    }

    get progress() {
        return this.state.progress;
    }

    get isDry() {
        return this.progress.kind === "dry";
    }

    get labels() {
        return this.isDry ? DRY_OUTCOMES : LOAD_OUTCOMES;
    }

    get headline() {
        if (!this.progress.done) {
            return this.isDry ? _t("The dry run is in progress.") : _t("The first load is in progress.");
        }
        if (!this.progress.ok) {
            return _t("The run ended early. Fix the cause shown below, then start again.");
        }
        return this.isDry
            ? _t("The dry run has ended. Nothing was written.")
            : _t("The first load has ended. From now on, changes are read every few minutes.");
    }

    counters(row) {
        return Object.keys(this.labels)
            .filter((name) => MAIN.includes(name) || row[name])
            .map((name) => ({
                name,
                label: this.labels[name],
                count: row[name] || 0,
                value: formatInteger(row[name] || 0),
                share: name === "review" && row[name] && row.done ? `${Math.round((100 * row[name]) / row.done)} %` : "",
                colour: row[name] ? COLOURS[name] || "" : "text-muted",
            }));
    }

    /** Open the stored samples of an outcome; only a dry run keeps them. */
    async openSamples(stream, outcome) {
        const args = [[this.progress.connection_id], stream.run_id, outcome];
        this.action.doAction(await this.orm.call("retail.sync.connection", "action_dry_run_samples", args));
    }

    canOpen(counter) {
        return this.isDry && this.progress.done && counter.count > 0;
    }

    samples(stream) {
        return Object.keys(this.labels)
            .filter((name) => stream.samples && stream.samples[name] && stream.samples[name].length)
            .map((name) => ({ name, label: this.labels[name], rows: stream.samples[name] }));
    }

    percent(stream) {
        if (stream.state === "done") {
            return 100;
        }
        return stream.total ? Math.min(100, Math.round((100 * stream.done) / stream.total)) : 0;
    }

    number(value) {
        return formatInteger(value || 0);
    }

    rate(stream) {
        return formatFloat(stream.records_per_second || 0, { digits: [16, 0] });
    }

    schedule() {
        browser.clearTimeout(this.timer);
        if (this.progress && !this.progress.done && status(this) !== "destroyed") {
            this.timer = browser.setTimeout(() => this.refresh(), REFRESH_MS);
        }
    }

    async refresh() {
        const id = this.progress.connection_id;
        let fresh;
        try {
            fresh = await this.orm.silent.call("retail.sync.connection", "get_progress", [[id]]);
        } catch {
            // The server may be restarting. The load continues in the background, so the request is repeated.
            this.schedule();
            return;
        }
        if (status(this) === "destroyed") {
            return;
        }
        this.state.progress = { ...fresh, connection_id: id };
        if (fresh.done) {
            await this.props.record.load();
        } else {
            this.schedule();
        }
    }
}

registry.category("fields").add("retail_sync_progress", {
    component: ProgressField,
    displayName: _t("Progress of a load"),
    supportedTypes: ["json"],
});
