-- A copy of the database must not answer the ticket desks of the original: their secrets open nothing in it.
DELETE FROM res_users_apikeys
 WHERE scope = 'retail_sync.agent';
UPDATE retail_sync_api_key
   SET apikey_id = NULL,
       former_apikey_id = NULL,
       former_until = NULL;
-- A copy must not renew the consent of the original, nor know what it used of the desk's limits.
DELETE FROM retail_sync_desk_grant;
DELETE FROM retail_sync_desk_window;
UPDATE ir_cron
   SET active = false
 WHERE id IN (SELECT res_id FROM ir_model_data WHERE module = 'retail_sync_helpdesk' AND model = 'ir.cron');
