import { Component } from "@odoo/owl";
import { _t } from "@web/core/l10n/translation";
import { formatInteger } from "@web/views/fields/formatters";
import { registry } from "@web/core/registry";
import { standardFieldProps } from "@web/views/fields/standard_field_props";

const KINDS = { link: _t("Linked"), review: _t("Sent to review"), create: _t("Created") };
const VERDICTS = [
    ["right_link", _t("Linked automatically, correct")],
    ["wrong_link", _t("Linked automatically, wrong")],
    ["asked", _t("Sent to review")],
    ["duplicate", _t("Created, but a user linked it (duplicate)")],
    ["right_new", _t("Created, correct")],
    ["open", _t("Linked or created, not reviewed")],
];
const RATES = [
    ["precision", _t("Precision: share of automatic links that are correct")],
    ["recall", _t("Recall: share of manual links that would be automatic")],
    ["review", _t("Review rate: share of reviewed records sent to review")],
];

/** Show the result of a replay of past decisions: what would change, and how it compares with manual decisions. */
export class ReplayField extends Component {
    static template = "retail_sync.ReplayField";
    static props = { ...standardFieldProps };

    get replay() {
        return this.props.record.data[this.props.name] || null;
    }

    get moves() {
        return this.replay.moves.map((move) => ({
            key: `${move.then}-${move.now}`,
            then: KINDS[move.then],
            now: KINDS[move.now],
            count: formatInteger(move.count),
            moved: move.then !== move.now,
        }));
    }

    get answered() {
        return this.replay.now.answered || 0;
    }

    get verdicts() {
        const { then, now } = this.replay;
        return VERDICTS.map(([name, label]) => ({
            name,
            label,
            then: formatInteger(then[name] || 0),
            now: formatInteger(now[name] || 0),
            bad: name === "wrong_link" && now[name] > 0,
        }));
    }

    get rates() {
        const share = (value) => (value === null ? "-" : `${(100 * value).toFixed(1)} %`);
        const { then, now } = this.replay;
        return RATES.map(([name, label]) => ({ name, label, then: share(then[name]), now: share(now[name]) }));
    }
}

registry.category("fields").add("retail_sync_replay", {
    component: ReplayField,
    displayName: _t("Replay of decisions"),
    supportedTypes: ["json"],
});
