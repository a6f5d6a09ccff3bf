-- A copy of the database must not speak to the platforms of the original, nor hold its secrets, nor know where they are.
UPDATE retail_sync_connection
   SET credential_secrets = NULL,
       credential_values = NULL,
       event_token = NULL,
       event_token_previous = NULL,
       event_key = NULL,
       event_key_previous = NULL,
       base_url = NULL,
       ca_bundle = NULL,
       environment = 'sandbox',
       state = 'draft';
-- The copy may be connected to a platform of its own: it is no copy of what that connection will be about.
UPDATE retail_sync_call_guard
   SET access_token = NULL,
       token_data = NULL,
       token_fingerprint = NULL,
       fault_fingerprint = NULL,
       database_seal = NULL,
       breaker_state = 'closed',
       forced = '',
       reason = NULL,
       fault_class = NULL,
       fault_code = NULL;
-- What waits for the platform of the original must not go to another one later.
DELETE FROM retail_sync_change;
UPDATE retail_sync_message
   SET state = 'ignored',
       claim = NULL,
       resolution = 'Neutralized copy',
       resolved_at = now() AT TIME ZONE 'UTC'
 WHERE direction = 'out'
   AND state IN ('pending', 'parked', 'sending', 'retrying', 'unknown');
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
