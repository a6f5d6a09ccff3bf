// Checklist items 44, 45 and 48-53: limits, faults, merge, person accounts, events, sharing, users, clock.

import assert from 'node:assert/strict';
import {
  EXTERNAL_ID,
  advance,
  config,
  connect,
  control,
  fault,
  freeze,
  item,
  lastAnswer,
  lastNames,
  merge,
  org,
  refused,
  seed,
} from './support.mjs';

item(44, 'limit info and limits', async () => {
  const conn = await connect();
  await conn.query('SELECT Id FROM Contact');
  const { used, limit } = conn.limitInfo.apiUsage;
  assert.match(lastAnswer(conn).headers['sforce-limit-info'], /^api-usage=\d+\/\d+/);
  await conn.sobject('Contact').create({ LastName: 'A' });
  assert.deepEqual(conn.limitInfo.apiUsage, { used: used + 1, limit });
  const limits = await conn.limits();
  assert.deepEqual(limits.DailyApiRequests, { Max: limit, Remaining: limit - conn.limitInfo.apiUsage.used });
  assert.equal(conn.limitInfo.apiUsage.used, used + 2);
});

item(45, 'limits reached, 503, dropped connections', async () => {
  const conn = await connect();
  const contacts = conn.sobject('Contact');
  await config({ daily_limit: 1000, used_calls: 1000 });
  await refused(contacts.create({ LastName: 'A' }), 'REQUEST_LIMIT_EXCEEDED', /^TotalRequests Limit exceeded\.$/);
  assert.equal(lastAnswer(conn).statusCode, 403);
  await config({ daily_limit: 100000, used_calls: 0 });
  await fault({ object: 'Contact' }, { kind: 'concurrent' });
  await refused(
    contacts.create({ LastName: 'A' }),
    'REQUEST_LIMIT_EXCEEDED',
    /^ConcurrentRequests \(Concurrent API Requests\) Limit exceeded\.$/,
  );
  await fault(
    { object: 'Contact' },
    { kind: 'status', status: 503, error_code: 'SERVER_UNAVAILABLE', message: 'Server Unavailable' },
  );
  await refused(contacts.create({ LastName: 'A' }), 'SERVER_UNAVAILABLE', /^Server Unavailable$/);
  await fault({ object: 'Contact' }, { kind: 'html', status: 503 });
  await refused(contacts.create({ LastName: 'A' }), 'ERROR_HTTP_503', /html/i);
  // jsforce repeats a GET automatically: a 503 and a dropped connection are ridden out.
  await fault(
    { path: '/query' },
    { kind: 'status', status: 503, error_code: 'SERVER_UNAVAILABLE', message: 'Server Unavailable' },
  );
  await fault({ path: '/query' }, { kind: 'drop' });
  assert.deepEqual(await lastNames(conn), []);
  const write = () => contacts.upsert({ [EXTERNAL_ID]: 'C-1', LastName: 'Rossi' }, EXTERNAL_ID);
  await fault({ method: 'PATCH', object: 'Contact' }, { kind: 'drop_after_commit' });
  await assert.rejects(write());
  assert.deepEqual(await lastNames(conn), ['Rossi']);
  assert.equal((await write()).created, false);
  assert.deepEqual(await lastNames(conn), ['Rossi']);
});

item(48, 'merge', async () => {
  const [winner, loser] = await seed('Account', [{ Name: 'Rossi Srl' }, { Name: 'Rosi' }]);
  const [child] = await seed('Contact', [{ LastName: 'Rossi', AccountId: loser }]);
  await merge('Account', winner, [loser]);
  const conn = await connect();
  await refused(conn.sobject('Account').retrieve(loser), 'ENTITY_IS_DELETED');
  const { records } = await conn.query('SELECT Id, MasterRecordId FROM Account WHERE IsDeleted = true', {
    scanAll: true,
  });
  assert.deepEqual(
    records.map((row) => [row.Id, row.MasterRecordId]),
    [[loser, winner]],
  );
  assert.equal((await conn.sobject('Contact').retrieve(child)).AccountId, winner);
});

item(49, 'person accounts', async () => {
  await config({ person_accounts: true });
  const conn = await connect();
  const type = await conn.sobject('RecordType').findOne({ SobjectType: 'Account', IsPersonType: true }, ['Id']);
  const made = await conn
    .sobject('Account')
    .create({ FirstName: 'Anna', LastName: 'Rossi', PersonEmail: 'anna@rossi.it', RecordTypeId: type.Id });
  const account = await conn.sobject('Account').retrieve(made.id);
  assert.deepEqual([account.IsPersonAccount, account.Name], [true, 'Anna Rossi']);
  const contact = await conn.sobject('Contact').retrieve(account.PersonContactId);
  assert.deepEqual([contact.IsPersonAccount, contact.AccountId, contact.Email], [true, made.id, 'anna@rossi.it']);
  await assert.rejects(conn.sobject('Contact').update({ Id: contact.Id, Email: 'other@rossi.it' }));
  await assert.rejects(conn.sobject('Contact').destroy(contact.Id));
  await refused(conn.sobject('Account').update({ Id: made.id, Name: 'x' }), 'INVALID_FIELD_FOR_INSERT_UPDATE');
});

item(50, 'platform event', async () => {
  const conn = await connect();
  const made = await conn.sobject('ERP_Sync__e').create({ Payload__c: '{"order":1}' });
  assert.equal(lastAnswer(conn).statusCode, 201);
  assert.match(made.id, /^e01\w{15}$/);
  assert.equal(made.success, true);
  assert.equal(made.errors.length, 1);
  assert.equal(made.errors[0].statusCode, 'OPERATION_ENQUEUED');
  assert.match(made.errors[0].message, /^[0-9a-f-]{36}$/);
  await refused(conn.sobject('ERP_Sync__e').create({ Nothing__c: 'x' }), 'INVALID_FIELD');
  await refused(conn.query('SELECT Payload__c FROM ERP_Sync__e'), 'INVALID_TYPE');
});

item(51, 'sharing', async () => {
  await freeze('2026-05-20T12:00:00Z');
  const [hidden, shown] = await seed('Account', [{ Name: 'Hidden' }, { Name: 'Shown' }]);
  await config({ sharing: { Account: [hidden] }, latest_date_covered_lag_seconds: 0 });
  const conn = await connect();
  const accounts = conn.sobject('Account');
  assert.deepEqual(
    (await accounts.find({}, ['Id'])).map((row) => row.Id),
    [shown],
  );
  await refused(accounts.retrieve(hidden), 'NOT_FOUND');
  await advance(300);
  assert.deepEqual((await accounts.updated('2026-05-20T12:00:00Z', '2026-05-20T12:04:00Z')).ids, [shown]);
  for (const id of [hidden, shown]) await control('POST', 'delete', { object: 'Account', id });
  await advance(300);
  const window = ['2026-05-20T12:00:00Z', '2026-05-20T12:10:00Z'];
  assert.deepEqual(
    (await accounts.deleted(...window)).deletedRecords.map((record) => record.id),
    [shown],
  );
});

item(52, 'who wrote it', async () => {
  const conn = await connect();
  const me = conn.userInfo.id;
  const made = await conn.sobject('Contact').create({ LastName: 'Rossi' });
  const writer = async () => (await conn.sobject('Contact').retrieve(made.id)).LastModifiedById;
  assert.equal(await writer(), me);
  await control('POST', 'edit', { object: 'Contact', id: made.id, fields: { Phone: '1' }, user: 'human' });
  assert.notEqual(await writer(), me);
  await conn.sobject('Contact').update({ Id: made.id, Phone: '2' });
  assert.equal(await writer(), me);
  const username = (await conn.sobject('User').retrieve(me)).Username;
  assert.equal(username, org.username);
});

item(53, 'clock', async () => {
  await freeze('2027-01-31T23:59:50Z');
  const conn = await connect();
  await conn.sobject('Contact').create({ LastName: 'A' });
  await advance(15);
  const made = await conn.sobject('Contact').create({ LastName: 'B' });
  assert.equal((await conn.sobject('Contact').retrieve(made.id)).CreatedDate, '2027-02-01T00:00:05.000+0000');
  assert.deepEqual(await lastNames(conn, 'WHERE CreatedDate = TODAY'), ['B']);
  assert.deepEqual(await lastNames(conn, 'WHERE SystemModstamp < 2027-02-01T00:00:00Z'), ['A']);
});
