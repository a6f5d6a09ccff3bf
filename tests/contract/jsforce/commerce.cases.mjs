// Checklist items 55-62: orders and what follows them, price books, opportunities, statuses, queues and storage.

import assert from 'node:assert/strict';
import { EXTERNAL_ID, config, connect, control, item, refused, seed } from './support.mjs';

const ORDER = 'ERP_Order__c';

async function catalogue(conn) {
  const { standard_pricebook: book } = await control('GET', 'stats');
  const product = (await conn.sobject('Product2').create({ Name: 'Shoe', ProductCode: 'S-1', IsActive: true })).id;
  const price = { Product2Id: product, UnitPrice: 50, IsActive: true };
  const entry = (await conn.sobject('PricebookEntry').create({ Pricebook2Id: book, ...price })).id;
  return { book, product, price, entry };
}

async function draft(conn, book) {
  const account = (await conn.sobject('Account').create({ Name: 'A' })).id;
  const fields = { AccountId: account, EffectiveDate: '2026-05-20', Status: 'Draft', Pricebook2Id: book };
  return (await conn.sobject('Order').create(fields)).id;
}

const opportunity = async (conn) =>
  (await conn.sobject('Opportunity').create({ Name: 'O', StageName: 'Prospecting', CloseDate: '2026-12-31' })).id;

item(55, 'objects of the package', async () => {
  const conn = await connect();
  await seed('Account', [{ Name: 'Rossi', [EXTERNAL_ID]: 'A-1' }]);
  const orders = conn.sobject(ORDER);
  const results = await orders.upsert(
    [
      { [EXTERNAL_ID]: 'O-1', Name: 'S001', Account__r: { [EXTERNAL_ID]: 'A-1' }, Lines__c: 'x'.repeat(131072) },
      { [EXTERNAL_ID]: 'O-2', Name: 'S002', Account__r: { [EXTERNAL_ID]: 'A-2' } },
      { [EXTERNAL_ID]: 'O-3', Name: 'S003', Lines__c: 'x'.repeat(131073) },
    ],
    EXTERNAL_ID,
    { allowRecursive: true },
  );
  assert.deepEqual(results.map(({ success }) => success), [true, false, false]);
  assert.match(results[1].errors[0].message, /^Foreign key external ID: A-2 not found/);
  assert.equal(results[2].errors[0].statusCode, 'STRING_TOO_LONG');
  const line = { Name: 'A', ERP_Order__r: { [EXTERNAL_ID]: 'O-1' } };
  await conn.sobject('ERP_Order_Line__c').create(line);
  const { records } = await conn.query(`SELECT Account__r.Name, (SELECT Name FROM ERP_Order_Lines__r) FROM ${ORDER}`);
  assert.equal(records[0].Account__r.Name, 'Rossi');
  assert.equal(records[0].ERP_Order_Lines__r.totalSize, 1);
  await config({ deployed: [] });
  await refused(conn.query(`SELECT Id FROM ${ORDER}`), 'INVALID_TYPE');
});

item(56, 'prices', async () => {
  const conn = await connect();
  const { price, product, entry } = await catalogue(conn);
  const entries = conn.sobject('PricebookEntry');
  const outlet = (await conn.sobject('Pricebook2').create({ Name: 'Outlet', IsActive: true })).id;
  const second = (await conn.sobject('Product2').create({ Name: 'Boot', IsActive: true })).id;
  await refused(
    entries.create({ ...price, Pricebook2Id: outlet, Product2Id: second }),
    'STANDARD_PRICE_NOT_DEFINED',
    /^Before creating a custom price, create a standard price\.$/,
  );
  const follower = (await entries.create({ ...price, Pricebook2Id: outlet, UseStandardPrice: true })).id;
  await refused(entries.create({ ...price, Pricebook2Id: outlet }), 'DUPLICATE_VALUE');
  await entries.update({ Id: entry, UnitPrice: 55 });
  assert.equal((await entries.retrieve(follower)).UnitPrice, 55);
  await refused(entries.update({ Id: follower, UnitPrice: 60, UseStandardPrice: false }), 'FIELD_INTEGRITY_EXCEPTION');
  await entries.update({ Id: follower, UseStandardPrice: false });
  await entries.update({ Id: follower, UnitPrice: 60 });
  await refused(entries.update({ Id: follower, Product2Id: product }), 'INVALID_FIELD_FOR_INSERT_UPDATE');
});

item(57, 'the life of an order', async () => {
  const conn = await connect();
  const { book, entry } = await catalogue(conn);
  const order = await draft(conn, book);
  const orders = conn.sobject('Order');
  const items = conn.sobject('OrderItem');
  await refused(orders.update({ Id: order, Status: 'Activated' }), 'FAILED_ACTIVATION');
  const fields = { OrderId: order, PricebookEntryId: entry, Quantity: 2, UnitPrice: 50 };
  const made = (await items.create(fields)).id;
  await items.update({ Id: made, Quantity: 4 });
  assert.equal((await items.retrieve(made)).UnitPrice, 25);
  await orders.update({ Id: order, Status: 'Activated' });
  assert.equal((await orders.retrieve(order)).StatusCode, 'Activated');
  await refused(items.destroy(made), 'FIELD_INTEGRITY_EXCEPTION');
  await refused(items.create(fields), 'FIELD_INTEGRITY_EXCEPTION');
  const other = (await conn.sobject('Account').create({ Name: 'B' })).id;
  await refused(orders.update({ Id: order, AccountId: other }), 'FIELD_INTEGRITY_EXCEPTION');
});

item(58, 'opportunities', async () => {
  const conn = await connect();
  const { book, entry } = await catalogue(conn);
  const made = await opportunity(conn);
  const line = { OpportunityId: made, PricebookEntryId: entry, Quantity: 2, UnitPrice: 50, Discount: 10 };
  await conn.sobject('OpportunityLineItem').create(line);
  await conn.sobject('Opportunity').update({ Id: made, StageName: 'Closed Won' });
  const { records } = await conn.query(
    'SELECT IsWon, Amount, Pricebook2Id, (SELECT PricebookEntry.Product2.ProductCode FROM OpportunityLineItems) ' +
      'FROM Opportunity WHERE IsWon = true',
  );
  const [head] = records;
  assert.deepEqual([head.IsWon, head.Amount, head.Pricebook2Id], [true, 90, book]);
  assert.equal(head.OpportunityLineItems.records[0].PricebookEntry.Product2.ProductCode, 'S-1');
});

item(59, 'what statuses mean', async () => {
  const conn = await connect();
  await config({ case_statuses: { Neu: false, Erledigt: true }, order_statuses: { Entwurf: 'Draft', Frei: 'Activated' } });
  const codes = (await conn.query('SELECT ApiName, StatusCode FROM OrderStatus ORDER BY SortOrder')).records;
  assert.deepEqual(codes.map((row) => [row.ApiName, row.StatusCode]), [['Entwurf', 'Draft'], ['Frei', 'Activated']]);
  const closing = (await conn.query('SELECT ApiName FROM CaseStatus WHERE IsClosed = true')).records[0].ApiName;
  const { id } = await conn.sobject('Case').create({ Subject: 'Late', Status: closing });
  assert.equal((await conn.sobject('Case').retrieve(id)).IsClosed, true);
});

async function queue() {
  const [group] = await seed('Group', [{ Name: 'Orders', DeveloperName: 'Orders', Type: 'Queue' }]);
  await seed('QueueSobject', [{ QueueId: group, SobjectType: 'Case' }]);
  return group;
}

item(60, 'queues', async () => {
  const conn = await connect();
  const group = await queue();
  const cases = conn.sobject('Case');
  const headers = { 'Sforce-Auto-Assign': 'FALSE' };
  const { id } = await cases.create({ Subject: 'Late', OwnerId: group }, { headers });
  assert.equal((await cases.retrieve(id)).OwnerId, group);
  const wrong = { Name: 'O', StageName: 'Prospecting', CloseDate: '2026-12-31', OwnerId: group };
  await refused(conn.sobject('Opportunity').create(wrong), 'INVALID_OPERATION');
});

item(61, 'assignment by default', async () => {
  const conn = await connect();
  const group = await queue();
  await config({ assignment_rules: { Case: 'Orders' } });
  const cases = conn.sobject('Case');
  const owner = async (id) => (await cases.retrieve(id)).OwnerId;
  const headers = { 'Sforce-Auto-Assign': 'FALSE' };
  const mine = (await cases.create({ Subject: 'Mine' }, { headers })).id;
  assert.notEqual(await owner(mine), group);
  assert.equal(await owner((await cases.create({ Subject: 'Ruled' })).id), group);
  await cases.update({ Id: mine, Priority: 'High' }, { headers });
  assert.notEqual(await owner(mine), group);
  await cases.update({ Id: mine, Priority: 'Low' });
  assert.equal(await owner(mine), group);
});

item(62, 'storage', async () => {
  const conn = await connect();
  const { book, entry } = await catalogue(conn);
  const order = await draft(conn, book);
  await conn.sobject('OrderItem').create({ OrderId: order, PricebookEntryId: entry, Quantity: 2, UnitPrice: 50 });
  assert.equal((await control('GET', 'storage')).used, 2 * 2048);
  await config({ data_storage_mb: 0 });
  assert.deepEqual((await conn.limits()).DataStorageMB, { Max: 0, Remaining: 0 });
  await refused(conn.sobject('Account').create({ Name: 'B' }), 'STORAGE_LIMIT_EXCEEDED', /^storage limit exceeded$/);
});
