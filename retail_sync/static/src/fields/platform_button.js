import { Component } from "@odoo/owl";
import { _t } from "@web/core/l10n/translation";
import { registry } from "@web/core/registry";
import { useService } from "@web/core/utils/hooks";
import { standardWidgetProps } from "@web/views/widgets/standard_widget_props";

/** What a button does on the platform of its record; each says so with the platform's name. */
const VERBS = {
    open: { method: "action_open_remote", icon: "fa-external-link", label: (platform) => _t("Open in %s", platform) },
    refresh: { method: "action_sync_now", icon: "fa-refresh", label: (platform) => _t("Refresh from %s", platform) },
};

/**
 * A button that names the platform: "Open in Salesforce".
 *
 * Options: verb (open, refresh); icon_only for lists, where the label becomes the tooltip; hotkey.
 * The record needs the field platform_name; a button that opens needs url, and is not shown without one.
 */
export class PlatformButton extends Component {
    static template = "retail_sync.PlatformButton";
    static props = {
        ...standardWidgetProps,
        verb: { type: String },
        iconOnly: { type: Boolean, optional: true },
        hotkey: { type: String, optional: true },
    };

    setup() {
        this.action = useService("action");
    }

    get verb() {
        return VERBS[this.props.verb];
    }

    get isVisible() {
        return this.props.verb !== "open" || Boolean(this.props.record.data.url);
    }

    get label() {
        return this.verb.label(this.props.record.data.platform_name || _t("the platform"));
    }

    async onClick() {
        const { record } = this.props;
        await this.action.doActionButton({
            type: "object",
            name: this.verb.method,
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
    fieldDependencies: ({ attrs }) => [
        { name: "platform_name", type: "char" },
        ...(attrs.verb === "refresh" ? [] : [{ name: "url", type: "char" }]),
    ],
    extractProps: ({ attrs }) => ({
        verb: attrs.verb || "open",
        iconOnly: Boolean(attrs.icon_only),
        hotkey: attrs.hotkey,
    }),
});
