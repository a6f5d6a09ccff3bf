import { registry } from "@web/core/registry";

/** Two reviews, decided one after the other from the keyboard. */
registry.category("web_tour.tours").add("retail_sync_reviews", {
    steps: () => [
        { content: "Grouped by the reason for the review", trigger: ".o_group_header:contains(have equal evidence)" },
        { content: "and what agrees", trigger: ".o_group_header:contains(E-mail)", run: "click" },
        { trigger: ".o_data_row:contains(Ada Bruni) button[name=action_decide]", run: "click" },
        { content: "The best candidate has the focus", trigger: ".modal .o_retail_sync_choose:first:focus" },
        { trigger: ".modal .o_retail_sync_choose:first", run: "press alt+2" },
        { content: "The second one is chosen", trigger: ".modal .o_retail_sync_choose:eq(1):contains(Chosen)" },
        {
            content: "It says what comes next",
            trigger: ".modal .o_field_widget[name=afterwards]:contains(The last review of this connection opens)",
        },
        {
            content: "Nothing is cut off at the right",
            trigger: ".modal .o_retail_sync_comparison",
            run({ anchor }) {
                if (anchor.scrollWidth > anchor.clientWidth) {
                    throw new Error(`${anchor.scrollWidth} pixels do not fit in ${anchor.clientWidth}`);
                }
            },
        },
        { trigger: ".modal button[name=action_link]:contains(Link and next)" },
        { trigger: ".modal .o_retail_sync_choose:eq(1)", run: "press alt+q" },
        { content: "The next review", trigger: ".modal .o_retail_sync_comparison th:contains(Marc Demo)" },
        { trigger: ".modal .o_field_widget[name=afterwards]:contains(the dialog closes)" },
        { trigger: ".modal .o_retail_sync_choose:first:focus", run: "press alt+1" },
        { trigger: ".modal .o_retail_sync_choose:first:contains(Chosen)" },
        { trigger: ".modal button[name=action_link]:contains(Link to this customer)", run: "click" },
        { content: "No review is left", trigger: ".o_view_nocontent:contains(No open reviews)" },
    ],
});
