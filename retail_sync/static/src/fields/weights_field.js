import { Component, useState } from "@odoo/owl";
import { _t } from "@web/core/l10n/translation";
import { registry } from "@web/core/registry";
import { standardFieldProps } from "@web/views/fields/standard_field_props";

/** Show the weight of each agreement level, field by field, as bars to the left (against) and right (for). */
export class WeightsField extends Component {
    static template = "retail_sync.WeightsField";
    static props = { ...standardFieldProps };

    setup() {
        this.state = useState({ kind: null });
    }

    get kinds() {
        return this.props.record.data[this.props.name] || [];
    }

    get shown() {
        return this.kinds.find((kind) => kind.kind === this.state.kind) || this.kinds[0];
    }
}

registry.category("fields").add("retail_sync_weights", {
    component: WeightsField,
    displayName: _t("Match model weights"),
    supportedTypes: ["json"],
});
