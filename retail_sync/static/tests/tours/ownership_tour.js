import { registry } from "@web/core/registry";

const OWNER = ".o_selected_row td[name=owner]";

/** Give a field to the platform in the list of ownership rules. */
registry.category("web_tour.tours").add("retail_sync_ownership", {
    steps: () => [
        { content: "The rule of the website", trigger: ".o_data_row:contains(Website) td[name=owner]", run: "click" },
        { trigger: `${OWNER} input`, run: "click" },
        { trigger: ".o_select_menu_item:contains(The platform)", run: "click" },
        { content: "Save", trigger: ".o_list_button_save:visible", run: "click" },
        { trigger: ".o_data_row:not(.o_selected_row):contains(Website) td[name=owner]:contains(The platform)" },
    ],
});

/** The form of a linked customer keeps a field of the platform from being edited, and says why. */
registry.category("web_tour.tours").add("retail_sync_padlock", {
    steps: () => [
        { content: "The website is read-only", trigger: ".o_field_widget[name=website].o_readonly_modifier" },
        { content: "The phone is not", trigger: ".o_field_widget[name=phone] input" },
        { content: "The form says why", trigger: ".alert:has(.fa-lock) .o_field_widget[name=sync_locked_text]:contains(Website)" },
    ],
});
