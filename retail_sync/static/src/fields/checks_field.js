import { Component } from "@odoo/owl";
import { _t } from "@web/core/l10n/translation";
import { registry } from "@web/core/registry";
import { standardFieldProps } from "@web/views/fields/standard_field_props";

const ICONS = {
    ok: { icon: "fa-check-circle text-success", title: _t("Passed") },
    warning: { icon: "fa-exclamation-triangle text-warning", title: _t("Warning") },
    error: { icon: "fa-times-circle text-danger", title: _t("Failed") },
};
const ORDER = ["error", "warning", "ok"];

/** Show the checks of a connection test: failed checks first, each with what to do. */
export class ChecksField extends Component {
    static template = "retail_sync.ChecksField";
    static props = { ...standardFieldProps };

    get checks() {
        const checks = (this.props.record.data[this.props.name] || []).map((check, index) => {
            const level = check.ok ? (check.level === "warning" ? "warning" : "ok") : check.level || "error";
            const known = level in ICONS ? level : "error";
            return { ...check, ...ICONS[known], level: known, key: index };
        });
        return checks.sort((a, b) => ORDER.indexOf(a.level) - ORDER.indexOf(b.level) || a.key - b.key);
    }
}

registry.category("fields").add("retail_sync_checks", {
    component: ChecksField,
    displayName: _t("Connection checks"),
    supportedTypes: ["json"],
});
