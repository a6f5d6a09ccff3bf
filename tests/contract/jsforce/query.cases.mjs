// Checklist items 8-17: paging, locators, the shape of rows, value formats, SOQL.

import assert from 'node:assert/strict';
import {
  DATA,
  DATETIME,
  EXTERNAL_ID,
  addFields,
  advance,
  allPages,
  config,
  connect,
  fault,
  item,
  lastAnswer,
  lastNames,
  merge,
  people,
  post,
  refused,
  seed,
} from './support.mjs';

const batch = (size) => ({ headers: { 'Sforce-Query-Options': `batchSize=${size}` } });

item(8, 'pages of 2000, batchSize, server returns fewer; autoFetch', async () => {
  await seed('Contact', people(4100));
  const conn = await connect();
  const pages = await allPages(conn, 'SELECT Id FROM Contact');
  assert.deepEqual(
    pages.map((page) => page.records.length),
    [2000, 2000, 100],
  );
  assert.ok(pages.every((page) => page.totalSize === 4100));
  const first = await conn.query('SELECT Id FROM Contact', batch(300));
  assert.deepEqual([first.records.length, first.done], [300, false]);
  await config({ page_size_cap: 900 });
  const rows = await conn.sobject('Contact').find({}, ['Id']).execute({ autoFetch: true, maxFetch: 10000 });
  assert.equal(rows.length, 4100);
  assert.equal(new Set(rows.map((row) => row.Id)).size, 4100);
});

item(9, 'nextRecordsUrl; queryAll pages through /query/', async () => {
  const ids = await seed('Contact', people(450));
  const conn = await connect();
  const deletions = await conn.sobject('Contact').destroy(ids.slice(0, 50));
  assert.ok(deletions.every((deletion) => deletion.success));
  const soql = 'SELECT Id FROM Contact ORDER BY Id';
  const first = await conn.request({
    method: 'GET',
    url: `${DATA}/queryAll?q=${encodeURIComponent(soql)}`,
    headers: batch(200).headers,
  });
  assert.ok(first.nextRecordsUrl.startsWith(`${DATA}/query/`));
  const second = await conn.request(first.nextRecordsUrl);
  const third = await conn.request(second.nextRecordsUrl);
  assert.deepEqual([third.done, 'nextRecordsUrl' in third], [true, false]);
  assert.deepEqual(
    [first, second, third].flatMap((page) => page.records.map((row) => row.Id)),
    [...ids].sort(),
  );
  assert.equal((await conn.query(soql, { scanAll: true, autoFetch: true, ...batch(200) })).records.length, 450);
  assert.equal((await conn.query(soql, { autoFetch: true, ...batch(200) })).records.length, 400);
});

item(10, 'locator expiry', async () => {
  await seed('Contact', people(450));
  const conn = await connect();
  const page = await conn.query('SELECT Id FROM Contact', batch(200));
  await advance(49 * 3600);
  await refused(conn.queryMore(page.nextRecordsUrl), 'INVALID_QUERY_LOCATOR');
  const again = await conn.query('SELECT Id FROM Contact', batch(200));
  await fault({ path: '/query/' }, { kind: 'expire_locators' });
  await refused(conn.queryMore(again.nextRecordsUrl), 'INVALID_QUERY_LOCATOR');
});

item(11, 'shape of rows, parents and children', async () => {
  const [account] = await seed('Account', [{ Name: 'Rossi Srl' }]);
  await seed('Contact', [{ LastName: 'Alone' }, { LastName: 'Rossi', AccountId: account }]);
  const conn = await connect();
  const rows = await conn.sobject('Contact').find({}, 'Id, LastName, Email, DoNotCall, Account.Name').sort('LastName');
  assert.deepEqual(
    rows.map((row) => row.LastName),
    ['Alone', 'Rossi'],
  );
  for (const row of rows) {
    assert.deepEqual(row.attributes, { type: 'Contact', url: `${DATA}/sobjects/Contact/${row.Id}` });
    assert.deepEqual([row.Email, row.DoNotCall], [null, false]);
  }
  assert.equal(rows[0].Account, null);
  assert.deepEqual(rows[1].Account.attributes, { type: 'Account', url: `${DATA}/sobjects/Account/${account}` });
  const parents = await conn
    .sobject('Account')
    .select('Id, Name')
    .include('Contacts')
    .select('Id, LastName')
    .end()
    .include('Cases')
    .select('Id')
    .end();
  assert.deepEqual([parents[0].Contacts.totalSize, parents[0].Contacts.done, parents[0].Cases], [1, true, null]);
  assert.equal(parents[0].Contacts.records[0].LastName, 'Rossi');
  await seed('Contact', people(150, { AccountId: account }));
  await config({ page_size_cap: 60 });
  const whole = await conn.query('SELECT Id, (SELECT Id FROM Contacts) FROM Account', { autoFetch: true });
  assert.equal(new Set(whole.records[0].Contacts.records.map((row) => row.Id)).size, 151);
});

item(12, 'COUNT() and aggregates', async () => {
  await seed(
    'Account',
    [1, 2, 3].map((n) => ({ Name: `A${n}`, Industry: 'Retail', AnnualRevenue: n * 100 })),
  );
  const conn = await connect();
  assert.equal(await conn.sobject('Account').count({ Industry: 'Retail' }), 3);
  assert.deepEqual(await conn.request(`${DATA}/query?q=SELECT+COUNT()+FROM+Account`), {
    totalSize: 3,
    done: true,
    records: [],
  });
  const counted = await conn.query('SELECT COUNT(Id) FROM Account');
  assert.deepEqual(counted.records, [{ attributes: { type: 'AggregateResult' }, expr0: 3 }]);
  const grouped = await conn.query(
    'SELECT Industry, SUM(AnnualRevenue) total, MAX(AnnualRevenue) top FROM Account GROUP BY Industry',
  );
  assert.deepEqual(grouped.records, [
    { attributes: { type: 'AggregateResult' }, Industry: 'Retail', total: 600, top: 300 },
  ]);
});

item(13, 'datetimes out and in', async () => {
  await addFields('Contact', { name: 'Last_Seen__c', type: 'datetime' });
  const conn = await connect();
  for (const written of ['2026-05-20T09:44:32Z', '2026-05-20T09:44:32+00:00', '2026-05-20T09:44:32+0000']) {
    const made = await conn.sobject('Contact').create({ LastName: 'Seen', Last_Seen__c: written });
    const row = await conn.sobject('Contact').retrieve(made.id);
    assert.equal(row.Last_Seen__c, '2026-05-20T09:44:32.000+0000');
    assert.match(row.SystemModstamp, DATETIME);
    assert.equal((await lastNames(conn, `WHERE Id = '${made.id}' AND Last_Seen__c = ${written}`)).length, 1);
  }
  assert.equal((await lastNames(conn, 'WHERE Last_Seen__c < 2026-05-20T09:44:33Z AND CreatedDate = TODAY')).length, 3);
});

item(14, 'conditions as the query builder writes them', async () => {
  await addFields('Contact', { name: 'Rank__c', type: 'double', precision: 18, scale: 0 });
  const rows = [
    ['Bianchi', 'Anna', 3],
    ['Colombo', 'Bruno', 1],
    ["D'Angelo", 'Carla', 2],
    ['Esposito', 'Anna', null],
  ];
  await seed(
    'Contact',
    rows.map(([LastName, FirstName, Rank__c]) => ({ LastName, FirstName, Rank__c })),
  );
  const conn = await connect();
  const cases = [
    [{ LastName: 'Bianchi' }, ['Bianchi']],
    [{ LastName: "D'Angelo" }, ["D'Angelo"]],
    [{ LastName: { $ne: 'Bianchi' } }, ['Colombo', "D'Angelo", 'Esposito']],
    [{ Rank__c: { $gte: 2 } }, ['Bianchi', "D'Angelo"]],
    [{ Rank__c: { $lt: 2 } }, ['Colombo']],
    [{ Rank__c: null }, ['Esposito']],
    [{ Rank__c: { $exists: true } }, ['Bianchi', 'Colombo', "D'Angelo"]],
    [{ LastName: { $like: '%o' } }, ['Colombo', "D'Angelo", 'Esposito']],
    [{ LastName: { $nlike: '%o' } }, ['Bianchi']],
    [{ LastName: { $in: ['Bianchi', 'Colombo', 'Nobody'] } }, ['Bianchi', 'Colombo']],
    [{ LastName: { $nin: ['Bianchi', 'Colombo'] } }, ["D'Angelo", 'Esposito']],
    [{ $or: [{ FirstName: 'Anna' }, { Rank__c: 1 }] }, ['Bianchi', 'Colombo', 'Esposito']],
    [{ $and: [{ FirstName: 'Anna' }, { $or: [{ Rank__c: 3 }, { Rank__c: 1 }] }] }, ['Bianchi']],
    [{ $not: { FirstName: 'Anna' } }, ['Colombo', "D'Angelo"]],
  ];
  for (const [condition, expected] of cases) {
    const found = await conn.sobject('Contact').find(condition, ['LastName']).sort('LastName');
    assert.deepEqual(
      found.map((row) => row.LastName),
      expected,
      JSON.stringify(condition),
    );
  }
  const sorted = await conn
    .sobject('Contact')
    .find({ Rank__c: { $ne: null } }, ['LastName'])
    .sort({ FirstName: 1, LastName: -1 })
    .limit(2)
    .skip(1);
  assert.deepEqual(
    sorted.map((row) => row.LastName),
    ['Colombo', "D'Angelo"],
  );
});

item(15, 'refused queries', async () => {
  const conn = await connect();
  await refused(conn.query('SELEC Id FROM Contact'), 'MALFORMED_QUERY');
  await refused(conn.query('SELECT Id FROM NoSuchThing'), 'INVALID_TYPE');
  await refused(conn.query('SELECT Id FROM Contact LIMIT 5 OFFSET 2001'), 'NUMBER_OUTSIDE_VALID_RANGE');
  const unknown = await refused(
    conn.query('SELECT Id, FullName FROM Account'),
    'INVALID_FIELD',
    /No such column 'FullName' on entity 'Account'/,
  );
  await config({ fls: { Account: { hidden: ['Industry'] } } });
  const hidden = await refused(conn.query('SELECT Id, Industry FROM Account'), 'INVALID_FIELD');
  assert.equal(hidden.message.replaceAll('Industry', 'FullName'), unknown.message);
});

item(16, 'queryAll shows deleted rows and merge losers', async () => {
  const [winner, loser, gone] = await seed('Contact', people(3));
  const conn = await connect();
  await conn.sobject('Contact').destroy(gone);
  await merge('Contact', winner, [loser]);
  const soql = 'SELECT Id, IsDeleted, MasterRecordId FROM Contact';
  assert.deepEqual(
    (await conn.query(soql)).records.map((row) => row.Id),
    [winner],
  );
  const rows = Object.fromEntries((await conn.query(soql, { scanAll: true })).records.map((row) => [row.Id, row]));
  assert.deepEqual([rows[gone].IsDeleted, rows[gone].MasterRecordId], [true, null]);
  assert.deepEqual([rows[loser].IsDeleted, rows[loser].MasterRecordId], [true, winner]);
  assert.equal(rows[winner].IsDeleted, false);
});

item(17, '414 and 431', async () => {
  const conn = await connect();
  const keys = Array.from({ length: 1500 }, (_, i) => `'${String(i).padStart(20, '0')}'`);
  const soql = `SELECT Id FROM Contact WHERE ${EXTERNAL_ID} IN (${keys})`;
  await assert.rejects(Promise.resolve(conn.query(soql)));
  assert.equal(lastAnswer(conn).statusCode, 414);
  await assert.rejects(
    Promise.resolve(conn.query('SELECT Id FROM Contact', { headers: { 'X-Padding': 'x'.repeat(17000) } })),
  );
  assert.equal(lastAnswer(conn).statusCode, 431);
  const url = `${DATA}/query?q=${encodeURIComponent(soql)}`;
  const whole = await post(conn, `${DATA}/composite`, {
    compositeRequest: [{ method: 'GET', url, referenceId: 'long' }],
  });
  assert.equal(whole.compositeResponse[0].httpStatusCode, 200);
});
