import { Component, onWillStart, onWillUpdateProps, useState } from "@odoo/owl";
import { _t } from "@web/core/l10n/translation";
import { registry } from "@web/core/registry";
import { useService } from "@web/core/utils/hooks";
import { standardWidgetProps } from "@web/views/widgets/standard_widget_props";
import { amountOf, labelOf, languageOf, linesOf } from "./texts";
import { OrderCard } from "./order_card";

/** The customer of a ticket with its orders, and what can be done with them. */
export class ServicePanel extends Component {
    static template = "retail_sync_helpdesk.ServicePanel";
    static components = { OrderCard };
    static props = { ...standardWidgetProps };

    setup() {
        this.orm = useService("orm");
        this.state = useState({ loading: true, found: null, problem: null, verifiedBy: "" });
        onWillStart(() => this.load(this.props.record));
        onWillUpdateProps((next) => {
            const customer = next.record.data.partner_id;
            if (next.record.resId !== this.shown || (customer && customer.id) !== this.customer) {
                return this.load(next.record);
            }
        });
    }

    /** Read the customer and the orders of a ticket anew. */
    async load(record) {
        this.shown = record.resId;
        this.customer = record.data.partner_id && record.data.partner_id.id;
        this.state.loading = true;
        const found = record.resId ? await this.orm.silent.call("retail.sync.service.panel", "overview", [record.resId]) : {};
        this.state.problem = found.problem || null;
        this.state.found = found.problem ? null : found;
        this.state.loading = false;
    }

    get problemLines() {
        return linesOf(this.state.problem);
    }

    get verificationMethods() {
        return [
            ["", _t("Not verified")],
            ["phone_pin", _t("PIN on the phone")],
            ["mail_code", _t("Code by email")],
            ["signed_in", _t("Signed in")],
            ["questions", _t("Knew details of the order")],
        ];
    }

    /** Return [label, value] of what an agent wants to know at a glance. */
    get facts() {
        const { customer } = this.state.found;
        const { currency } = customer;
        return [
            customer.company && [_t("Company"), customer.company],
            customer.email && [_t("Email"), customer.email],
            customer.phone && [_t("Phone"), customer.phone],
            [_t("Open orders"), String(customer.open_orders)],
            customer.lifetime_value !== null && [_t("Value"), amountOf(customer.lifetime_value, currency)],
            customer.amount_due !== null && [_t("Amount due"), amountOf(customer.amount_due, currency)],
            customer.overdue_amount !== null && [_t("Overdue"), amountOf(customer.overdue_amount, currency)],
            customer.returns_rate !== null && [_t("Returned"), `${customer.returns_rate} %`],
            customer.preferences.language && [_t("Language"), languageOf(customer.preferences.language)],
            customer.tax_profile && customer.tax_profile.tax_class && [_t("Taxes"), labelOf(customer.tax_profile.tax_class)],
            ...customer.loyalty.map((card) => [card.program, `${card.points} ${card.unit}`]),
        ].filter(Boolean);
    }
}

registry.category("view_widgets").add("retail_sync_service_panel", {
    component: ServicePanel,
    fieldDependencies: [{ name: "partner_id", type: "many2one" }],
});
