/** Makes elements. Texts are set as text, never as HTML: names and notes come from customers. */

/**
 * Return an element.
 * @param {string} tag with classes behind dots, such as "p.warning"
 * @param {object} attributes; "on..." are listeners, false and null are left out
 * @param {...(Node|string|null|Array)} children lists of lists too
 */
export function el(tag, attributes = {}, ...children) {
    const [name, ...classes] = tag.split(".");
    const made = document.createElement(name);
    made.classList.add(...classes);
    for (const [key, value] of Object.entries(attributes)) {
        if (key.startsWith("on")) {
            made.addEventListener(key.slice(2), value);
        } else if (value === true) {
            made.setAttribute(key, "");
        } else if (value !== false && value !== null && value !== undefined) {
            made.setAttribute(key, value);
        }
    }
    made.append(...children.flat(Infinity).filter((child) => child !== null && child !== undefined && child !== false));
    return made;
}

/** Put children in place of what an element holds. */
export function fill(parent, ...children) {
    parent.replaceChildren(...children.flat(Infinity).filter(Boolean));
    return parent;
}

/** Return an amount as people write it. */
export function money(amount, currency) {
    if (amount === null || amount === undefined) {
        return "–";
    }
    try {
        return new Intl.NumberFormat(undefined, { style: "currency", currency }).format(Number(amount));
    } catch {
        return `${amount} ${currency}`;
    }
}

/** Return a date or moment (UTC) as people write it, in the agent's time zone. */
export function when(text, withTime = false) {
    if (!text) {
        return "";
    }
    const moment = new Date(/[zZ]|[+-]\d\d:\d\d$/.test(text) || text.length === 10 ? text : `${text}Z`);
    return withTime ? moment.toLocaleString() : moment.toLocaleDateString();
}

/** Return a code as a label: "refund_lines" reads "Refund lines". */
export function label(code) {
    const text = code.replaceAll("_", " ");
    return text.charAt(0).toUpperCase() + text.slice(1);
}

/** Return the name of a language, as the agent's language has it: "de_CH" is "Swiss High German". */
export function language(code) {
    try {
        return new Intl.DisplayNames(undefined, { type: "language" }).of(code.replaceAll("_", "-"));
    } catch {
        return code;
    }
}
