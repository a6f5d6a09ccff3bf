/** One order: a row that opens, with lines, parcels, returns, what happened, and the actions that are possible now. */
import { sentences } from "./api.js";
import { ActionForm } from "./action_form.js";
import { choicesFor, isPossible, partsOf } from "./action_request.js";
import { el, fill, label, money, when } from "./dom.js";

export class OrderView {
    /** @param {object} row an OrderRow; context: {customer, ticketId, scopes, readOnly, notify} */
    constructor(api, row, context) {
        this.api = api;
        this.row = row;
        this.context = context;
        this.body = el("div", {});
        this.element = el("details.order", { "data-order": row.number, ontoggle: () => this._toggled() },
            el("summary", {},
                el("span", {}, el("strong", {}, row.number), " ", when(row.ordered_at)),
                el("span", {}, money(row.total, row.currency)),
                el("span", {},
                    el("span.badge", {}, label(row.stage || row.state)),
                    el("span.badge", {}, label(row.payment)),
                    row.late && el("span.badge.late", {}, "Late"),
                    row.holds.map((hold) => el("span.badge.late", {}, label(hold))))),
            this.body);
    }

    _toggled() {
        if (this.element.open && !this.shown) {
            this.shown = true;
            this.show();
        }
    }

    /** Read the order anew and show it. */
    async show() {
        fill(this.body, el("p.quiet", {}, "Reading from Odoo…"));
        const path = `/orders/${this.row.id}`;
        try {
            const [{ order }, timeline, reasons] = await Promise.all([
                this.api.get(path), this.api.get(`${path}/timeline`), this._reasons()]);
            this.order = order;
            this.reasons = reasons;
            this.actions = el("section.actions", {});
            fill(this.body,
                order.exceptions.map((text) => el("p.warning", {}, text)),
                this._lines(), ...[this._shipments(), this._returns()].flat(), this._timeline(timeline.entries),
                this.actions);
            await this._showActions();
        } catch (error) {
            this.shown = false;
            fill(this.body, el("div.error", { role: "alert" }, sentences(error).map((line) => el("p", {}, line))),
                el("button", { type: "button", onclick: () => this.show() }, "Try again"));
        }
    }

    async _reasons() {
        return (await this.api.get("/reasons")).items;
    }

    async _showActions() {
        if (this.context.readOnly) {
            fill(this.actions, el("p.quiet", {}, "This key may look up only."));
            return;
        }
        const found = await this.api.get(`/orders/${this.row.id}/eligibility`);
        await this._readMoney(found.actions);
        const buttons = found.actions
            .filter((verdict) => isPossible(verdict) && this.context.scopes.has(verdict.action) && this._hasChoice(verdict.action))
            .map((verdict) => el("button", {
                type: "button", "data-action": verdict.action, onclick: () => this._begin(verdict, found.currency),
            }, label(verdict.action), verdict.allowed ? "" : " (needs approval)"));
        const closed = found.actions.filter((verdict) => !isPossible(verdict) && verdict.refusals.length);
        this.form = el("div", {});
        fill(this.actions, el("h2", {}, "Actions"),
            buttons.length ? buttons : el("p.quiet", {}, "Nothing can be done with this order now."),
            closed.length && el("details.refused", {}, el("summary", {}, "What is not possible, and why"),
                el("div", {}, el("ul", {}, closed.map((verdict) =>
                    el("li", {}, el("strong", {}, label(verdict.action)), el("span", {}, verdict.refusals[0].text)))))),
            this.form);
    }

    /** Read the invoices where one of them may be sent again; a key may lack the right to see them. */
    async _readMoney(verdicts) {
        this.money = { invoices: [] };
        const asks = verdicts.some((verdict) => partsOf(verdict.action).invoice && isPossible(verdict));
        if (asks && this.context.scopes.has("resend_invoice")) {
            this.money = await this.api.get(`/orders/${this.row.id}/money`).catch(() => this.money);
        }
    }

    _choices(action) {
        return choicesFor(action, this.context.customer, this.money);
    }

    /** Return whether there is something to choose, where an action is about a card or an invoice. */
    _hasChoice(action) {
        const parts = partsOf(action);
        return !(parts.card || parts.invoice) || this._choices(action).length > 0;
    }

    _begin(verdict, currency) {
        const form = new ActionForm(this.api, this.order, verdict, {
            currency, choices: this._choices(verdict.action), reasons: this.reasons, ticketId: this.context.ticketId, notify: this.context.notify,
            done: () => this.show(),
        });
        fill(this.form, form.element);
        form.focus();
        form.judge();
    }

    _lines() {
        const { order } = this;
        return el("ul.lines-shown", {}, order.lines.map((line) => el("li", {},
            el("span", {}, `${line.ordered} × ${line.name}`,
                Number(line.delivered) ? el("span.quiet", {}, ` ${line.delivered} delivered`) : null,
                Number(line.returned) ? el("span.quiet", {}, `, ${line.returned} returned`) : null),
            el("span", {}, money(line.total, order.currency)))));
    }

    _shipments() {
        const rows = this.order.shipments.map((item) => el("li", {},
            el("span", {}, item.number, " ", el("span.badge", {}, label(item.state)),
                item.late && el("span.badge.late", {}, "Late")),
            item.tracking_url && /^https?:\/\//.test(item.tracking_url)
                ? el("a", { href: item.tracking_url, target: "_blank", rel: "noopener" }, item.tracking || "Track")
                : el("span", {}, item.tracking || "")));
        return rows.length ? [el("h2", {}, "Parcels"), el("ul.parcels", {}, rows)] : null;
    }

    _returns() {
        const rows = this.order.returns.map((item) => el("li", {},
            el("span", {}, item.number, " ", el("span.badge", {}, label(item.state))),
            el("span", {}, item.refund ? money(item.refund, this.order.currency) : "")));
        return rows.length ? [el("h2", {}, "Returns"), el("ul.returns", {}, rows)] : null;
    }

    _timeline(entries) {
        if (!entries.length) {
            return null;
        }
        const rows = [...entries].reverse().map((entry) =>
            el("li", {}, el("span", {}, entry.text), el("span.quiet", {}, when(entry.at, true))));
        return el("details.timeline", {}, el("summary", {}, `What happened (${entries.length})`), el("div", {}, el("ul", {}, rows)));
    }
}
