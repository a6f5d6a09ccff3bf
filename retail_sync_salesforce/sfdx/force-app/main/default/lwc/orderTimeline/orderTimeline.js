import { LightningElement, api, wire } from "lwc";
import { getRecord } from "lightning/uiRecordApi";
import { readTimeline } from "./timeline";

const ORDER = "ERP_Order__c";
const TIMELINE = "Timeline__c";

/** What happened to an order, in order: on the page of the order, or of a record that names one. */
export default class OrderTimeline extends LightningElement {
    @api recordId;
    @api objectApiName;
    loaded = false;
    timeline = { entries: [], more: 0, unreadable: false };

    /** An optional field: a user without the permission set sees an empty card and no error. */
    get optionalFields() {
        if (!this.objectApiName) {
            return undefined;
        }
        const onOrder = this.objectApiName === ORDER;
        return [onOrder ? `${ORDER}.${TIMELINE}` : `${this.objectApiName}.ERP_Order__r.${TIMELINE}`];
    }

    @wire(getRecord, { recordId: "$recordId", optionalFields: "$optionalFields" })
    received({ data, error }) {
        this.loaded = Boolean(data || error);
        const order = this.objectApiName === ORDER ? data : data?.fields.ERP_Order__r?.value;
        this.timeline = readTimeline(order?.fields[TIMELINE]?.value);
    }

    get entries() {
        return this.timeline.entries;
    }

    get filled() {
        return this.entries.length > 0;
    }

    get moreText() {
        return this.timeline.more ? `${this.timeline.more} earlier entries are in Odoo only.` : "";
    }

    get emptyText() {
        return this.timeline.unreadable
            ? "The timeline cannot be read. Ask for the order to be sent again from Odoo."
            : "Nothing has happened yet, or the record has no order of Odoo.";
    }
}
