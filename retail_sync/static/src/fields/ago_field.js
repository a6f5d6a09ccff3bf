import { Component } from "@odoo/owl";
import { formatDateTime } from "@web/core/l10n/dates";
import { _t } from "@web/core/l10n/translation";
import { registry } from "@web/core/registry";
import { standardFieldProps } from "@web/views/fields/standard_field_props";

/** Show a time relative to now ("4 hours ago"), with the exact time as tooltip. */
export class AgoField extends Component {
    static template = "retail_sync.AgoField";
    static props = { ...standardFieldProps };

    get value() {
        return this.props.record.data[this.props.name];
    }

    get relative() {
        return this.value ? this.value.toRelative() : "";
    }

    get absolute() {
        return this.value ? formatDateTime(this.value) : "";
    }
}

registry.category("fields").add("retail_sync_ago", {
    component: AgoField,
    displayName: _t("Relative time"),
    supportedTypes: ["datetime"],
});
