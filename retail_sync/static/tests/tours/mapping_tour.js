import { registry } from "@web/core/registry";

const ROW = ".o_data_row:contains(Website)";

/** A mapping line suggests fields, refuses a typing error, and asks with counts before it is saved. */
registry.category("web_tour.tours").add("retail_sync_mapping", {
    steps: () => [
        { content: "Lines are grouped by stream", trigger: ".o_group_header:contains(Firms)", run: "click" },
        { content: "The line of the website", trigger: `${ROW} td[name=remote_path]`, run: "click" },
        { content: "Suggestions", trigger: ".o_selected_row td[name=remote_path] input[list]:has(+ datalist option[value=home_page])" },
        { trigger: ".o_selected_row td[name=remote_path] input", run: "edit home_page" },
        { trigger: ".o_list_button_save:visible", run: "click" },
        { content: "Asked with counts", trigger: ".modal-body:contains(home_page for 1 linked records)" },
        { content: "Not now", trigger: ".modal-footer button:contains(Go back)", run: "click" },
        { content: "The line is still open", trigger: ".o_selected_row td[name=remote_path] input:value(home_page)" },
        { trigger: ".o_list_button_save:visible", run: "click" },
        { trigger: ".modal-footer button:contains(Change mapping)", run: "click" },
        { content: "Saved", trigger: ".o_data_row:not(.o_selected_row):contains(home_page)" },
        { content: "A typing error", trigger: `${ROW} td[name=remote_path]`, run: "click" },
        { trigger: ".o_selected_row td[name=remote_path] input", run: "edit home_pgae" },
        { trigger: ".o_list_button_save:visible", run: "click" },
        { trigger: ".modal-footer button:contains(Change mapping)", run: "click" },
        { content: "The nearest name", trigger: ".modal-body:contains(Did you mean home_page)" },
        { trigger: ".modal-footer button:contains(Close)", run: "click" },
        { trigger: ".o_list_button_discard:visible", run: "click" },
        { content: "As it was", trigger: ".o_data_row:not(.o_selected_row):contains(home_page)" },
    ],
});
