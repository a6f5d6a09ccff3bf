import { registry } from "@web/core/registry";

const ROWS = ".o_field_widget[name=milestone_ids] .o_data_row";

function milestones() {
    return [
        { content: "The order", trigger: ".o_form_view .oe_title:contains(TOUR-RETURN)" },
        { trigger: ".o_notebook .nav-link[name=retail_sync_milestones]", run: "click" },
    ];
}

/** The goods that come back are expected; the transfer of them is opened from the order, and done. */
registry.category("web_tour.tours").add("retail_sync_return_receive", {
    steps: () => [
        ...milestones(),
        { content: "One of three", trigger: `${ROWS}:contains(Return requested):contains(1 of 3)` },
        {
            content: "Nothing was paid back",
            trigger: ".o_field_widget[name=milestone_ids]:not(:has(.o_data_row:contains(Refund)))",
        },
        { trigger: `${ROWS}:contains(Return requested) button[name=action_open_document]`, run: "click" },
        { trigger: ".o_statusbar_status .o_arrow_button_current:contains(Ready)" },
        { trigger: ".o_form_statusbar button[name=button_validate]", run: "click" },
        { trigger: ".o_statusbar_status .o_arrow_button_current:contains(Done)" },
    ],
});

/** What became of the return, as the agent tells the customer, and that the platform knows of it. */
registry.category("web_tour.tours").add("retail_sync_return_refunded", {
    steps: () => [
        ...milestones(),
        { trigger: `${ROWS}:contains(Return received):contains(1 of 3)` },
        { trigger: `${ROWS}:contains(Refund issued):contains(1 of 3):contains(Too small)` },
        { content: "Money has no quantity", trigger: `${ROWS}:contains(Refund paid):contains(Payment.)` },
        { trigger: `${ROWS}:contains(Return received) button[name=action_open_document]`, run: "click" },
        { content: "The return", trigger: ".o_statusbar_status .o_arrow_button_current:contains(Done)" },
        { trigger: ".oe_title .o_field_widget[name=sync_state] .badge:contains(In sync)" },
        { trigger: ".o_notebook .nav-link[name=retail_sync]", run: "click" },
        { trigger: ".o_field_widget[name=sync_link_ids] .o_data_row:contains(Return)" },
    ],
});
