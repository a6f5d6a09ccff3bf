import { Component, onWillStart, useState } from "@odoo/owl";
import { Dialog } from "@web/core/dialog/dialog";
import { _t } from "@web/core/l10n/translation";
import { useService } from "@web/core/utils/hooks";
import { actionLabel, amountOf, labelOf, linesOf } from "./texts";

const BY_LINE = ["cancel_rest", "return", "replace", "exchange", "refund_lines"];
const BY_AMOUNT = ["refund_shipping", "refund_goodwill"];

/** One action: asked for, previewed, submitted once. */
export class ActionDialog extends Component {
    static template = "retail_sync_helpdesk.ActionDialog";
    static components = { Dialog };
    static props = {
        verdict: Object,
        order: Object,
        reasons: Array,
        ticketId: Number,
        verifiedBy: String,
        done: Function,
        close: Function,
    };

    setup() {
        this.orm = useService("orm");
        const { verdict } = this.props;
        this.byLine = BY_LINE.includes(verdict.action);
        this.byAmount = BY_AMOUNT.includes(verdict.action);
        this.reasons = this.props.reasons.filter((reason) => !reason.actions.length || reason.actions.includes(verdict.action));
        this.amountOf = amountOf;
        this.labelOf = labelOf;
        this.state = useState({
            reason: this.reasons.length ? this.reasons[0].code : "",
            note: "",
            amount: this.byAmount ? verdict.amount || "" : "",
            quantities: {},
            verdict,
            sku: "",
            wanted: "1",
            address: { name: "", street: "", street2: "", zip: "", city: "", country: "" },
            overrideReason: "",
            busy: false,
            preview: null,
            changed: false,
            problem: null,
            result: null,
        });
        onWillStart(() => this._judge());
    }

    /** Ask what is possible for the chosen reason: a defect counts by warranty, and some refunds need no goods back. */
    async _judge() {
        const { verdict, order, ticketId, verifiedBy } = this.props;
        const args = [ticketId, order.id, verdict.action, this.state.reason, verifiedBy];
        const found = await this.orm.silent.call("retail.sync.service.panel", "verdict", args);
        this.state.verdict = found.problem ? verdict : found;
    }

    async reasonChanged() {
        this.changed();
        await this._judge();
    }

    get title() {
        return `${actionLabel(this.props.verdict.action)} · ${this.props.order.number}`;
    }

    get lines() {
        const names = Object.fromEntries(this.props.order.lines.map((line) => [line.id, line.name]));
        const ordered = Object.fromEntries(this.props.order.lines.map((line) => [line.id, line.ordered]));
        const { verdict } = this.state;
        // What only a policy forbids can be asked for: it needs an approval.
        const most = (line) => (Number(line.most) > 0 || !verdict.approvable ? line.most : ordered[line.line_id]);
        return verdict.lines
            .filter((line) => Number(most(line)) > 0)
            .map((line) => ({ id: line.line_id, name: names[line.line_id], most: most(line) }));
    }

    get addressFields() {
        return [
            { name: "name", label: _t("Name") },
            { name: "street", label: _t("Street") },
            { name: "street2", label: _t("Street 2") },
            { name: "zip", label: _t("Postal code") },
            { name: "city", label: _t("City") },
            { name: "country", label: _t("Country (two letters)") },
        ];
    }

    get problemLines() {
        return linesOf(this.state.problem);
    }

    get isAllowed() {
        const { verdict } = this.state.preview;
        return verdict.allowed || verdict.approvable;
    }

    get submitLabel() {
        return this.state.preview.needs_approval ? _t("Ask for approval") : actionLabel(this.props.verdict.action);
    }

    get amounts() {
        const { amounts, currency } = this.state.preview;
        return Object.entries(amounts).map(([name, amount]) => [labelOf(name), amountOf(amount, currency)]);
    }

    get request() {
        const { action } = this.props.verdict;
        const { state } = this;
        const request = { action, reason: state.reason, note: state.note };
        if (this.byLine) {
            request.lines = this.lines
                .filter((line) => Number(state.quantities[line.id]) > 0)
                .map((line) => ({ line_id: line.id, quantity: String(state.quantities[line.id]) }));
        }
        if (this.byAmount) {
            request.amount = String(state.amount);
        }
        if (action === "exchange") {
            request.wanted = [{ sku: state.sku, quantity: String(state.wanted) }];
        }
        if (action === "change_address") {
            request.address = { ...state.address, country: state.address.country.toUpperCase() };
        }
        return request;
    }

    /** What was previewed no longer holds once something is changed. */
    changed() {
        this.state.preview = null;
        this.state.problem = null;
    }

    async preview() {
        const asked = this.request;
        const found = await this._call("preview", [asked]);
        if (found) {
            this._show(asked, found, false);
        }
    }

    async submit() {
        const { preview, overrideReason } = this.state;
        const body = { request: this.asked, token: preview.token, override_reason: overrideReason };
        const found = await this._call("submit", [body, this.key]);
        if (found) {
            this.state.result = found;
            this.props.done();
        }
    }

    _show(asked, preview, changed) {
        this.asked = asked;
        // One key for one previewed action, however often the button is pressed.
        this.key = crypto.randomUUID ? crypto.randomUUID() : `${Date.now()}-${Math.random().toString(36).slice(2)}`;
        this.state.preview = preview;
        this.state.changed = changed;
    }

    /** Return the answer, or null where a rule or an error says no: the dialog shows it. */
    async _call(method, args) {
        const { ticketId, order, verifiedBy } = this.props;
        this.state.busy = true;
        this.state.problem = null;
        try {
            const found = await this.orm.call("retail.sync.service.panel", method, [ticketId, order.id, ...args, verifiedBy]);
            if (!found.problem) {
                return found;
            }
            if (found.problem.code === "preview_stale" && found.problem.preview) {
                this._show(this.asked, found.problem.preview, true);
            } else {
                this.state.problem = found.problem;
            }
            return null;
        } finally {
            this.state.busy = false;
        }
    }
}
