// Checklist items 25-29: addresses, system dates, describe, conditional access, replication.

import assert from 'node:assert/strict';
import { DATA, EXTERNAL_ID, advance, config, connect, freeze, item, lastAnswer, refused, seed } from './support.mjs';

item(25, 'compound addresses', async () => {
  const conn = await connect();
  const accounts = conn.sobject('Account');
  const made = await accounts.create({ Name: 'A', BillingCity: 'Udine', BillingCountry: 'Italy' });
  const row = await accounts.retrieve(made.id);
  assert.deepEqual(
    [row.BillingAddress.city, row.BillingAddress.country, row.BillingAddress.state, row.ShippingAddress],
    ['Udine', 'Italy', null, null],
  );
  await refused(
    accounts.update({ Id: made.id, BillingAddress: { city: 'Trieste' } }),
    'INVALID_FIELD_FOR_INSERT_UPDATE',
  );
  const has = async (name) => (await accounts.describe()).fields.some((field) => field.name === name);
  assert.equal(await has('BillingCountryCode'), false);
  await config({ state_country_picklists: true });
  assert.equal(await has('BillingCountryCode'), true);
  const coded = await accounts.create({ Name: 'B', BillingCountryCode: 'IT' });
  assert.equal((await accounts.retrieve(coded.id)).BillingAddress.countryCode, 'IT');
});

item(26, 'system dates move on each write', async () => {
  await freeze('2026-05-20T09:44:32Z');
  const conn = await connect();
  const made = await conn.sobject('Contact').create({ LastName: 'Rossi' });
  assert.equal((await conn.sobject('Contact').retrieve(made.id)).SystemModstamp, '2026-05-20T09:44:32.000+0000');
  await advance(5);
  await conn.sobject('Contact').update({ Id: made.id, Phone: '1' });
  const row = await conn.sobject('Contact').retrieve(made.id);
  assert.deepEqual(
    [row.CreatedDate, row.SystemModstamp, row.LastModifiedDate],
    ['2026-05-20T09:44:32.000+0000', '2026-05-20T09:44:37.000+0000', '2026-05-20T09:44:37.000+0000'],
  );
  await refused(
    conn.sobject('Contact').update({ Id: made.id, SystemModstamp: '2020-01-01T00:00:00Z' }),
    'INVALID_FIELD_FOR_INSERT_UPDATE',
  );
});

const FIELD_KEYS =
  `name label type soapType length byteLength precision scale digits nillable createable updateable custom externalId idLookup
  unique caseSensitive calculated calculatedFormula autoNumber defaultedOnCreate defaultValue filterable sortable groupable nameField
  namePointing restrictedPicklist dependentPicklist controllerName picklistValues referenceTo relationshipName relationshipOrder
  cascadeDelete restrictedDelete compoundFieldName permissionable deprecatedAndHidden encrypted htmlFormatted inlineHelpText`.split(
    /\s+/,
  );

item(27, 'describe', async () => {
  const conn = await connect();
  const { encoding, maxBatchSize, sobjects } = await conn.describeGlobal();
  assert.deepEqual([encoding, maxBatchSize], ['UTF-8', 200]);
  for (const entry of sobjects) assert.ok(entry.urls.describe.endsWith(`/sobjects/${entry.name}/describe`), entry.name);
  const described = await conn.sobject('Contact').describe();
  for (const field of described.fields) {
    assert.deepEqual(
      FIELD_KEYS.filter((key) => !(key in field)),
      [],
      field.name,
    );
  }
  const fields = Object.fromEntries(described.fields.map((field) => [field.name, field]));
  assert.deepEqual([fields.AccountId.referenceTo, fields.AccountId.relationshipName], [['Account'], 'Account']);
  assert.ok(fields[EXTERNAL_ID].externalId && fields[EXTERNAL_ID].idLookup && fields[EXTERNAL_ID].unique);
  assert.ok(Array.isArray(described.recordTypeInfos) && Array.isArray(described.childRelationships));
  await config({ fls: { Contact: { hidden: ['Title'], readonly: ['Phone'] } } });
  const limited = Object.fromEntries(
    (await conn.sobject('Contact').describe()).fields.map((field) => [field.name, field]),
  );
  assert.deepEqual(['Title' in limited, limited.Phone.updateable], [false, false]);
  const url = `${DATA}/sobjects/Account/describe`;
  await conn.request({ method: 'GET', url, headers: { 'If-Modified-Since': 'Wed, 20 May 2099 00:00:00 GMT' } });
  assert.deepEqual([lastAnswer(conn).statusCode, lastAnswer(conn).body], [304, '']);
});

item(28, 'ETag and If-Match on Account only', async () => {
  const conn = await connect();
  const account = (await conn.sobject('Account').create({ Name: 'A' })).id;
  const contact = (await conn.sobject('Contact').create({ LastName: 'C' })).id;
  await conn.sobject('Account').retrieve(account);
  const { etag } = lastAnswer(conn).headers;
  assert.ok(etag);
  const headers = { 'If-Match': etag };
  await conn.sobject('Account').update({ Id: account, Phone: '1' }, { headers });
  assert.equal(lastAnswer(conn).statusCode, 204);
  await assert.rejects(conn.sobject('Account').update({ Id: account, Phone: '2' }, { headers }));
  assert.equal(lastAnswer(conn).statusCode, 412);
  assert.equal((await conn.sobject('Account').retrieve(account)).Phone, '1');
  await conn.sobject('Account').retrieve(account, { headers: { 'If-None-Match': lastAnswer(conn).headers.etag } });
  assert.equal(lastAnswer(conn).statusCode, 304);
  await conn.sobject('Contact').retrieve(contact);
  assert.equal(lastAnswer(conn).headers.etag, undefined);
});

item(29, 'updated and deleted', async () => {
  const noon = new Date('2026-05-20T12:00:00Z');
  const at = (minutes) => new Date(noon.getTime() + minutes * 60_000);
  await freeze(noon.toISOString());
  await config({ latest_date_covered_lag_seconds: 60 });
  const conn = await connect();
  const contacts = conn.sobject('Contact');
  const [kept, gone] = await seed('Contact', [{ LastName: 'Kept' }, { LastName: 'Gone' }]);
  await advance(600);
  await contacts.destroy(gone);
  await advance(600);
  const updated = await contacts.updated(noon.toISOString(), at(20).toISOString());
  assert.deepEqual(updated, { ids: [kept], latestDateCovered: '2026-05-20T12:19:00.000+0000' });
  const deleted = await contacts.deleted(noon.toISOString(), at(20).toISOString());
  assert.deepEqual(deleted.deletedRecords, [{ id: gone, deletedDate: '2026-05-20T12:10:00.000+0000' }]);
  assert.deepEqual(
    [deleted.latestDateCovered, typeof deleted.earliestDateAvailable],
    ['2026-05-20T12:19:00.000+0000', 'string'],
  );
  assert.deepEqual((await contacts.deleted(noon.toISOString(), at(5).toISOString())).deletedRecords, []);
  // Seconds are cut off: 12:00:30 to 12:01:30 reads 12:00 to 12:01.
  assert.deepEqual((await contacts.updated(at(0.5).toISOString(), at(1.5).toISOString())).ids, [kept]);
  await refused(contacts.updated(noon.toISOString(), noon.toISOString()), 'INVALID_REPLICATION_DATE');
  await refused(contacts.updated(at(-31 * 1440).toISOString(), noon.toISOString()), 'INVALID_REPLICATION_DATE');
  await refused(contacts.deleted(at(-16 * 1440).toISOString(), noon.toISOString()), 'INVALID_REPLICATION_DATE');
});
