import { Component } from "@odoo/owl";
import { _t } from "@web/core/l10n/translation";
import { registry } from "@web/core/registry";
import { standardFieldProps } from "@web/views/fields/standard_field_props";

function asText(value) {
    if (value === null || value === undefined || value === "") {
        return "";
    }
    if (typeof value === "boolean") {
        return value ? _t("Yes") : _t("No");
    }
    if (Array.isArray(value)) {
        return value.filter((part) => part !== null && part !== "").map(asText).join(", ");
    }
    if (typeof value === "object") {
        return Object.values(value).map(asText).join(" · ");
    }
    return String(value);
}

/** Show named values of a record, one per line. */
export class ValuesField extends Component {
    static template = "retail_sync.ValuesField";
    static props = { ...standardFieldProps };

    get rows() {
        const values = this.props.record.data[this.props.name] || {};
        return Object.keys(values)
            .sort()
            .map((name) => ({ name, label: name.replaceAll("_", " "), text: asText(values[name]) }));
    }
}

registry.category("fields").add("retail_sync_values", {
    component: ValuesField,
    displayName: _t("Named values"),
    supportedTypes: ["json"],
});
