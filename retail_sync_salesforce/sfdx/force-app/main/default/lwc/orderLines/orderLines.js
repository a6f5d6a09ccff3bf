import { LightningElement, api, wire } from "lwc";
import { getRecord } from "lightning/uiRecordApi";
import { readLines } from "./lines";

const LINES = "Lines__c";

/** The lines of an order, a shipment, an invoice or a return, as a table. */
export default class OrderLines extends LightningElement {
    @api recordId;
    @api objectApiName;
    loaded = false;
    table = { columns: [], rows: [], more: 0, unreadable: false };

    /** An optional field: a user without the permission set sees an empty card and no error. */
    get optionalFields() {
        return this.objectApiName ? [`${this.objectApiName}.${LINES}`] : undefined;
    }

    @wire(getRecord, { recordId: "$recordId", optionalFields: "$optionalFields" })
    received({ data, error }) {
        this.loaded = Boolean(data || error);
        this.table = readLines(data?.fields[LINES]?.value);
    }

    get filled() {
        return this.table.rows.length > 0;
    }

    get moreText() {
        return this.table.more ? `${this.table.more} further lines are in Odoo only.` : "";
    }

    get emptyText() {
        return this.table.unreadable ? "The lines cannot be read. Ask for the record to be sent again from Odoo." : "No lines.";
    }
}
