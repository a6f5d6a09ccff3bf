import { registry } from "@web/core/registry";

/** Two customers become one, with a value that a person chose, and two again. */
registry.category("web_tour.tours").add("retail_sync_merge", {
    steps: () => [
        { trigger: ".o_data_row:contains(Merge Tour One) .o_list_record_selector input", run: "click" },
        { trigger: ".o_data_row:contains(Merge Tour Two) .o_list_record_selector input", run: "click" },
        { trigger: ".o_cp_action_menus button:contains(Actions)", run: "click" },
        { trigger: ".o-dropdown--menu .o-dropdown-item:contains(can be undone)", run: "click" },
        { content: "The screen says what will happen", trigger: ".modal:contains(To undo the merge later, open Merges)" },
        { trigger: ".modal .o_data_row:contains(Website) td[name=choice_id]", run: "click" },
        { trigger: ".modal .o_data_row:contains(Website) td[name=choice_id] input", run: "click" },
        { trigger: ".o-autocomplete--dropdown-item:contains(Merge Tour Two)", run: "click" },
        { content: "The choice shows", trigger: ".modal .o_data_row:contains(Website):contains(two.example)" },
        { trigger: ".modal div[name=reason]:not(.o_data_cell) input", run: "edit The same firm" },
        { trigger: ".modal button[name=action_merge]", run: "click" },
        { trigger: ".o_form_view h1:contains(Merge Tour Two into Merge Tour One)" },
        { trigger: "button[name=action_undo]", run: "click" },
        { content: "The undo says what it will do", trigger: ".modal:contains(is restored under the former id)" },
        { trigger: ".modal div[name=reason] input", run: "edit Two firms after all" },
        { trigger: ".modal button[name=action_confirm]", run: "click" },
        { trigger: ".o_arrow_button_current:contains(Undone)" },
        { trigger: ".o_form_view:contains(Two firms after all)" },
    ],
});
