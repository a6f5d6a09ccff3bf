import { registry } from "@web/core/registry";

const TABLE = ".o_form_view .o_field_widget[name=intake_table]";

function openSale() {
    return [
        { content: "Grouped by cause", trigger: ".o_group_header:contains(SKU)" },
        { trigger: ".o_data_row:contains(S1) .o_data_cell[name=fault_message]", run: "click" },
    ];
}

/** A steward reads why a sale made no order. */
registry.category("web_tour.tours").add("retail_sync_unknown_sku", {
    steps: () => [
        ...openSale(),
        { content: "What to do", trigger: ".o_form_view .alert-info .o_field_widget[name=next_step]:contains(SKU)" },
        { content: "The line that is right", trigger: `${TABLE} tr:not(.table-warning):contains(BIKE)` },
        {
            content: "The line that is not",
            trigger: `${TABLE} tr.table-warning:contains(Odoo has no product with the SKU BELL)`,
        },
        {
            content: "Nothing is cut off at the right",
            trigger: `${TABLE} .table-responsive`,
            run({ anchor }) {
                if (anchor.scrollWidth > anchor.clientWidth) {
                    throw new Error(`${anchor.scrollWidth} pixels do not fit in ${anchor.clientWidth}`);
                }
            },
        },
        { content: "It cannot be waved through", trigger: ".o_form_view:not(:has(button[name=action_ask_accept]))" },
    ],
});

/** The product that was meant gets the SKU. */
registry.category("web_tour.tours").add("retail_sync_give_sku", {
    steps: () => [
        { trigger: ".o_field_widget[name=default_code] input", run: "edit BELL" },
        { trigger: ".o_form_button_save", run: "click" },
        { trigger: ".o_form_view .o_form_saved" },
    ],
});

/** The steward retries the sale from its form. */
registry.category("web_tour.tours").add("retail_sync_retry_sale", {
    steps: () => [
        ...openSale(),
        { trigger: ".o_form_statusbar button[name=action_retry]", run: "click" },
        { trigger: ".o_notification:contains(being retried)" },
    ],
});

/** The exception is done, and has left the list: what is being retried has left it too. */
registry.category("web_tour.tours").add("retail_sync_sale_taken", {
    steps: () => [
        { trigger: ".o_form_view .o_statusbar_status .o_arrow_button_current:contains(Done)" },
        { trigger: ".o_breadcrumb .o_back_button, .breadcrumb-item a", run: "click" },
        { trigger: ".o_list_view .o_view_nocontent, .o_list_view .o_group_header" },
        { trigger: ".o_list_view .o_list_renderer:not(:has(.o_data_row:contains(S1)))" },
    ],
});

/** The quotation has both lines, and its badge. */
registry.category("web_tour.tours").add("retail_sync_quotation_of_sale", {
    steps: () => [
        { trigger: ".o_statusbar_status .o_arrow_button_current:contains(Quotation)" },
        { trigger: ".oe_title .o_field_widget[name=sync_state] .badge:contains(In sync)" },
        { trigger: ".o_field_widget[name=order_line] .o_data_row:contains(BIKE)" },
        { trigger: ".o_field_widget[name=order_line] .o_data_row:contains(BELL)" },
    ],
});
