/** One action: asked for, previewed, submitted once. */
import { ApiError, sentences } from "./api.js";
import { el, fill, label, money } from "./dom.js";

const BY_LINE = new Set(["cancel_rest", "return", "replace", "exchange", "refund_lines"]);
const BY_AMOUNT = new Set(["refund_shipping", "refund_goodwill"]);
const ADDRESS = [["name", "Name", true], ["street", "Street", true], ["street2", "Street 2", false], ["zip", "Postal code", false],
    ["city", "City", true], ["country", "Country (two letters)", true], ["phone", "Phone", false]];
const MOST_TRIES = 3;
const FOLLOWED_FOR = 10;

export class ActionForm {
    /** @param {object} options {currency, reasons, ticketId, notify, done: called once the action is there} */
    constructor(api, order, verdict, options) {
        this.api = api;
        this.order = order;
        this.verdict = verdict;
        this.options = options;
        this.answer = el("div", { "aria-live": "polite" });
        this.inputs = {};
        this.possible = el("div", {});
        this.form = el("form", { novalidate: true, onsubmit: (event) => this._asked(event) },
            el("strong", {}, label(verdict.action)),
            this._reason(), this.possible, this._address(), this._wanted(), this._note(),
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
        const fitting = this.options.reasons.filter((item) => !item.actions.length || item.actions.includes(this.verdict.action));
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
        fill(this.possible, ...[this._lines(), this._amount()].flat());
    }

    _lines() {
        if (!BY_LINE.has(this.verdict.action)) {
            return null;
        }
        const names = new Map(this.order.lines.map((line) => [line.id, line.name]));
        const ordered = new Map(this.order.lines.map((line) => [line.id, line.ordered]));
        // What only a policy forbids can be asked for: it needs an approval.
        const most = (line) => (Number(line.most) > 0 || !this.verdict.approvable ? line.most : ordered.get(line.line_id));
        this.quantities = this.verdict.lines.filter((line) => Number(most(line)) > 0).map((line) => ({
            id: line.line_id,
            input: el("input", { type: "number", min: 0, max: most(line), step: "any", value: 0,
                "data-line": line.line_id, "aria-label": `Quantity of ${names.get(line.line_id)}` }),
            text: `${names.get(line.line_id)} (up to ${most(line)})`,
        }));
        return el("div.lines", {}, this.quantities.map((line) => el("label", {}, line.text, line.input)));
    }

    _amount() {
        const { action, amount } = this.verdict;
        if (!BY_AMOUNT.has(action)) {
            return null;
        }
        const input = el("input", { type: "number", min: 0, max: amount, step: "any", required: true, value: amount || "" });
        return this._field("amount", `Amount, up to ${money(amount, this.options.currency)}`, input);
    }

    _address() {
        if (this.verdict.action !== "change_address") {
            return null;
        }
        return ADDRESS.map(([name, text, required]) =>
            this._field(name, text, el("input", { required, maxlength: name === "country" ? 2 : 255 })));
    }

    _wanted() {
        if (this.verdict.action !== "exchange") {
            return null;
        }
        return [...this._field("sku", "SKU of what the customer gets", el("input", { required: true })),
            ...this._field("wanted", "Its quantity", el("input", { type: "number", min: 1, step: "any", value: 1 }))];
    }

    _note() {
        return this._field("note", "Note for colleagues", el("textarea", { rows: 2, maxlength: 2000 }));
    }

    _request() {
        const { action } = this.verdict;
        const value = (name) => this.inputs[name].value.trim();
        const request = { action, reason: value("reason"), note: value("note") };
        if (this.options.ticketId) {
            request.ticket = this.options.ticketId;
        }
        if (this.quantities) {
            request.lines = this.quantities.filter((line) => Number(line.input.value) > 0)
                .map((line) => ({ line_id: line.id, quantity: line.input.value }));
        }
        if (BY_AMOUNT.has(action)) {
            request.amount = value("amount");
        }
        if (action === "change_address") {
            request.address = Object.fromEntries(ADDRESS.map(([name]) => [name, value(name)]));
            request.address.country = request.address.country.toUpperCase();
        }
        if (action === "exchange") {
            request.wanted = [{ sku: value("sku"), quantity: value("wanted") }];
        }
        return request;
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
        // One key for one previewed action, however often it is sent.
        const key = crypto.randomUUID();
        const { verdict } = preview;
        const allowed = verdict.allowed || verdict.approvable;
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
