/** The panel: who is meant, the customer, its orders. */
import { sentences } from "./api.js";
import { el, fill, label, language, money } from "./dom.js";
import { OrderView } from "./order.js";

const STATES = { near_limit: "Near the credit limit", hold: "Credit hold" };

export class Panel {
    /** @param {object} host what the host offers: resize(height), notify(text, kind) */
    constructor(root, api, host) {
        this.root = root;
        this.api = api;
        this.host = host;
        new ResizeObserver(() => host.resize(Math.min(Math.max(root.scrollHeight + 24, 160), 4000))).observe(root);
    }

    /** Find the customer of a ticket and show it; several that fit are offered for a choice. */
    async find(known) {
        this.known = known;
        const asked = { email: known.email, phone: known.phone, order_number: known.order_number };
        if (!Object.values(asked).some(Boolean)) {
            this._say("The ticket has no e-mail address, phone number or order number to look for.");
            return;
        }
        await this._try(async () => {
            const [me, found] = await Promise.all([this.api.get("/me"), this.api.get("/customers", asked)]);
            this.me = me;
            const sure = found.items.filter((item) => item.quality !== "weak");
            if (sure.length === 1) {
                await this._open(sure[0]);
            } else if (found.items.length) {
                this._choose(found);
            } else {
                this._say("Odoo has no customer with this e-mail address, phone number or order number.");
            }
        });
    }

    _choose(found) {
        const rows = found.items.map((item) =>
            el("li", {},
                el("span", {}, item.name || `Customer ${item.id}`, " ", el("span.badge", {}, label(item.quality))),
                el("button", { type: "button", onclick: () => this._try(() => this._open(item)) }, "Show")));
        fill(this.root,
            el("h1", {}, "Which customer is it?"),
            el("p.quiet", {}, "These customers fit what the ticket says. Ask the customer before you choose."),
            el("ul.matches", {}, rows),
            found.more && el("p.quiet", {}, "There are others: look for the customer in Odoo."));
    }

    async _open(match) {
        const overview = await this.api.get(`/customers/${match.id}/360`);
        const ticket = overview.tickets.find((item) => item.external_id === this.known.ticket);
        const context = {
            ticketId: ticket ? ticket.id : null,
            scopes: new Set(this.me.scopes),
            readOnly: this.me.read_only,
            customer: overview.customer,
            notify: this.host.notify,
        };
        fill(this.root,
            this._header(overview.customer, match),
            this._verification(),
            el("h2", {}, "Orders"),
            overview.orders.length ? null : el("p.quiet", {}, "This customer has no orders. Check that it is the right one."),
            ...overview.orders.map((row) => new OrderView(this.api, row, context).element),
            overview.more_orders && el("p.quiet", {}, "Older orders are in Odoo."));
    }

    _header(customer, match) {
        const { currency } = customer;
        const title = customer.name || `Customer ${customer.id}`;
        const facts = [
            ["Match", `${label(match.quality)} (${match.agree.map(label).join(", ").toLowerCase()})`],
            customer.company && ["Company", customer.company],
            ["Open orders", String(customer.open_orders)],
            customer.lifetime_value !== null && ["Value", money(customer.lifetime_value, currency)],
            customer.amount_due !== null && ["Amount due", money(customer.amount_due, currency)],
            customer.returns_rate !== null && ["Returned", `${customer.returns_rate} %`],
            customer.preferences.language && ["Language", language(customer.preferences.language)],
            customer.tax_profile && customer.tax_profile.tax_class && ["Taxes", label(customer.tax_profile.tax_class)],
            ...customer.loyalty.map((card) => [card.program, `${card.points} ${card.unit}`]),
        ].filter(Boolean);
        return el("section.customer", {},
            el("h1", {}, customer.url ? el("a", { href: customer.url, target: "_blank", rel: "noopener" }, title) : title),
            customer.account_blocked && el("p.hold", {}, customer.block_reason
                ? `Account blocked: ${customer.block_reason}` : "Account blocked"),
            customer.credit_state === "hold" && el("p.hold", {}, STATES.hold),
            customer.credit_state === "near_limit" && el("p.warning", {}, STATES.near_limit),
            customer.preferences.do_not_call && el("p.warning", {}, "Does not want to be called"),
            el("dl", {}, facts.map(([name, value]) => [el("dt", {}, name), el("dd", {}, value)])));
    }

    _verification() {
        const methods = [["", "Not verified"], ["phone_pin", "PIN on the phone"], ["mail_code", "Code by e-mail"],
            ["signed_in", "Signed in"], ["questions", "Knew details of the order"]];
        const select = el("select", { id: "verified", onchange: (event) => this.api.verify(event.target.value) },
            methods.map(([value, text]) => el("option", { value }, text)));
        this.api.verify(null);
        return el("div.verification", {}, el("label", { for: "verified" }, "How was the customer verified?"), select);
    }

    async _try(work) {
        fill(this.root, el("p.quiet", {}, "Reading from Odoo…"));
        try {
            await work();
        } catch (error) {
            const lines = error.code ? sentences(error) : ["The app failed.", String(error.message || error)];
            fill(this.root,
                el("div.error", { role: "alert" }, lines.map((line) => el("p", {}, line))),
                el("button", { type: "button", onclick: () => this.find(this.known) }, "Try again"));
        }
    }

    _say(text) {
        fill(this.root, el("p.quiet", {}, text),
            el("button", { type: "button", onclick: () => this.find(this.known) }, "Look again"));
    }
}
