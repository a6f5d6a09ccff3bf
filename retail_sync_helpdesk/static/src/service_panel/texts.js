import { _t } from "@web/core/l10n/translation";
import { deserializeDateTime, formatDateTime } from "@web/core/l10n/dates";

/** Return an amount with its currency, as the user's language writes it. */
export function amountOf(amount, currency) {
    if (amount === null || amount === undefined) {
        return "";
    }
    return new Intl.NumberFormat(document.documentElement.lang || undefined, { style: "currency", currency }).format(
        Number(amount)
    );
}

/** Return a moment (UTC, as JSON has it) in the time zone of the user. */
export function momentOf(text) {
    return text ? formatDateTime(deserializeDateTime(text.replace("T", " ").replace("Z", ""))) : "";
}

/** Return how long ago a moment is, or how far ahead. */
export function agoOf(text) {
    return text ? deserializeDateTime(text.replace("T", " ").replace("Z", "")).toRelative() : "";
}

/** Return the name of a language, as the user's language has it: "de_CH" is "Swiss High German". */
export function languageOf(code) {
    try {
        return new Intl.DisplayNames(document.documentElement.lang || undefined, { type: "language" }).of(code.replaceAll("_", "-"));
    } catch {
        return code;
    }
}

/** Return what people call an action. */
export function actionLabel(code) {
    const labels = {
        cancel_order: _t("Cancel the order"),
        cancel_rest: _t("Cancel the rest"),
        change_address: _t("Change the address"),
        return: _t("Return goods"),
        refund_full: _t("Refund in full"),
        refund_lines: _t("Refund lines"),
        refund_shipping: _t("Refund shipping"),
        refund_goodwill: _t("Goodwill"),
        replace: _t("Replace"),
        exchange: _t("Exchange"),
        adjust_loyalty: _t("Adjust loyalty points"),
        resend_invoice: _t("Send an invoice again"),
    };
    return labels[code] || labelOf(code);
}

/** Return a code as people read it: "partly_paid" is "Partly paid". */
export function labelOf(code) {
    const labels = {
        unpaid: _t("Unpaid"),
        partly_paid: _t("Partly paid"),
        paid: _t("Paid"),
        refunded: _t("Refunded"),
        nothing_due: _t("Nothing due"),
        sale: _t("Confirmed"),
        cancel: _t("Cancelled"),
        draft: _t("Quotation"),
        sent: _t("Sent"),
        account_block: _t("Account block"),
        credit_hold: _t("Credit hold"),
        waiting: _t("Waiting"),
        by_hand: _t("Paid by finance"),
        quoted: _t("Quotation"),
        confirmed: _t("Confirmed"),
        held: _t("On hold"),
        backordered: _t("Backordered"),
        allocated: _t("Allocated"),
        picked: _t("Picked"),
        packed: _t("Packed"),
        partly_shipped: _t("Partly shipped"),
        shipped: _t("Shipped"),
        delivery_exception: _t("Delivery exception"),
        exception: _t("Delivery exception"),
        delivered: _t("Delivered"),
        returned: _t("Returned"),
        cancelled: _t("Cancelled"),
        partly_ready: _t("Partly ready"),
        ready: _t("Ready"),
        announced: _t("Announced"),
        expected: _t("Expected"),
        partly_received: _t("Partly received"),
        received: _t("Received"),
        inspected: _t("Inspected"),
        closed: _t("Closed"),
        credit_note: _t("Credit note"),
        invoice: _t("Invoice"),
        order: _t("Order"),
        return: _t("Return"),
        shipment: _t("Shipment"),
        failed: _t("Failed"),
        in_doubt: _t("In doubt"),
        credit: _t("Credit note"),
        debt: _t("Lowers the debt"),
        money: _t("Paid back"),
        kept: _t("Kept as a fee"),
        value: _t("Value of the goods"),
    };
    const text = code.replaceAll("_", " ");
    return labels[code] || text.charAt(0).toUpperCase() + text.slice(1);
}

/** Return a problem document as sentences: what happened, what to do. */
export function linesOf(problem) {
    if (!problem) {
        return [];
    }
    const rules = (problem.rules || []).map((rule) => rule.text).filter(Boolean);
    const faults = (problem.errors || []).map((fault) => fault.detail);
    return rules.length ? rules : [problem.detail || problem.title, ...faults, problem.action].filter(Boolean);
}
