import { Component, onWillUnmount, useExternalListener, useState } from "@odoo/owl";
import { registry } from "@web/core/registry";
import { user } from "@web/core/user";
import { useBus, useService } from "@web/core/utils/hooks";

const LONGEST_MS = 60000;

/** How many approvals wait for a decision of the user; a click lists them. Shown while there are any. */
export class ApprovalsMenu extends Component {
    static template = "retail_sync_helpdesk.ApprovalsMenu";
    static props = {};

    setup() {
        this.orm = useService("orm");
        this.action = useService("action");
        this.bus = useService("bus_service");
        this.state = useState({ count: 0 });
        this.counted = 0;
        this.onApprovals = () => this.count();
        this.start();
        // What the user decides on a screen counts at once; what others do, when the user comes back.
        useBus(this.env.bus, "ACTION_MANAGER:UI-UPDATED", () => this.count(LONGEST_MS));
        useExternalListener(document, "visibilitychange", () => this.count(LONGEST_MS));
        onWillUnmount(() => this.bus.unsubscribe("retail_sync_helpdesk.approvals", this.onApprovals));
    }

    async start() {
        const groups = ["retail_sync_helpdesk.group_agent", "retail_sync_helpdesk.group_refund_finance"];
        const found = await Promise.all(groups.map((group) => user.hasGroup(group)));
        this.decides = found.includes(true);
        if (this.decides) {
            this.bus.subscribe("retail_sync_helpdesk.approvals", this.onApprovals);
            await this.count();
        }
    }

    /** Count anew, unless that was done within so many milliseconds and nothing waits. */
    async count(pause = 0) {
        if (!this.decides || document.hidden || (!this.state.count && Date.now() - this.counted < pause)) {
            return;
        }
        this.counted = Date.now();
        try {
            this.state.count = await this.orm.silent.call("retail.sync.approval", "count_for_me", []);
        } catch {
            // A counter is no reason for an error in the middle of other work: the next turn counts again.
        }
    }

    open() {
        return this.action.doAction("retail_sync_helpdesk.action_approvals", { clearBreadcrumbs: true });
    }
}

registry.category("systray").add("retail_sync_helpdesk.approvals", { Component: ApprovalsMenu }, { sequence: 24 });
