import { Component } from "@odoo/owl";
import { _t } from "@web/core/l10n/translation";
import { registry } from "@web/core/registry";
import { standardFieldProps } from "@web/views/fields/standard_field_props";

/** Show the evidence for and against each candidate of a decision, part by part. */
export class WaterfallField extends Component {
    static template = "retail_sync.WaterfallField";
    static props = { ...standardFieldProps };

    get candidates() {
        return this.props.record.data[this.props.name] || [];
    }
}

registry.category("fields").add("retail_sync_waterfall", {
    component: WaterfallField,
    displayName: _t("Evidence of a match decision"),
    supportedTypes: ["json"],
});
