import { LightningElement, api, wire } from "lwc";
import { getRecord } from "lightning/uiRecordApi";

const FIELDS = [
    "Odoo_Account_Blocked__c",
    "Odoo_Block_Reason__c",
    "Odoo_Blocked_Until__c",
    "Odoo_Credit_State__c",
    "Odoo_Credit_Limit__c",
    "Odoo_Amount_Due__c",
    "Odoo_Overdue_Amount__c",
    "Odoo_Payment_Terms__c",
    "Odoo_Customer_Number__c",
];

/** The values of a customer that Odoo decides, on the record page of an account or a contact. */
export default class OdooCustomerState extends LightningElement {
    @api recordId;
    @api objectApiName;
    record;

    /** Optional fields: a user without the permission set sees an empty card and no error. */
    get optionalFields() {
        return this.objectApiName ? FIELDS.map((field) => `${this.objectApiName}.${field}`) : undefined;
    }

    @wire(getRecord, { recordId: "$recordId", optionalFields: "$optionalFields" })
    received({ data }) {
        this.record = data;
    }

    /** Fields that this user may see. */
    get fields() {
        return FIELDS.filter((field) => this.record?.fields[field]);
    }

    get blocked() {
        return this.record?.fields.Odoo_Account_Blocked__c?.value === true;
    }
}
