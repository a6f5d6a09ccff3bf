import { Component, onWillStart, onWillUnmount, status, useExternalListener, useState } from "@odoo/owl";
import { browser } from "@web/core/browser/browser";
import { deserializeDateTime, formatDateTime } from "@web/core/l10n/dates";
import { _t } from "@web/core/l10n/translation";
import { registry } from "@web/core/registry";
import { user } from "@web/core/user";
import { useService } from "@web/core/utils/hooks";
import { Layout } from "@web/search/layout";
import { formatInteger } from "@web/views/fields/formatters";
import { standardActionServiceProps } from "@web/webclient/actions/action_service";

import { StreamCard } from "./stream_card";

const REFRESH_MS = 5000;
// While nothing changes the pause grows, up to this. A change, or a user who comes back, makes it short again.
const SLOWEST_MS = 30000;
const BACK_OFF = 1.5;
// A slow server is asked less often, so that open screens cost it a tenth at most.
const PAUSE_FACTOR = 10;
const STATES = {
    draft: { label: _t("Set-up incomplete"), colour: "text-bg-secondary" },
    connected: { label: _t("Connected, not loaded yet"), colour: "text-bg-info" },
    loading: { label: _t("First load"), colour: "text-bg-info" },
    running: { label: _t("Running"), colour: "text-bg-success" },
    paused: { label: _t("Paused"), colour: "text-bg-warning" },
};
const ENVIRONMENTS = {
    production: { label: _t("Production"), colour: "text-bg-danger" },
    sandbox: { label: _t("Sandbox"), colour: "text-bg-info" },
    simulator: { label: _t("Simulator"), colour: "text-bg-info" },
};

/** Show the state of all connections and their streams; refresh every few seconds while they change. */
export class Overview extends Component {
    static template = "retail_sync.Overview";
    static components = { StreamCard, Layout };
    static props = { ...standardActionServiceProps };

    setup() {
        this.orm = useService("orm");
        this.action = useService("action");
        this.pause = REFRESH_MS;
        this.state = useState({ connections: [], orders: null, asOf: null, stale: false, platforms: { has_platform: true, addons: [] } });
        onWillStart(async () => {
            // Side by side: who leaves meanwhile gets no answer of the ORM, and a call after that would be an error.
            const [isManager, isAdministrator, overview] = await Promise.all([
                user.hasGroup("retail_sync.group_manager"),
                user.hasGroup("base.group_system"),
                this.orm.call("retail.sync.connection", "get_overview", []),
            ]);
            Object.assign(this, { isManager, isAdministrator });
            this.show(overview);
            if (!overview.connections.length) {
                this.state.platforms = await this.orm.call("retail.sync.connection", "get_platform_addons", []);
            }
            this.schedule();
        });
        useExternalListener(document, "visibilitychange", () => this.hurry());
        onWillUnmount(() => browser.clearTimeout(this.timer));
    }

    /** Show an answer; return whether it differs from the one before. */
    show(overview) {
        const text = JSON.stringify([overview.version, overview.as_of, overview.connections, overview.orders]);
        const changed = text !== this.shown;
        this.shown = text;
        // Also without a change: what is shown as "a minute ago" grows older.
        Object.assign(this.state, {
            connections: overview.connections,
            orders: overview.orders,
            asOf: overview.as_of,
            stale: false,
        });
        return changed;
    }

    /** Refresh at once when the user comes back to the screen. */
    hurry() {
        this.pause = REFRESH_MS;
        if (!document.hidden && !this.refreshing) {
            browser.clearTimeout(this.timer);
            this.refresh();
        }
    }

    schedule() {
        if (status(this) !== "destroyed") {
            this.timer = browser.setTimeout(() => this.refresh(), Math.max(this.pause, PAUSE_FACTOR * (this.took || 0)));
        }
    }

    async refresh() {
        // A hidden tab sends no requests, to save load on the server.
        if (!document.hidden) {
            const start = Date.now();
            this.refreshing = true;
            try {
                const overview = await this.orm.silent.call("retail.sync.connection", "get_overview", []);
                this.pause = this.show(overview) ? REFRESH_MS : Math.min(SLOWEST_MS, BACK_OFF * this.pause);
            } catch {
                this.state.stale = true;
                this.pause = Math.min(SLOWEST_MS, BACK_OFF * this.pause);
            }
            this.refreshing = false;
            this.took = Date.now() - start;
        }
        this.schedule();
    }

    stateOf(connection) {
        if (connection.state === "running" && connection.breaker !== "closed") {
            return { label: this.needsPerson(connection) ? _t("Needs attention") : _t("Waiting"), colour: "text-bg-danger" };
        }
        return STATES[connection.state] || { label: connection.state, colour: "text-bg-secondary" };
    }

    /** Tell whether calls pass again only after a person acted. */
    needsPerson(connection) {
        return ["manual", "credentials", "settings", "account", "copy"].includes(connection.breaker_cause);
    }

    environmentOf(connection) {
        return ENVIRONMENTS[connection.environment] || { label: connection.environment, colour: "text-bg-secondary" };
    }

    budgetPercent(connection) {
        return connection.budget_limit ? Math.min(100, Math.round((100 * connection.budget_used) / connection.budget_limit)) : 0;
    }

    budgetColour(connection) {
        const percent = this.budgetPercent(connection);
        return percent >= 90 ? "bg-danger" : percent >= 70 ? "bg-warning" : "bg-success";
    }

    budgetText(connection) {
        return _t("%(used)s of %(limit)s calls in 24 hours", {
            used: formatInteger(connection.budget_used),
            limit: formatInteger(connection.budget_limit),
        });
    }

    get asOfText() {
        return _t("Many records changed. The figures below were counted %s and catch up automatically.", this.ago(this.state.asOf));
    }

    ago(moment) {
        return moment ? deserializeDateTime(moment).toRelative() : _t("never");
    }

    exact(moment) {
        return moment ? formatDateTime(deserializeDateTime(moment)) : "";
    }

    connect() {
        return this.action.doAction("retail_sync.action_setup");
    }

    openApps() {
        return this.action.doAction("base.open_module_tree", { additionalContext: { search_default_name: "retail_sync_" } });
    }

    async continueSetup(connection) {
        return this.action.doAction(await this.orm.call("retail.sync.connection", "action_setup", [[connection.id]]));
    }

    openConnection(connection) {
        return this.action.doAction({
            type: "ir.actions.act_window",
            res_model: "retail.sync.connection",
            res_id: connection.id,
            views: [[false, "form"]],
        });
    }

    async openMissingLines(connection) {
        const action = await this.orm.call("retail.sync.connection", "action_missing_lines", [[connection.id]]);
        return this.action.doAction(action);
    }

    openAlarm(alarm) {
        return this.action.doAction({
            type: "ir.actions.act_window",
            res_model: "retail.sync.message",
            res_id: alarm.message_id,
            views: [[false, "form"]],
        });
    }

    number(value) {
        return formatInteger(value);
    }

    /** Open the open exceptions of orders, of one cause where a card names it. */
    openOrderExceptions(cause) {
        const domain = cause ? [["rule_id", "=", cause.rule_id]] : [];
        return this.openList("retail_sync.action_order_exception", domain, { search_default_open: 1 });
    }

    /** Open what is expected of orders, overdue or due later. */
    openExpectations(state) {
        const shown = ["|", ["state", "!=", "waiting"], ["rule_id.condition", "!=", "contradiction"]];
        return this.openList("retail_sync.action_expectation", [["state", "=", state], ...shown], {});
    }

    /** Say when orders that could not be evaluated are tried again, and what that means until then. */
    nextTry() {
        return _t(
            "Odoo tries again automatically; next try: %s. Until it succeeds, platforms show an older state of these orders.",
            this.ago(this.state.orders.retry_at)
        );
    }

    /** Open the orders whose milestones and rules could not be evaluated, with their next try. */
    openFailingOrders() {
        return this.openList("retail_sync.action_milestone_look", [["failures", ">", 0]], {});
    }

    async openList(xmlid, domain, context) {
        const action = await this.action.loadAction(xmlid);
        return this.action.doAction({ ...action, domain, context });
    }

    openExceptions() {
        return this.action.doAction("retail_sync.action_exception");
    }
}

registry.category("actions").add("retail_sync.overview", Overview);
