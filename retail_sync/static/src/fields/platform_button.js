import { Component } from "@odoo/owl";
import { _t } from "@web/core/l10n/translation";
import { registry } from "@web/core/registry";
import { useService } from "@web/core/utils/hooks";
import { standardWidgetProps } from "@web/views/widgets/standard_widget_props";

/** Method, icon and label of each verb. The label contains the name of the platform. */
const VERBS = {
    open: { method: "action_open_remote", icon: "fa-external-link", label: (platform) => _t("Open in %s", platform) },
    refresh: { method: "action_sync_now", icon: "fa-refresh", label: (platform) => _t("Refresh from %s", platform) },
};

/**
 * Show a button that names the platform: "Open in <platform>".
 *
 * Options: verb (open, refresh); icon_only for lists, where the label becomes the tooltip; hotkey; method, where
 * the record's method has another name; name_field and url_field, where its fields have. A button that opens is not
 * shown for a record without an address.
 */
export class PlatformButton extends Component {
    static template = "retail_sync.PlatformButton";
    static props = {
        ...standardWidgetProps,
        verb: { type: String },
        iconOnly: { type: Boolean, optional: true },
        hotkey: { type: String, optional: true },
        method: { type: String, optional: true },
        nameField: { type: String },
        urlField: { type: String },
    };

    setup() {
        this.action = useService("action");
    }

    get verb() {
        return VERBS[this.props.verb];
    }

    get isVisible() {
        return this.props.verb !== "open" || Boolean(this.props.record.data[this.props.urlField]);
    }

    get label() {
        return this.verb.label(this.props.record.data[this.props.nameField] || _t("the platform"));
    }

    async onClick() {
        const { record } = this.props;
        await this.action.doActionButton({
            type: "object",
            name: this.props.method || this.verb.method,
            resModel: record.resModel,
            resId: record.resId,
            resIds: [record.resId],
            context: record.context,
            onClose: () => record.model.load(),
        });
    }
}

registry.category("view_widgets").add("retail_sync_platform_button", {
    component: PlatformButton,
    fieldDependencies: ({ options }) => [
        { name: options.name_field || "platform_name", type: "char" },
        ...(options.verb === "refresh" ? [] : [{ name: options.url_field || "url", type: "char" }]),
    ],
    extractProps: ({ options }) => ({
        verb: options.verb || "open",
        iconOnly: Boolean(options.icon_only),
        hotkey: options.hotkey,
        method: options.method,
        nameField: options.name_field || "platform_name",
        urlField: options.url_field || "url",
    }),
});
