-- The org id stays: links belong to it, and only a person may say that they belong to another org.
UPDATE retail_sync_connection
   SET sf_login_url = NULL,
       sf_instance_url = NULL
 WHERE system = 'salesforce';
