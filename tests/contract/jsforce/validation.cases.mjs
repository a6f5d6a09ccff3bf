// Checklist items 30-34: what the org refuses to store.

import assert from 'node:assert/strict';
import {
  EXTERNAL_ID,
  addFields,
  config,
  connect,
  control,
  fault,
  item,
  lastAnswer,
  lastNames,
  refused,
  seed,
} from './support.mjs';

item(30, 'field validation', async () => {
  const picklistValues = ['Gold', 'Silver'].map((value) => ({ value, label: value, active: true }));
  await addFields('Contact', {
    name: 'Grade__c',
    label: 'Grade',
    type: 'picklist',
    restrictedPicklist: true,
    picklistValues,
  });
  const conn = await connect();
  const cases = [
    [{ FirstName: 'A' }, 'REQUIRED_FIELD_MISSING', 'Required fields are missing: [LastName]', 'LastName'],
    [
      { LastName: 'x'.repeat(81) },
      'STRING_TOO_LONG',
      `Last Name: data value too large: ${'x'.repeat(81)} (max length=80)`,
      'LastName',
    ],
    [{ LastName: 'A', Email: 'no-mail' }, 'INVALID_EMAIL_ADDRESS', 'Email: invalid email address: no-mail', 'Email'],
    [
      { LastName: 'A', Grade__c: 'Tin' },
      'INVALID_OR_NULL_FOR_RESTRICTED_PICKLIST',
      'Grade: bad value for restricted picklist field: Tin',
      'Grade__c',
    ],
    [{ LastName: 'A', foo: '1' }, 'INVALID_FIELD', "No such column 'foo' on sobject of type Contact"],
    [{ LastName: 'A', CreatedDate: '2020-01-01T00:00:00Z' }, 'INVALID_FIELD_FOR_INSERT_UPDATE', null, 'CreatedDate'],
  ];
  for (const [fields, code, message, field] of cases) {
    const error = await refused(conn.sobject('Contact').create(fields), code);
    if (message) assert.equal(error.message, message);
    if (field) assert.deepEqual(error.data.fields, [field]);
    assert.equal(lastAnswer(conn).statusCode, 400);
  }
  assert.deepEqual(await lastNames(conn), []);
});

item(31, 'unique external id', async () => {
  const [first] = await seed('Contact', [{ LastName: 'Rossi', [EXTERNAL_ID]: 'C-1' }]);
  const conn = await connect();
  const twin = conn.sobject('Contact').create({ LastName: 'Twin', [EXTERNAL_ID]: 'C-1' });
  const text = `^duplicate value found: ${EXTERNAL_ID} duplicates value on record with id: ${first.slice(0, 15)}`;
  await refused(twin, 'DUPLICATE_VALUE', new RegExp(text));
});

item(32, 'scripted record errors', async () => {
  const [contact] = await seed('Contact', [{ LastName: 'Rossi' }]);
  await control('POST', 'validation_rules', {
    object: 'Contact',
    field: 'Phone',
    op: '=',
    value: '000',
    message: 'No such phone.',
  });
  const conn = await connect();
  const contacts = conn.sobject('Contact');
  await refused(
    contacts.update({ Id: contact, Phone: '000' }),
    'FIELD_CUSTOM_VALIDATION_EXCEPTION',
    /^No such phone\.$/,
  );
  for (const code of ['UNABLE_TO_LOCK_ROW', 'INSUFFICIENT_ACCESS_OR_READONLY', 'ENTITY_IS_LOCKED']) {
    await fault({ object: 'Contact', op: 'update' }, { kind: 'record_error', error_code: code, message: 'scripted' });
    await refused(contacts.update({ Id: contact, Phone: '1' }), code, /^scripted$/);
  }
  await contacts.update({ Id: contact, Phone: '1' });
  await fault(
    { object: 'Contact', op: 'delete' },
    { kind: 'record_error', error_code: 'DELETE_FAILED', message: 'scripted' },
  );
  await refused(contacts.destroy(contact), 'DELETE_FAILED');
  assert.equal((await contacts.retrieve(contact)).Phone, '1');
});

item(33, 'duplicate rules', async () => {
  const [first] = await seed('Contact', [{ LastName: 'Rossi', Email: 'rossi@example.com' }]);
  const rule = { object: 'Contact', fields: ['Email'], message: 'Use one of these records?' };
  await control('POST', 'duplicate_rules', { ...rule, action: 'alert' });
  const conn = await connect();
  const twin = { LastName: 'Rosi', Email: 'rossi@example.com' };
  const headers = { 'Sforce-Duplicate-Rule-Header': 'allowSave=true' };
  const error = await refused(
    conn.sobject('Contact').create(twin),
    'DUPLICATES_DETECTED',
    /^Use one of these records\?$/,
  );
  const { allowSave, matchResults } = error.data.duplicateResut;
  assert.deepEqual([allowSave, matchResults[0].matchRecords[0].record.Id], [true, first]);
  assert.equal((await conn.sobject('Contact').create(twin, { headers })).success, true);
  await control('POST', 'duplicate_rules', { ...rule, action: 'block' });
  await refused(conn.sobject('Contact').create(twin, { headers }), 'DUPLICATES_DETECTED');
});

item(34, 'country and price-book mismatch', async () => {
  await config({ state_country_picklists: true });
  const conn = await connect();
  await refused(
    conn.sobject('Account').create({ Name: 'A', BillingCountry: 'Nowhereland' }),
    'FIELD_INTEGRITY_EXCEPTION',
  );
  const account = (await conn.sobject('Account').create({ Name: 'A', BillingCountryCode: 'IT' })).id;
  const standard = await conn.sobject('Pricebook2').findOne({ IsStandard: true }, ['Id']);
  const book = (await conn.sobject('Pricebook2').create({ Name: 'Outlet', IsActive: true })).id;
  const product = (await conn.sobject('Product2').create({ Name: 'Shoe', IsActive: true })).id;
  const price = (Pricebook2Id) =>
    conn.sobject('PricebookEntry').create({ Pricebook2Id, Product2Id: product, UnitPrice: 5, IsActive: true });
  const [wrong, right] = [(await price(standard.Id)).id, (await price(book)).id];
  const order = (
    await conn
      .sobject('Order')
      .create({ AccountId: account, EffectiveDate: '2026-05-20', Status: 'Draft', Pricebook2Id: book })
  ).id;
  const line = (PricebookEntryId) =>
    conn.sobject('OrderItem').create({ OrderId: order, PricebookEntryId, Quantity: 1, UnitPrice: 5 });
  await refused(line(wrong), 'FIELD_INTEGRITY_EXCEPTION');
  assert.equal((await line(right)).success, true);
});
