import { registry } from "@web/core/registry";
import { ListRenderer } from "@web/views/list/list_renderer";
import { listView } from "@web/views/list/list_view";

/** The actions of a cause stay in reach while its exceptions are folded. */
export class ExceptionListRenderer extends ListRenderer {
    static groupRowTemplate = "retail_sync.ExceptionList.GroupRow";
}

registry.category("views").add("retail_sync_exception_list", { ...listView, Renderer: ExceptionListRenderer });
