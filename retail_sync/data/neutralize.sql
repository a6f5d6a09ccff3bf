-- A copy of the database must not speak to the platforms of the original, nor hold its secrets.
UPDATE retail_sync_connection
   SET credential_secrets = NULL,
       credential_values = NULL,
       event_token = NULL,
       event_token_previous = NULL,
       event_key = NULL,
       event_key_previous = NULL,
       state = 'draft';
UPDATE retail_sync_call_guard
   SET access_token = NULL,
       token_data = NULL;
-- Loads that were under way must not go on in the copy.
UPDATE retail_sync_run
   SET state = 'cancelled'
 WHERE state IN ('pending', 'running');
UPDATE queue_job
   SET state = 'cancelled'
 WHERE state IN ('wait_dependencies', 'pending', 'enqueued', 'started')
   AND model_name LIKE 'retail.sync.%';
UPDATE ir_cron
   SET active = false
 WHERE id IN (SELECT res_id FROM ir_model_data WHERE module = 'retail_sync' AND model = 'ir.cron');
