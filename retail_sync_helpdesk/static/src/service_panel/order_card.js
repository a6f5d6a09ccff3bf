import { Component, useState } from "@odoo/owl";
import { useService } from "@web/core/utils/hooks";
import { ActionDialog } from "./action_dialog";
import { choicesFor, isPossible, partsOf } from "./action_request";
import { actionLabel, agoOf, amountOf, labelOf, linesOf, momentOf } from "./texts";

/** One order: a row that opens, with lines, parcels, returns, timeline and the actions that are possible now. */
export class OrderCard extends Component {
    static template = "retail_sync_helpdesk.OrderCard";
    static props = { row: Object, customer: Object, ticketId: Number, reasons: Array, verifiedBy: String };

    setup() {
        this.orm = useService("orm");
        this.dialog = useService("dialog");
        this.action = useService("action");
        this.state = useState({ open: false, loading: false, found: null, problem: null, closed: false });
        this.actionLabel = actionLabel;
        this.agoOf = agoOf;
        this.amountOf = amountOf;
        this.labelOf = labelOf;
        this.momentOf = momentOf;
    }

    async toggle() {
        this.state.open = !this.state.open;
        if (this.state.open && !this.state.found) {
            await this.load();
        }
    }

    /** Read the order anew. */
    async load() {
        this.state.loading = true;
        const { ticketId, row, verifiedBy } = this.props;
        const found = await this.orm.silent.call("retail.sync.service.panel", "order", [ticketId, row.id, "other", verifiedBy]);
        this.state.problem = found.problem || null;
        this.state.found = found.problem ? null : found;
        this.state.loading = false;
    }

    get problemLines() {
        return linesOf(this.state.problem);
    }

    get possible() {
        return this.state.found.verdicts.filter((verdict) => isPossible(verdict) && this.hasChoice(verdict.action));
    }

    /** Return whether there is something to choose, where an action is about a card or an invoice. */
    hasChoice(action) {
        const parts = partsOf(action);
        const money = this.state.found.money || { invoices: [] };
        return !(parts.card || parts.invoice) || choicesFor(action, this.props.customer, money).length > 0;
    }

    get impossible() {
        return this.state.found.verdicts.filter((verdict) => !isPossible(verdict) && verdict.refusals.length);
    }

    get entries() {
        return [...this.state.found.entries].reverse();
    }

    isWebAddress(text) {
        return /^https?:\/\//.test(text || "");
    }

    openOrder() {
        this.action.doAction({
            type: "ir.actions.act_window",
            res_model: "sale.order",
            res_id: this.props.row.id,
            views: [[false, "form"]],
        });
    }

    begin(verdict) {
        const { order, money } = this.state.found;
        const { customer, ticketId, reasons, verifiedBy } = this.props;
        this.dialog.add(ActionDialog, { verdict, order, customer, money: money || undefined, reasons, ticketId, verifiedBy, done: () => this.load() });
    }
}
