import { registry } from "@web/core/registry";

/** An auditor opens an entry of the audit trail, verifies the trail, and compares it with a hash that was kept. */
registry.category("web_tour.tours").add("retail_sync_audit", {
    steps: () => [
        { content: "no name of a customer is shown", trigger: ".o_list_renderer:not(:contains(Rossi)) .o_data_row" },
        { trigger: ".o_list_renderer .o_data_row .o_data_cell[name=kind]", run: "click" },
        { trigger: ".o_form_view .o_field_widget[name=reason]:contains(customer on the phone)" },
        { trigger: ".o_form_view .o_field_widget[name=records_text]:contains(Contact #)" },
        { trigger: ".o_back_button, .breadcrumb-item a", run: "click" },
        { trigger: ".o_control_panel button[name=action_verify]", run: "click" },
        { trigger: ".modal .alert-success:contains(unbroken)" },
        { trigger: ".modal .o_field_widget[name=known_seq] input", run: "edit 1" },
        { trigger: ".modal .o_field_widget[name=known_hash] input", run: "edit 0000" },
        { trigger: ".modal button[name=action_compare]", run: "click" },
        { trigger: ".modal .o_field_widget[name=comparison]:contains(another hash)" },
        { trigger: ".modal-footer button[special=cancel], .modal-footer button:contains(Close)", run: "click" },
        { trigger: "body:not(:has(.modal)) .o_list_renderer" },
    ],
});
