/** Starts the app in the sidebar of a ticket. */
import { AgentApi } from "./api.js";
import { Panel } from "./panel.js";

const PATHS = ["ticket.id", "ticket.subject", "ticket.requester.email", "ticket.requester.identities"];

/** Return what the ticket says about its customer: {email, phone, order_number}. */
async function knownOf(client, settings) {
    const field = (settings.order_field_id || "").trim();
    const paths = field ? [...PATHS, `ticket.customField:custom_field_${field}`] : PATHS;
    const found = await client.get(paths);
    const phones = (found["ticket.requester.identities"] || []).filter((item) => item.type === "phone_number");
    return {
        email: found["ticket.requester.email"] || "",
        phone: phones.length ? phones[0].value : "",
        order_number: (field && found[`ticket.customField:custom_field_${field}`]) || "",
        ticket: String(found["ticket.id"] || ""),
    };
}

async function start() {
    const client = window.ZAFClient.init();
    const { settings } = await client.metadata();
    const host = (settings.odoo_host || "").trim().replace(/^https?:\/\//, "").replace(/\/+$/, "");
    const api = new AgentApi(client, `https://${host}/retail_sync/api/v1`);
    const panel = new Panel(document.getElementById("app"), api, {
        resize: (height) => client.invoke("resize", { width: "100%", height: `${height}px` }),
        notify: (text, kind) => client.invoke("notify", text, kind),
    });
    client.on("ticket.requester.email.changed", async () => panel.find(await knownOf(client, settings)));
    await panel.find(await knownOf(client, settings));
}

start();
