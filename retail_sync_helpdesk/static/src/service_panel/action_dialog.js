import { Component, onWillStart, useState } from "@odoo/owl";
import { Dialog } from "@web/core/dialog/dialog";
import { _t } from "@web/core/l10n/translation";
import { useService } from "@web/core/utils/hooks";
import {
    ADDRESS,
    choicesFor,
    isPossible,
    linesFor,
    newKey,
    owedFor,
    partsOf,
    reasonsFor,
    requestOf,
} from "./action_request";
import { actionLabel, amountOf, labelOf, linesOf } from "./texts";

/** One action: asked for, previewed, submitted once. */
export class ActionDialog extends Component {
    static template = "retail_sync_helpdesk.ActionDialog";
    static components = { Dialog };
    static props = {
        verdict: Object,
        order: Object,
        customer: Object,
        money: { type: Object, optional: true },
        reasons: Array,
        ticketId: Number,
        verifiedBy: String,
        done: Function,
        close: Function,
    };

    setup() {
        this.orm = useService("orm");
        const { verdict } = this.props;
        this.parts = partsOf(verdict.action);
        this.reasons = reasonsFor(verdict.action, this.props.reasons);
        this.choices = choicesFor(verdict.action, this.props.customer, this.props.money || { invoices: [] });
        this.amountOf = amountOf;
        this.labelOf = labelOf;
        this.state = useState({
            reason: this.reasons.length ? this.reasons[0].code : "",
            note: "",
            amount: this.parts.amount ? verdict.amount || "" : "",
            quantities: {},
            owed: {},
            waiveFee: false,
            verdict,
            sku: "",
            wanted: "1",
            choice: this.choices.length ? String(this.choices[0][0]) : "",
            points: "",
            address: Object.fromEntries(ADDRESS.map(({ name }) => [name, ""])),
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
        return linesFor(this.state.verdict, this.props.order);
    }

    get choiceLabel() {
        return this.parts.card ? _t("Card") : _t("Invoice");
    }

    /** What exchanges have left to be paid back, by line: it is claimed as an amount. */
    get owedLines() {
        return owedFor(this.state.verdict, this.props.order);
    }

    get addressFields() {
        const labels = {
            name: _t("Name"),
            street: _t("Street"),
            street2: _t("Street 2"),
            zip: _t("Postal code"),
            city: _t("City"),
            country: _t("Country (two letters)"),
            phone: _t("Phone"),
        };
        return ADDRESS.map((field) => ({ ...field, label: labels[field.name] }));
    }

    get problemLines() {
        return linesOf(this.state.problem);
    }

    get isAllowed() {
        return isPossible(this.state.preview.verdict);
    }

    get submitLabel() {
        return this.state.preview.needs_approval ? _t("Ask for approval") : actionLabel(this.props.verdict.action);
    }

    get amounts() {
        const { amounts, currency } = this.state.preview;
        return Object.entries(amounts).map(([name, amount]) => [labelOf(name), amountOf(amount, currency)]);
    }

    get request() {
        const { quantities } = this.state;
        const asked = Object.fromEntries(this.lines.map((line) => [line.id, quantities[line.id]]));
        const claimed = this.owedLines.filter((line) => this.state.owed[line.id]).map((line) => [line.id, line.owed]);
        return requestOf(this.props.verdict.action, { ...this.state, quantities: asked, owed: Object.fromEntries(claimed) });
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
        this.key = newKey();
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
