import { onWillStart, onWillUpdateProps, useState } from "@odoo/owl";
import { _t } from "@web/core/l10n/translation";
import { registry } from "@web/core/registry";
import { CharField, charField } from "@web/views/fields/char/char_field";

/** Fields that the platform is known to have, by stream: asked for once while the page is open. */
const known = new Map();

/** The platform's field of a mapping line, with suggestions from what the platform is known to have. */
export class RemoteField extends CharField {
    static template = "retail_sync.RemoteField";

    setup() {
        super.setup();
        // The plain service: an answer that several rows wait for comes even if the row that asked is gone.
        this.orm = this.env.services.orm;
        this.suggestions = useState({ fields: [] });
        onWillStart(() => this.load(this.props));
        onWillUpdateProps((next) => this.load(next));
    }

    get listId() {
        return `retail_sync_fields_${this.props.record.id}`;
    }

    streamOf(props) {
        const record = props.record;
        const stream = record.data.stream_id;
        return stream ? stream.id : record._parentRecord?.resId;
    }

    async load(props) {
        const stream = this.streamOf(props);
        if (props.readonly || !stream || this.stream === stream) {
            return;
        }
        this.stream = stream;
        if (!known.has(stream)) {
            known.set(stream, this.orm.silent.call("retail.sync.stream", "get_known_fields", [[stream]]).catch(() => []));
        }
        this.suggestions.fields = await known.get(stream);
    }
}

registry.category("fields").add("retail_sync_remote_field", {
    ...charField,
    component: RemoteField,
    displayName: _t("Field of the platform"),
    supportedTypes: ["char"],
});
