import { registry } from "@web/core/registry";

const ORDER = "SERVICE-1";
const CARD = `.o_retail_sync_order[data-order="${ORDER}"]`;

/** Open the order of the ticket's customer. */
const opened = () => [
    { content: "The panel", trigger: ".o_notebook .nav-link[name=service]", run: "click" },
    { content: "The customer", trigger: ".o_retail_sync_service_facts:contains(Open orders)" },
    { content: "The order", trigger: `${CARD} .o_retail_sync_order_head`, run: "click" },
    { content: "Its lines", trigger: `${CARD} table tbody tr` },
];

/** Choose a reason, preview, submit, and see that it is done. */
const acted = (action, reason, quantity, ends = ".alert-success") => [
    { trigger: `${CARD} button[data-action=${action}]`, run: "click" },
    { trigger: ".modal #retail_sync_reason", run: `select ${reason}` },
    ...(quantity ? [{ trigger: ".modal input[type=number]", run: `edit ${quantity}` }] : []),
    { trigger: ".modal .o_retail_sync_preview_button", run: "click" },
    { content: "What it would do", trigger: ".modal .o_retail_sync_preview li" },
    { trigger: ".modal .o_retail_sync_submit", run: "click" },
    { content: "What became of it", trigger: `.modal ${ends}` },
    { trigger: ".modal footer button:contains(Close)", run: "click" },
    { trigger: "body:not(:has(.modal))" },
];

registry.category("web_tour.tours").add("retail_sync_helpdesk_replace", {
    steps: () => [...opened(), ...acted("replace", "lost", 1)],
});

registry.category("web_tour.tours").add("retail_sync_helpdesk_return", {
    steps: () => [...opened(), ...acted("return", "damaged", 1), { trigger: `${CARD}:contains(Returns)` }],
});

registry.category("web_tour.tours").add("retail_sync_helpdesk_refund", {
    steps: () => [...opened(), ...acted("refund_lines", "billing_error", 1, ".alert-warning[role=status]:contains(Waits for an approval)")],
});
