/** One action: asked for, previewed, submitted once. */
import { ADDRESS, isPossible, linesFor, newKey, owedFor, partsOf, reasonsFor, requestOf } from "./action_request.js";
import { ApiError, sentences } from "./api.js";
import { el, fill, label, money } from "./dom.js";

const ADDRESS_LABELS = { name: "Name", street: "Street", street2: "Street 2", zip: "Postal code", city: "City",
    country: "Country (two letters)", phone: "Phone" };
const MOST_TRIES = 3;
const FOLLOWED_FOR = 10;

export class ActionForm {
    /** @param {object} options {currency, choices, reasons, ticketId, notify, done: called once the action is there} */
    constructor(api, order, verdict, options) {
        this.api = api;
        this.order = order;
        this.verdict = verdict;
        this.parts = partsOf(verdict.action);
        this.options = options;
        this.answer = el("div", { "aria-live": "polite" });
        this.inputs = {};
        this.possible = el("div", {});
        this.form = el("form", { novalidate: true, onsubmit: (event) => this._asked(event) },
            el("strong", {}, label(verdict.action)),
            this._reason(), this.possible, this._address(), this._choice(), this._wanted(), this._note(),
            el("button.main", { type: "submit" }, "Preview"),
            el("button", { type: "button", onclick: () => this.element.remove() }, "Close"));
        this._showPossible();
        this.element = el("div.action-form", { "data-form": verdict.action }, this.form, this.answer);
    }

    focus() {
        this.form.querySelector("select, input, button").focus();
    }

    // -- what is asked

    _field(name, text, input) {
        const id = `${this.verdict.action}-${name}`;
        input.id = id;
        this.inputs[name] = input;
        return [el("label", { for: id }, text), input];
    }

    _reason() {
        const fitting = reasonsFor(this.verdict.action, this.options.reasons);
        return this._field("reason", "Reason",
            el("select", { required: true, onchange: () => this.judge() }, fitting.map((item) => el("option", { value: item.code }, item.text))));
    }

    /** Ask what is possible for the chosen reason: a defect counts by warranty, and some refunds need no goods back. */
    async judge() {
        const reason = this.inputs.reason.value;
        await this._try(async () => {
            const found = await this.api.get(`/orders/${this.order.id}/eligibility`, { reason });
            this.verdict = found.actions.find((verdict) => verdict.action === this.verdict.action) || this.verdict;
            this._showPossible();
            fill(this.answer);
        });
    }

    _showPossible() {
        fill(this.possible, ...[this._lines(), this._owed(), this._fee(), this._amount()].flat());
    }

    _lines() {
        if (!this.parts.lines) {
            return null;
        }
        this.quantities = linesFor(this.verdict, this.order).map(({ id, name, most }) => ({
            id,
            input: el("input", { type: "number", min: 0, max: most, step: "any", value: 0,
                "data-line": id, "aria-label": `Quantity of ${name}` }),
            text: `${name} (up to ${most})`,
        }));
        return el("div.lines", {}, this.quantities.map((line) => el("label", {}, line.text, line.input)));
    }

    /** What exchanges have left to be paid back, by line: it is claimed as an amount. */
    _owed() {
        this.owed = owedFor(this.verdict, this.order).map(({ id, name, owed }) => ({
            id,
            amount: owed,
            input: el("input", { type: "checkbox", "data-owed": id }),
            text: `Left of the exchange: ${name} (${money(owed, this.options.currency)})`,
        }));
        return this.owed.map((line) => el("label", {}, line.input, line.text));
    }

    _fee() {
        if (!this.parts.fee) {
            return null;
        }
        return this._field("waiveFee", "Keep no restocking fee (needs an approval)", el("input", { type: "checkbox" }));
    }

    _amount() {
        const { amount } = this.verdict;
        if (!this.parts.amount) {
            return null;
        }
        const input = el("input", { type: "number", min: 0, max: amount, step: "any", required: true, value: amount || "" });
        return this._field("amount", `Amount, up to ${money(amount, this.options.currency)}`, input);
    }

    _address() {
        if (!this.parts.address) {
            return null;
        }
        return ADDRESS.map(({ name, required, longest }) =>
            this._field(name, ADDRESS_LABELS[name], el("input", { required, maxlength: longest })));
    }

    _choice() {
        const { card, invoice } = this.parts;
        if (!card && !invoice) {
            return null;
        }
        const options = this.options.choices.map(([id, name]) => el("option", { value: id }, name));
        const fields = this._field("choice", card ? "Card" : "Invoice", el("select", { required: true }, options));
        const points = () => this._field("points", "Points, below zero to take them",
            el("input", { type: "number", step: "any", required: true }));
        return card ? [...fields, ...points()] : fields;
    }

    _wanted() {
        if (!this.parts.wanted) {
            return null;
        }
        return [...this._field("sku", "SKU of what the customer gets", el("input", { required: true })),
            ...this._field("wanted", "Its quantity", el("input", { type: "number", min: 1, step: "any", value: 1 }))];
    }

    _note() {
        return this._field("note", "Note for colleagues", el("textarea", { rows: 2, maxlength: 2000 }));
    }

    _request() {
        const answers = Object.fromEntries(Object.entries(this.inputs).map(([name, input]) => [name, input.value]));
        const quantities = Object.fromEntries((this.quantities || []).map((line) => [line.id, line.input.value]));
        const owed = Object.fromEntries(this.owed.filter((line) => line.input.checked).map((line) => [line.id, line.amount]));
        const waiveFee = Boolean(this.inputs.waiveFee?.checked);
        return requestOf(this.verdict.action, { ...answers, address: answers, quantities, owed, waiveFee }, this.options.ticketId);
    }

    // -- preview and submit

    async _asked(event) {
        event.preventDefault();
        if (!this.form.reportValidity()) {
            return;
        }
        const request = this._request();
        await this._try(async () => {
            const preview = await this.api.post(`/orders/${this.order.id}/actions/preview`, { request });
            this._show(request, preview);
        });
    }

    _show(request, preview, changed = false) {
        const key = newKey();
        const { verdict } = preview;
        const allowed = isPossible(verdict);
        const amounts = Object.entries(preview.amounts)
            .map(([name, amount]) => [el("dt", {}, label(name)), el("dd", {}, money(amount, preview.currency))]);
        const submit = el("button.main", { type: "button", "data-submit": true, onclick: () => this._submit(request, preview.token, key) },
            preview.needs_approval ? "Ask for approval" : label(verdict.action));
        fill(this.answer,
            changed && el("p.warning", {}, "The order has changed since the preview. Check it again."),
            verdict.refusals.map((rule) => el(allowed ? "p.warning" : "p.error", {}, rule.text)),
            verdict.notices.map((rule) => el("p.warning", {}, rule.text)),
            el("ul.effects", {}, preview.effects.map((effect) => el("li", {}, effect.text))),
            amounts.length && el("dl", {}, amounts),
            preview.needs_approval && el("p.warning", {}, preview.approval || "This needs an approval."),
            allowed && submit);
    }

    async _submit(request, token, key) {
        await this._try(async () => {
            const result = await this._sendOnce({ request, token }, key);
            this._done(result);
        }, request);
    }

    /** Send an action; where the answer was lost or comes later, the same key asks for the same answer. */
    async _sendOnce(body, key) {
        for (let attempt = 1; ; attempt += 1) {
            try {
                return await this.api.post(`/orders/${this.order.id}/actions`, body, { "Idempotency-Key": key });
            } catch (error) {
                if (!(error instanceof ApiError) || !error.isPassing || attempt >= MOST_TRIES) {
                    throw error;
                }
                await pause(1000 * attempt);
            }
        }
    }

    _done(result) {
        const waiting = result.state === "waiting";
        const text = waiting ? `Waits for ${result.waits_for || "an approval"}.` : `${label(result.action)}: done.`;
        const documents = result.documents.map((item) => el("li", {}, label(item.kind), el("span", {}, item.number)));
        const refunds = el("ul.refunds", {});
        fill(this.answer, el("p", { class: waiting ? "warning" : "done", role: "status" }, text), el("ul", {}, documents), refunds,
            el("button", { type: "button", onclick: () => this.options.done() }, "Show the order as it is now"));
        this.form.remove();
        this.options.notify(text, waiting ? "alert" : "notice");
        this._follow(result, refunds, 0);
    }

    /** Show the money on its way until it has arrived, for some time. */
    async _follow(result, place, times) {
        fill(place, result.refunds.map((item) =>
            el("li", {}, money(item.amount, item.currency), el("span.badge", {}, label(item.state)))));
        const moving = result.refunds.some((item) => ["waiting", "sent"].includes(item.state));
        if (!moving || times >= FOLLOWED_FOR || !place.isConnected) {
            return;
        }
        await pause(2000);
        try {
            await this._follow(await this.api.get(`/actions/${result.uuid}`), place, times + 1);
        } catch {
            // What is shown stays right: it says what was known. The next look tells more.
        }
    }

    async _try(work, request) {
        const buttons = this.element.querySelectorAll("button");
        buttons.forEach((button) => (button.disabled = true));
        try {
            await work();
        } catch (error) {
            const preview = error.code === "preview_stale" && error.problem.preview;
            if (preview && request) {
                this._show(request, preview, true);
            } else {
                const lines = error.code ? sentences(error) : [String(error.message || error)];
                fill(this.answer, el("div.error", { role: "alert" }, lines.map((line) => el("p", {}, line))));
            }
        } finally {
            buttons.forEach((button) => (button.disabled = false));
        }
    }
}

function pause(milliseconds) {
    return new Promise((resolve) => setTimeout(resolve, milliseconds));
}
