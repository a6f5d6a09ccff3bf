import { onWillStart, onWillUnmount, onWillUpdateProps, status, useState } from "@odoo/owl";
import { browser } from "@web/core/browser/browser";
import { _t } from "@web/core/l10n/translation";
import { registry } from "@web/core/registry";
import { useService } from "@web/core/utils/hooks";
import { CharField, charField } from "@web/views/fields/char/char_field";

const PAUSE_MS = 700;
/** What the platform said about a filter of a stream: a row of a list is drawn anew whenever it is opened or left. */
const answers = new Map();

/** The scope filter of a stream: the platform checks it and counts its records while it is typed. */
export class FilterField extends CharField {
    static template = "retail_sync.FilterField";

    setup() {
        super.setup();
        this.orm = useService("orm");
        this.check = useState({ busy: false, ok: true, text: "" });
        this.show(this.stored);
        onWillStart(() => void (this.check.text || !this.stored || this.ask(this.stored)));
        onWillUpdateProps((next) => this.show(next.record.data[next.name] || ""));
        onWillUnmount(() => browser.clearTimeout(this.timer));
    }

    get stored() {
        return this.props.record.data[this.props.name] || "";
    }

    key(text) {
        return `${this.props.record.resId}:${text.trim()}`;
    }

    show(text) {
        const known = answers.get(this.key(text));
        Object.assign(this.check, known || { text: "", ok: true });
    }

    onInput(ev) {
        browser.clearTimeout(this.timer);
        const text = ev.target.value;
        this.timer = browser.setTimeout(() => this.ask(text), PAUSE_MS);
    }

    async ask(text) {
        const id = this.props.record.resId;
        if (!id) {
            return;
        }
        this.asked = text;
        this.check.busy = true;
        let found;
        try {
            found = await this.orm.silent.call("retail.sync.stream", "check_scope", [[id], text]);
            answers.set(this.key(text), { ok: found.ok, text: found.text });
        } catch {
            found = { ok: false, text: _t("The filter could not be checked: the platform or Odoo gave no answer.") };
        }
        if (status(this) !== "destroyed" && this.asked === text) {
            Object.assign(this.check, { busy: false, ok: found.ok, text: found.text });
        }
    }
}

registry.category("fields").add("retail_sync_filter", {
    ...charField,
    component: FilterField,
    displayName: _t("Scope filter"),
    supportedTypes: ["char"],
});
