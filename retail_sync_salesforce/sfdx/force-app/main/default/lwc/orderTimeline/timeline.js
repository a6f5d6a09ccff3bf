/** The entries of a timeline that Odoo sends as JSON. Pure: nothing here needs a page. */

/** What is said of a milestone where its word does not say it. */
const LABELS = {
    sent: "Quotation sent",
    held: "On hold",
    tracking: "Tracking number",
    repromised: "New promise",
    inspected: "Return inspected",
};

/** What is said when a milestone is taken back, or is over. */
const REVERSALS = {
    confirmed: "Confirmation taken back",
    held: "Hold released",
    partly_allocated: "Reservation lost",
    allocated: "Reservation lost",
    backordered: "No longer backordered",
    tracking: "Tracking number removed",
    delayed: "No longer delayed",
    delivery_exception: "Delivery exception solved",
    delivered: "Delivery taken back",
    payment_failed: "Failed payment superseded",
    invoiced: "Invoice taken back",
    partly_paid: "Payment undone",
    paid: "Payment undone",
    return_requested: "Return cancelled",
    refund_approved: "Refund approval withdrawn",
    refund_issued: "Refund taken back",
    refund_failed: "Failed refund superseded",
    refund_paid: "Refund payment undone",
    partly_cancelled: "Cancelled quantity restored",
    cancelled: "Order reopened",
};

/** Milestones that last for a while: their end does not mean that they never were. */
const LASTING = new Set(["held", "backordered", "delayed", "delivery_exception", "payment_failed", "refund_failed"]);

/** A word of Odoo as people read it: "refund_issued" is "Refund issued". */
function label(kind, reversal) {
    const text = String(kind ?? "").replaceAll("_", " ").trim();
    const words = LABELS[kind] ?? text.charAt(0).toUpperCase() + text.slice(1);
    return reversal ? (REVERSALS[kind] ?? `${words}: taken back`) : words;
}

/** A moment with its zone: without one it is UTC. */
function moment(value) {
    const text = typeof value === "string" ? value.trim().replace(" ", "T") : "";
    if (!text || Number.isNaN(Date.parse(text))) {
        return undefined;
    }
    return /T/.test(text) && !/(Z|[+-]\d\d:?\d\d)$/.test(text) ? `${text}Z` : text;
}

/**
 * Read a timeline: {"v": 1, "lines": [...]}, with "more" entries left out where not all had room, or the list alone.
 *
 * Returns {entries, more, unreadable}. An entry that takes another back has "reversal". The entry that it takes back, the
 * last one before it of the same kind and document, is "struck", unless its kind lasts for a while: then it is "over".
 */
export function readTimeline(json) {
    if (!json) {
        return { entries: [], more: 0, unreadable: false };
    }
    let content;
    try {
        content = JSON.parse(json);
    } catch {
        return { entries: [], more: 0, unreadable: true };
    }
    const rows = Array.isArray(content) ? content : content?.lines;
    if (!Array.isArray(rows)) {
        return { entries: [], more: 0, unreadable: true };
    }
    const entries = rows.map((row, index) => ({
        key: String(row.key ?? row.id ?? index),
        kind: row.kind,
        label: label(row.kind, row.reversal === true),
        at: moment(row.at),
        document: row.document ?? "",
        cause: row.cause ?? "",
        quantities: row.quantities ?? "",
        assumed: row.assumed === true,
        reversal: row.reversal === true,
        takenBack: false,
    }));
    entries.forEach((entry, index) => {
        if (!entry.reversal) {
            return;
        }
        const earlier = entries
            .slice(0, index)
            .findLast(
                (other) =>
                    !other.reversal &&
                    !other.takenBack &&
                    other.kind === entry.kind &&
                    other.document === entry.document,
            );
        if (earlier) {
            earlier.takenBack = true;
        }
    });
    return {
        entries: entries.map(({ takenBack, ...entry }) => ({
            ...entry,
            struck: takenBack && !LASTING.has(entry.kind),
            over: takenBack && LASTING.has(entry.kind),
        })),
        more: Number(content.more) || 0,
        unreadable: false,
    };
}
