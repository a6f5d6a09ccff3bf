-- A copy of the database must not answer the ticket desks of the original: their secrets open nothing in it.
DELETE FROM res_users_apikeys
 WHERE scope = 'retail_sync.agent';
UPDATE retail_sync_api_key
   SET apikey_id = NULL,
       former_apikey_id = NULL,
       former_until = NULL;
