import { Component, onMounted, useRef } from "@odoo/owl";
import { _t } from "@web/core/l10n/translation";
import { registry } from "@web/core/registry";
import { useService } from "@web/core/utils/hooks";
import { standardFieldProps } from "@web/views/fields/standard_field_props";

// Five candidates fit on a screen of 1366 pixels.
const LABELS_PX = 110;
const COLUMN_PX = 160;

/** Show an incoming record beside the suggested customers. A click on a customer chooses it. */
export class ComparisonField extends Component {
    static template = "retail_sync.ComparisonField";
    static props = { ...standardFieldProps };

    setup() {
        this.orm = useService("orm");
        this.action = useService("action");
        const root = useRef("root");
        // The keyboard starts at the best candidate.
        onMounted(() => root.el.querySelector(".o_retail_sync_choose")?.focus());
    }

    get hasEvidence() {
        return this.comparison.candidates.some((candidate) => candidate.evidence.parts.length);
    }

    /** Mark this customer as a non-match of the record; the remaining candidates are compared again. */
    async recordNonMatch(candidate) {
        const { resModel, resId } = this.props.record;
        return this.action.doAction(await this.orm.call(resModel, "action_not_same", [[resId], candidate.id]));
    }

    get comparison() {
        return this.props.record.data[this.props.name] || { fields: [], candidates: [] };
    }

    /** Return the width in pixels at which every column can be read. A wider table scrolls sideways. */
    get tableWidth() {
        return LABELS_PX + COLUMN_PX * (this.comparison.candidates.length + 1);
    }

    /** Return the key that chooses a candidate: its position from 1 to 9, undefined from the tenth on. */
    hotkey(index) {
        return index < 9 ? String(index + 1) : undefined;
    }

    isChosen(candidate) {
        const chosen = this.props.record.data.partner_id;
        return Boolean(chosen) && chosen.id === candidate.id;
    }

    choose(candidate) {
        const value = this.isChosen(candidate) ? false : { id: candidate.id, display_name: candidate.name };
        return this.props.record.update({ partner_id: value });
    }

    choiceLabel(candidate) {
        return this.isChosen(candidate) ? _t("Chosen") : _t("Choose");
    }
}

registry.category("fields").add("retail_sync_comparison", {
    component: ComparisonField,
    displayName: _t("Comparison of customers"),
    supportedTypes: ["json"],
});
