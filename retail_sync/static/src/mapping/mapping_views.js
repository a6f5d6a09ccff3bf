import { ConfirmationDialog } from "@web/core/confirmation_dialog/confirmation_dialog";
import { _t } from "@web/core/l10n/translation";
import { registry } from "@web/core/registry";
import { useService } from "@web/core/utils/hooks";
import { FormController } from "@web/views/form/form_controller";
import { formView } from "@web/views/form/form_view";
import { ListController } from "@web/views/list/list_controller";
import { listView } from "@web/views/list/list_view";

/** Ask, with counts, before mapping lines are saved that change what linked records get. */
class MappingQuestion {
    constructor(orm, dialog) {
        this.orm = orm;
        this.dialog = dialog;
    }

    /** Return whether the changes may be saved: false keeps the record open as it is. */
    async ask(streamId, commands) {
        if (!streamId || !commands.length) {
            return true;
        }
        const effects = await this.orm.call("retail.sync.field.map", "get_effects", [streamId, commands]);
        if (!effects.length) {
            return true;
        }
        return new Promise((resolve) => {
            this.dialog.add(
                ConfirmationDialog,
                {
                    title: _t("Change the mapping?"),
                    body: effects.join("\n\n"),
                    confirmLabel: _t("Change mapping"),
                    cancelLabel: _t("Go back"),
                    confirm: () => resolve(true),
                    cancel: () => resolve(false),
                },
                { onClose: () => resolve(false) }
            );
        });
    }

    /** The commands of one line that is saved on its own. */
    ofLine(record, changes) {
        return [record.resId ? [1, record.resId, changes] : [0, 0, changes]];
    }
}

function useMappingQuestion() {
    return new MappingQuestion(useService("orm"), useService("dialog"));
}

class MappingListController extends ListController {
    setup() {
        super.setup();
        this.question = useMappingQuestion();
    }

    async onWillSaveRecord(record, changes) {
        return this.question.ask(record.data.stream_id?.id, this.question.ofLine(record, changes || {}));
    }
}

class MappingFormController extends FormController {
    setup() {
        super.setup();
        this.question = useMappingQuestion();
    }

    async onWillSaveRecord(record, changes) {
        return this.question.ask(record.data.stream_id?.id, this.question.ofLine(record, changes || {}));
    }
}

class StreamFormController extends FormController {
    setup() {
        super.setup();
        this.question = useMappingQuestion();
    }

    async onWillSaveRecord(record, changes) {
        return this.question.ask(record.resId, changes?.map_ids || []);
    }
}

registry.category("views").add("retail_sync_mapping_list", { ...listView, Controller: MappingListController });
registry.category("views").add("retail_sync_mapping_form", { ...formView, Controller: MappingFormController });
registry.category("views").add("retail_sync_stream_form", { ...formView, Controller: StreamFormController });
