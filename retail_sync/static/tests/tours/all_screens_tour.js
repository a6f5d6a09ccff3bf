import { registry } from "@web/core/registry";

const MENUS = [
    ["overview", ".o_retail_sync_overview"],
    ["exception", ".o_last_breadcrumb_item:contains(Exceptions)"],
    ["question", ".o_last_breadcrumb_item:contains(Questions)"],
    ["message", ".o_last_breadcrumb_item:contains(Messages)"],
    ["run", ".o_last_breadcrumb_item:contains(Runs)"],
    ["merge", ".o_last_breadcrumb_item:contains(Merges)"],
    ["link", ".o_last_breadcrumb_item:contains(Links)"],
];

/** Every menu item of an operator, one after the other; a console error on any of them fails the tour. */
registry.category("web_tour.tours").add("retail_sync_all_screens", {
    steps: () =>
        MENUS.flatMap(([name, there]) => [
            { trigger: `a[data-menu-xmlid='retail_sync.menu_${name}']`, run: "click" },
            { content: name, trigger: there },
            { trigger: ".o_retail_sync_overview, .o_list_renderer" },
        ]),
});
