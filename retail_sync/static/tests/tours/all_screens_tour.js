import { registry } from "@web/core/registry";

/** [menu section, or nothing for an entry of its own; menu item; what shows that it is open] */
const MENUS = [
    ["", "overview", ".o_retail_sync_overview"],
    ["work", "exception", ".o_list_renderer"],
    ["work", "order_exception", ".o_list_renderer"],
    ["work", "expectation", ".o_list_renderer"],
    ["work", "review", ".o_list_renderer"],
    ["activity", "outbox", ".o_list_renderer"],
    ["activity", "message", ".o_list_renderer"],
    ["activity", "run", ".o_list_renderer"],
    ["activity", "event", ".o_list_renderer"],
    ["records", "link", ".o_list_renderer"],
    ["records", "match_decision", ".o_list_renderer"],
    ["records", "merge", ".o_list_renderer"],
];

/**
 * Every menu item of an operator, one after the other; a console error on any of them fails the tour.
 * No step looks for a text: the same tour runs in every language.
 */
registry.category("web_tour.tours").add("retail_sync_all_screens", {
    steps: () =>
        MENUS.flatMap(([section, name, there]) => [
            ...(section
                ? [{ trigger: `.o_menu_sections [data-menu-xmlid='retail_sync.menu_${section}']`, run: "click" }]
                : []),
            { trigger: `a[data-menu-xmlid='retail_sync.menu_${name}']`, run: "click" },
            {
                content: name,
                trigger: section ? `body:has(${there}) .o_breadcrumb` : there,
            },
            { content: `${name} has loaded`, trigger: there },
        ]),
});
