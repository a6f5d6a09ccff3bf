import { Component } from "@odoo/owl";
import { _t } from "@web/core/l10n/translation";
import { registry } from "@web/core/registry";
import { useService } from "@web/core/utils/hooks";
import { standardFieldProps } from "@web/views/fields/standard_field_props";

/** An incoming record beside the customers it may be; a click on a customer chooses it. */
export class ComparisonField extends Component {
    static template = "retail_sync.ComparisonField";
    static props = { ...standardFieldProps };

    setup() {
        this.orm = useService("orm");
        this.action = useService("action");
    }

    get hasEvidence() {
        return this.comparison.candidates.some((candidate) => candidate.evidence.parts.length);
    }

    /** Remembers that the record is not this customer; identity looks at the others anew. */
    async sayApart(candidate) {
        const message = this.props.record.data.message_id;
        const next = await this.orm.call("retail.sync.message", "action_not_same", [[message.id], candidate.id]);
        return this.action.doAction(next);
    }

    get comparison() {
        return this.props.record.data[this.props.name] || { fields: [], candidates: [] };
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
