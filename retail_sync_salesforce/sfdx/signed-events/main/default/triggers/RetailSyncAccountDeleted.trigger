/** Reports deleted accounts to Odoo at once. Merges come as deletions, and Odoo reads who remains. */
trigger RetailSyncAccountDeleted on Account (after delete) {
    RetailSyncEvents.enqueue(new List<Id>(Trigger.oldMap.keySet()), 'DELETE');
}
