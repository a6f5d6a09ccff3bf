/** Reports deleted contacts to Odoo at once. Merges come as deletions, and Odoo reads who remains. */
trigger RetailSyncContactDeleted on Contact (after delete) {
    RetailSyncEvents.enqueue(new List<Id>(Trigger.oldMap.keySet()), 'DELETE');
}
