/**
 * The form of an action: what it asks for, and the request that it makes of the answers.
 *
 * The panel in Odoo and the app in the sidebar of Zendesk share this file; it imports nothing. After a change:
 * python -m setup.lib.zendesk_app --write
 */

const BY_LINE = ["cancel_rest", "return", "replace", "exchange", "refund_lines"];
const KEEPS_FEES = ["refund_full", "refund_lines"];
const BY_AMOUNT = ["refund_shipping", "refund_goodwill"];

/** Fields of an address, in the order of the form. */
export const ADDRESS = [
    { name: "name", required: true, longest: 255 },
    { name: "street", required: true, longest: 255 },
    { name: "street2", required: false, longest: 255 },
    { name: "zip", required: false, longest: 24 },
    { name: "city", required: true, longest: 255 },
    { name: "country", required: true, longest: 2 },
    { name: "phone", required: false, longest: 32 },
];

/** Return which parts the form of an action has, besides a reason and a note. */
export function partsOf(action) {
    return {
        lines: BY_LINE.includes(action),
        amount: BY_AMOUNT.includes(action),
        address: action === "change_address",
        wanted: action === "exchange",
        card: action === "adjust_loyalty",
        invoice: action === "resend_invoice",
        fee: KEEPS_FEES.includes(action),
    };
}

/** Return the reasons that fit an action; one that names no action fits all. */
export function reasonsFor(action, reasons) {
    return reasons.filter((reason) => !reason.actions.length || reason.actions.includes(action));
}

/** Return {id, name, most} of the order's lines of which something can be asked for. */
export function linesFor(verdict, order) {
    const ordered = new Map(order.lines.map((line) => [line.id, line]));
    // What only a policy forbids can be asked for: it needs an approval.
    const most = (line) => (Number(line.most) > 0 || !verdict.approvable ? line.most : ordered.get(line.line_id).ordered);
    return verdict.lines
        .map((line) => ({ id: line.line_id, name: ordered.get(line.line_id).name, most: most(line) }))
        .filter((line) => Number(line.most) > 0);
}

/**
 * Return [id, name] of what an action is about besides the order, to choose from: cards of the customer, posted invoices.
 * @param {object} money of the order; customer: both as the API gives them
 */
export function choicesFor(action, customer, money) {
    const parts = partsOf(action);
    if (parts.card) {
        return customer.loyalty.map((card) => [card.id, `${card.program} …${card.code} (${card.points} ${card.unit})`]);
    }
    if (parts.invoice) {
        return money.invoices.filter((item) => item.state === "posted").map((item) => [item.id, item.number]);
    }
    return [];
}

/** Return {id, name, owed} of the lines of which an exchange has left something to be paid back: claimed as an amount. */
export function owedFor(verdict, order) {
    const names = new Map(order.lines.map((line) => [line.id, line.name]));
    return partsOf(verdict.action).lines
        ? verdict.lines.filter((line) => line.owed).map((line) => ({ id: line.line_id, name: names.get(line.line_id), owed: line.owed }))
        : [];
}

/** Return whether a previewed action can be submitted, if only to be approved. */
export function isPossible(verdict) {
    return verdict.allowed || verdict.approvable;
}

/**
 * Return the request that a form makes.
 * @param {object} answers {reason, note, amount, sku, wanted, choice, points, address: {name: text}, quantities: {line id:
 *     number}, owed: {line id: amount that is claimed}, waiveFee}, all of them as typed; those of parts that the form has
 *     not are not read
 * @param {number|string|null} ticket id of the ticket in Odoo that gets a note, where the request has to name it
 */
export function requestOf(action, answers, ticket = null) {
    const parts = partsOf(action);
    const typed = (value) => String(value ?? "").trim();
    const request = { action, reason: answers.reason, note: typed(answers.note) };
    if (ticket) {
        request.ticket = ticket;
    }
    if (parts.lines) {
        request.lines = Object.entries(answers.quantities)
            .filter(([, quantity]) => Number(quantity) > 0)
            .map(([id, quantity]) => ({ line_id: Number(id), quantity: typed(quantity) }));
        for (const [id, amount] of Object.entries(answers.owed || {}).filter(([, claimed]) => claimed)) {
            request.lines = request.lines.filter((line) => line.line_id !== Number(id));
            request.lines.push({ line_id: Number(id), amount: typed(amount) });
        }
    }
    if (parts.fee && answers.waiveFee) {
        request.waive_fee = true;
    }
    if (parts.amount) {
        request.amount = typed(answers.amount);
    }
    if (parts.address) {
        request.address = Object.fromEntries(ADDRESS.map(({ name }) => [name, typed(answers.address[name])]));
        request.address.country = request.address.country.toUpperCase();
    }
    if (parts.card) {
        request.card = Number(answers.choice);
        request.points = typed(answers.points);
    }
    if (parts.invoice) {
        request.invoice = Number(answers.choice);
    }
    if (parts.wanted) {
        request.wanted = [{ sku: typed(answers.sku), quantity: typed(answers.wanted) }];
    }
    return request;
}

/** Return a key for one previewed action: the same key, however often it is sent, does it once. */
export function newKey() {
    // Browsers offer randomUUID to pages over HTTPS only.
    return crypto.randomUUID ? crypto.randomUUID() : `${Date.now()}-${Math.random().toString(36).slice(2)}`;
}
