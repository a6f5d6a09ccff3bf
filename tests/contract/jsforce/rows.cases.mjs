// Checklist items 18-24: create, read, update, delete, upsert, keys and ids.

import assert from 'node:assert/strict';
import {
  DATA,
  EXTERNAL_ID,
  addFields,
  connect,
  id18,
  item,
  lastAnswer,
  lastNames,
  merge,
  post,
  refused,
  seed,
} from './support.mjs';

const CONTACT = 'Contact';

item(18, 'create, retrieve, update, destroy', async () => {
  const conn = await connect();
  const made = await conn.sobject(CONTACT).create({ LastName: 'Rossi', Phone: '1' });
  assert.equal(lastAnswer(conn).statusCode, 201);
  assert.deepEqual(made, { id: made.id, success: true, errors: [] });
  await conn.sobject(CONTACT).update({ Id: made.id, Phone: null });
  assert.deepEqual([lastAnswer(conn).statusCode, lastAnswer(conn).body], [204, '']);
  const row = await conn.sobject(CONTACT).retrieve(made.id);
  assert.deepEqual([row.Id, row.LastName, row.Phone, row.attributes.type], [made.id, 'Rossi', null, CONTACT]);
  await conn.sobject(CONTACT).destroy(made.id);
  assert.equal(lastAnswer(conn).statusCode, 204);
  assert.deepEqual(await lastNames(conn), []);
  await post(conn, `${DATA}/sobjects/Contact/`, { LastName: 'Slash' });
  assert.equal(lastAnswer(conn).statusCode, 201);
  assert.equal((await conn.request(`${DATA}/query/?q=SELECT+Id+FROM+Contact`)).totalSize, 1);
  assert.equal((await conn.sobject(CONTACT).recent()).length <= 200, true);
});

item(19, 'unknown, deleted and merged rows', async () => {
  const [gone, winner, loser] = await seed(
    CONTACT,
    ['A', 'B', 'C'].map((LastName) => ({ LastName })),
  );
  const conn = await connect();
  const contacts = conn.sobject(CONTACT);
  const never = id18('003000000000ZZZ');
  await refused(contacts.retrieve(never), 'NOT_FOUND');
  await refused(contacts.update({ Id: never, Phone: '1' }), 'NOT_FOUND');
  await refused(contacts.destroy(never), 'NOT_FOUND');
  await contacts.destroy(gone);
  await merge(CONTACT, winner, [loser]);
  for (const id of [gone, loser]) {
    await refused(contacts.retrieve(id), 'ENTITY_IS_DELETED', /^entity is deleted$/);
    await refused(contacts.update({ Id: id, Phone: '1' }), 'ENTITY_IS_DELETED');
    await refused(contacts.destroy(id), 'ENTITY_IS_DELETED');
    assert.equal(lastAnswer(conn).statusCode, 404);
  }
});

item(20, 'upsert by external id', async () => {
  await addFields(CONTACT, {
    name: 'Loyalty_No__c',
    type: 'string',
    length: 20,
    externalId: true,
    idLookup: true,
    unique: false,
  });
  const conn = await connect();
  const upsert = (fields, client = conn) =>
    client.sobject(CONTACT).upsert({ [EXTERNAL_ID]: 'C-77', ...fields }, EXTERNAL_ID);
  const made = await upsert({ LastName: 'Rossi' });
  assert.deepEqual(
    [lastAnswer(conn).statusCode, made],
    [201, { id: made.id, success: true, errors: [], created: true }],
  );
  const again = await upsert({ Phone: '1' });
  assert.deepEqual(
    [lastAnswer(conn).statusCode, again],
    [200, { id: made.id, success: true, errors: [], created: false }],
  );
  const old = await connect('45.0');
  await upsert({ Phone: '2' }, old);
  assert.deepEqual([lastAnswer(old).statusCode, lastAnswer(old).body], [204, '']);
  await refused(conn.sobject(CONTACT).upsert({ Foo__c: '1', LastName: 'x' }, 'Foo__c'), 'NOT_FOUND', /Foo__c$/);
  const twins = await seed(
    CONTACT,
    [1, 2].map((n) => ({ LastName: `Twin ${n}`, Loyalty_No__c: 'L1' })),
  );
  const several = await refused(
    conn.sobject(CONTACT).upsert({ Loyalty_No__c: 'L1', Phone: '1' }, 'Loyalty_No__c'),
    'MULTIPLE_CHOICES',
  );
  assert.deepEqual([...several.data].sort(), twins.map((id) => `${DATA}/sobjects/Contact/${id}`).sort());
});

item(21, 'percent-decoding of external ids', async () => {
  const conn = await connect();
  for (const value of ['a/b', 'a b', 'a+b', 'a%2Fb', 'ü-漢-é', 'x?y=z#w', '50%', 'dot.json']) {
    // jsforce puts the key into the path as it is, so the caller encodes it.
    const url = `${DATA}/sobjects/Contact/${EXTERNAL_ID}/${encodeURIComponent(value)}`;
    const body = JSON.stringify({ LastName: 'Rossi' });
    const made = await conn.request({ method: 'PATCH', url, body, headers: { 'content-type': 'application/json' } });
    assert.equal(made.created, true, value);
    assert.equal((await conn.request(url))[EXTERNAL_ID], value);
    assert.equal((await conn.sobject(CONTACT).findOne({ [EXTERNAL_ID]: value }, ['Id'])).Id, made.id);
  }
});

item(22, 'Id or key field in the upsert body', async () => {
  const [contact] = await seed(CONTACT, [{ LastName: 'Rossi', [EXTERNAL_ID]: 'C-1' }]);
  const conn = await connect();
  await refused(
    conn.sobject(CONTACT).upsert({ [EXTERNAL_ID]: 'C-1', Id: contact, Phone: '1' }, EXTERNAL_ID),
    'INVALID_FIELD',
  );
  const url = `${DATA}/sobjects/Contact/${EXTERNAL_ID}/C-1`;
  await refused(conn.requestPatch(url, { [EXTERNAL_ID]: 'C-1', Phone: '1' }), 'INVALID_FIELD');
  assert.equal((await conn.sobject(CONTACT).retrieve(contact)).Phone, null);
});

item(23, 'parent by external id', async () => {
  const [account] = await seed('Account', [{ Name: 'Rossi Srl', [EXTERNAL_ID]: '55' }]);
  const conn = await connect();
  const made = await conn.sobject(CONTACT).create({ LastName: 'Rossi', Account: { [EXTERNAL_ID]: '55' } });
  assert.equal((await conn.sobject(CONTACT).retrieve(made.id)).AccountId, account);
  const orphan = conn.sobject(CONTACT).create({ LastName: 'Orphan', Account: { [EXTERNAL_ID]: '56' } });
  await refused(
    orphan,
    'INVALID_FIELD',
    new RegExp(`^Foreign key external ID: 56 not found for field ${EXTERNAL_ID} in entity Account$`),
  );
  assert.deepEqual(await lastNames(conn), ['Rossi']);
});

item(24, 'ids of 15 and 18 characters', async () => {
  assert.equal(id18('001D000000ISUr3'), '001D000000ISUr3IAH');
  const conn = await connect();
  const account = (await conn.sobject('Account').create({ Name: 'A' })).id;
  const short = account.slice(0, 15);
  assert.deepEqual([account, account.slice(0, 3)], [id18(short), '001']);
  assert.equal((await conn.sobject('Account').retrieve(short)).Id, account);
  const contact = (await conn.sobject(CONTACT).create({ LastName: 'C', AccountId: short })).id;
  assert.equal((await conn.sobject(CONTACT).retrieve(contact)).AccountId, account);
  assert.deepEqual(await lastNames(conn, `WHERE AccountId = '${short}'`), ['C']);
  const objects = Object.fromEntries(
    (await conn.describeGlobal()).sobjects.map((entry) => [entry.name, entry.keyPrefix]),
  );
  assert.deepEqual(
    [objects.Account, objects.Contact, objects.Case, objects.Order, objects.Product2],
    ['001', '003', '500', '801', '01t'],
  );
});
