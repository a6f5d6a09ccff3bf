import { registry } from "@web/core/registry";

const ORDER = "TOUR-LATE";

/** From the list of order exceptions to the order that is late, and to its delivery, which is done. */
registry.category("web_tour.tours").add("retail_sync_late_parcel", {
    steps: () => [
        { content: "Grouped by cause", trigger: ".o_group_header:contains(Late against the promise)" },
        { trigger: `.o_data_row:contains(${ORDER}) button[name=action_open_order]`, run: "click" },
        { content: "The order", trigger: `.o_form_view .oe_title:contains(${ORDER})` },
        {
            content: "Says what is wrong",
            trigger: ".alert-warning .o_field_widget[name=sync_exception_note]:contains(Late against the promise)",
        },
        {
            content: "and what to do",
            trigger: ".alert-warning .o_field_widget[name=sync_exception_note]:contains(agree on a new date)",
        },
        { trigger: ".o_notebook .nav-link[name=retail_sync_milestones]", run: "click" },
        { trigger: ".o_field_widget[name=milestone_ids] .o_data_row:contains(Confirmed)" },
        { trigger: ".o_field_widget[name=milestone_ids] .o_data_row:contains(Delayed)" },
        {
            content: "It has not left",
            trigger: ".o_field_widget[name=milestone_ids]:not(:has(.o_data_row:contains(Shipped)))",
        },
        { trigger: "button[name=action_view_delivery]", run: "click" },
        { trigger: ".o_statusbar_status .o_arrow_button_current:contains(Ready)" },
        { trigger: ".o_form_statusbar button[name=button_validate]", run: "click" },
        { trigger: ".o_statusbar_status .o_arrow_button_current:contains(Done)" },
    ],
});

/** The exception has left the list of what is open; the order is shipped and carries no warning. */
registry.category("web_tour.tours").add("retail_sync_late_parcel_closed", {
    steps: () => [
        { content: "What is open", trigger: ".o_searchview .o_facet_value:contains(Open)" },
        { trigger: `.o_list_view .o_view_nocontent, .o_list_view .o_group_header` },
        { trigger: `.o_list_view .o_list_renderer:not(:has(.o_data_row:contains(${ORDER})))` },
        {
            content: "Whatever its state",
            trigger: ".o_searchview .o_searchview_facet:contains(Open) .o_facet_remove",
            run: "click",
        },
        { trigger: `.o_data_row:contains(${ORDER}) button[name=action_open_order]`, run: "click" },
        { trigger: ".o_notebook .nav-link[name=retail_sync_milestones]", run: "click" },
        { trigger: ".o_field_widget[name=milestone_ids] .o_data_row:contains(Shipped)" },
        { trigger: ".o_form_view:not(:has(.alert .o_field_widget[name=sync_exception_note]))" },
    ],
});
