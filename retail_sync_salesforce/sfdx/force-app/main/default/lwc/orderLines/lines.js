/** The table of the lines that Odoo sends as JSON. Pure: nothing here needs a page. */

/** Columns in the order in which they are shown; a column without any value is left out. */
const COLUMNS = [
    ["sku", "SKU"],
    ["name", "Description"],
    ["demand", "Demand"],
    ["ordered", "Ordered"],
    ["quantity", "Quantity"],
    ["reserved", "Reserved"],
    ["picked", "Picked"],
    ["shipped", "Shipped"],
    ["returned", "Returned"],
    ["invoiced", "Invoiced"],
    ["credited", "Credited"],
    ["kit_sku", "Kit"],
    ["unit", "Unit"],
    ["unit_price", "Unit price"],
    ["discount", "Discount %"],
    ["subtotal", "Subtotal"],
    ["tax", "Tax"],
    ["total", "Total"],
];
const TEXTS = new Set(["sku", "name", "kit_sku", "unit"]);

/** A value as it is shown: an amount or a quantity may come with its currency or unit. */
function shown(value) {
    if (value === null || value === undefined || value === "" || value === false) {
        return "";
    }
    if (typeof value === "object") {
        const number = value.amount ?? value.value ?? value.quantity ?? "";
        return [number, value.currency ?? value.unit].filter((part) => part || part === 0).join(" ");
    }
    return String(value);
}

/** Whether a number is worth a column: a column of zeros says nothing. */
function filled(name, text) {
    return text !== "" && (TEXTS.has(name) || name === "ordered" || name === "quantity" || Number.parseFloat(text) !== 0);
}

/**
 * Read lines: {"v": 1, "lines": [...]}, with "more" lines left out where not all had room, or the list alone.
 *
 * Returns {columns: [{name, label}], rows: [{key, cells: [{key, label, text}]}], more, unreadable}.
 */
export function readLines(json) {
    const nothing = { columns: [], rows: [], more: 0 };
    if (!json) {
        return { ...nothing, unreadable: false };
    }
    let content;
    try {
        content = JSON.parse(json);
    } catch {
        return { ...nothing, unreadable: true };
    }
    const lines = Array.isArray(content) ? content : content?.lines;
    if (!Array.isArray(lines)) {
        return { ...nothing, unreadable: true };
    }
    const used = COLUMNS.filter(([name]) => lines.some((line) => filled(name, shown(line[name]))));
    return {
        columns: used.map(([name, label]) => ({ name, label })),
        rows: lines.map((line, index) => {
            const key = String(line.key ?? line.id ?? index);
            return {
                key,
                cells: used.map(([name, label]) => ({
                    key: `${key}.${name}`,
                    label,
                    text: shown(line[name]),
                })),
            };
        }),
        more: Number(content.more) || 0,
        unreadable: false,
    };
}
