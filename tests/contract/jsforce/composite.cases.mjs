// Checklist items 35-39: collections, composite, batch, tree.

import assert from 'node:assert/strict';
import { API, DATA, EXTERNAL_ID, connect, id18, item, lastAnswer, lastNames, post, seed } from './support.mjs';

const ROLLED_BACK = 'ALL_OR_NONE_OPERATION_ROLLED_BACK';
const codes = (results) => results.map((result) => result.errors[0]?.statusCode ?? null);

item(35, 'collections keep order and report per item', async () => {
  const conn = await connect();
  const made = await conn
    .sobject('Contact')
    .create([{ LastName: 'A' }, { LastName: 'x'.repeat(81) }, { LastName: 'C' }]);
  assert.equal(lastAnswer(conn).statusCode, 200);
  assert.deepEqual(codes(made), [null, 'STRING_TOO_LONG', null]);
  assert.deepEqual(
    [made[0].id, made[2].id],
    [made[0].id, made[2].id].map((id) => id18(id.slice(0, 15))),
  );
  const never = id18('003000000000ZZZ');
  const updated = await conn
    .sobject('Contact')
    .update([made[0].id, never, made[2].id].map((Id) => ({ Id, Phone: '1' })));
  assert.deepEqual(
    updated.map((result) => result.success),
    [true, false, true],
  );
  const read = await conn
    .sobject('Contact')
    .retrieve([made[2].id, never, made[0].id], { fields: ['LastName', 'Phone'] });
  assert.deepEqual(
    read.map((row) => row?.LastName ?? null),
    ['C', null, 'A'],
  );
  const gone = await conn.sobject('Contact').destroy([made[0].id, never]);
  assert.deepEqual(
    gone.map((result) => result.success),
    [true, false],
  );
  const many = Array.from({ length: 201 }, (_, i) => ({ LastName: `N${i}` }));
  await assert.rejects(conn.sobject('Contact').create(many));
  assert.equal(lastAnswer(conn).statusCode, 400);
  assert.equal(
    (await conn.sobject('Contact').create(many, { allowRecursive: true })).filter((result) => result.success).length,
    201,
  );
});

item(36, 'allOrNone', async () => {
  const [known] = await seed('Contact', [{ LastName: 'Known' }]);
  const conn = await connect();
  const options = { allOrNone: true };
  const made = await conn
    .sobject('Contact')
    .create([{ LastName: 'A' }, { FirstName: 'x' }, { LastName: 'C' }], options);
  assert.deepEqual(codes(made), [ROLLED_BACK, 'REQUIRED_FIELD_MISSING', ROLLED_BACK]);
  assert.match(
    made[0].errors[0].message,
    /^Record rolled back because not all records were valid and the request was using AllOrNone header$/,
  );
  const never = id18('003000000000ZZZ');
  const updated = await conn.sobject('Contact').update(
    [
      { Id: known, LastName: 'Changed' },
      { Id: never, LastName: 'x' },
    ],
    options,
  );
  assert.equal(codes(updated)[0], ROLLED_BACK);
  const gone = await conn.sobject('Contact').destroy([known, never], options);
  assert.equal(codes(gone)[0], ROLLED_BACK);
  assert.deepEqual(await lastNames(conn), ['Known']);
});

item(37, 'collections upsert', async () => {
  const [known] = await seed('Contact', [{ LastName: 'Known', [EXTERNAL_ID]: '1' }]);
  const conn = await connect();
  const key = (value, fields) => ({ [EXTERNAL_ID]: value, ...fields });
  const results = await conn
    .sobject('Contact')
    .upsert(
      [
        key('1', { Phone: '1' }),
        key('2', { LastName: 'New' }),
        key('3', {}),
        key('4', { LastName: 'X' }),
        key('4', { LastName: 'Y' }),
      ],
      EXTERNAL_ID,
    );
  assert.deepEqual([results[0], results[1].created], [{ id: known, success: true, errors: [], created: false }, true]);
  assert.deepEqual(codes(results), [null, null, 'REQUIRED_FIELD_MISSING', 'DUPLICATE_VALUE', 'DUPLICATE_VALUE']);
  assert.deepEqual((await lastNames(conn)).sort(), ['Known', 'New']);
});

const composite = (conn, requests, flags = {}) =>
  post(conn, `${DATA}/composite`, { compositeRequest: requests, ...flags });
const sub = (referenceId, method, path, body) => ({
  referenceId,
  method,
  url: `${DATA}/${path}`,
  ...(body && { body }),
});

item(38, 'composite', async () => {
  const conn = await connect();
  const { compositeResponse: chain } = await composite(conn, [
    sub('acc', 'PATCH', `sobjects/Account/${EXTERNAL_ID}/55`, { Name: 'Rossi Srl' }),
    sub('con', 'POST', 'sobjects/Contact', { LastName: 'Rossi', AccountId: '@{acc.id}' }),
  ]);
  assert.deepEqual(
    chain.map((answer) => [answer.referenceId, answer.httpStatusCode]),
    [
      ['acc', 201],
      ['con', 201],
    ],
  );
  assert.equal((await conn.sobject('Contact').retrieve(chain[1].body.id)).AccountId, chain[0].body.id);
  const parts = [
    sub('good', 'POST', 'sobjects/Contact', { LastName: 'Good' }),
    sub('bad', 'POST', 'sobjects/Account', { Phone: '1' }),
    sub('follower', 'POST', 'sobjects/Contact', { LastName: 'F', AccountId: '@{bad.id}' }),
  ];
  const { compositeResponse: strict } = await composite(conn, parts, { allOrNone: true });
  assert.deepEqual(
    strict.map((answer) => answer.body[0].errorCode),
    ['PROCESSING_HALTED', 'REQUIRED_FIELD_MISSING', 'PROCESSING_HALTED'],
  );
  assert.deepEqual(await lastNames(conn), ['Rossi']);
  const { compositeResponse: loose } = await composite(conn, parts, { allOrNone: false });
  assert.deepEqual(
    loose.map((answer) => answer.httpStatusCode),
    [201, 400, 400],
  );
  assert.equal(loose[2].body[0].errorCode, 'PROCESSING_HALTED');
  const many = (count, path) => Array.from({ length: count }, (_, i) => sub(`r${i}`, 'GET', path));
  const banned = [{ ...sub('r', 'GET', 'sobjects/Account/describe'), httpHeaders: { Authorization: 'x' } }];
  const twice = [sub('same', 'GET', 'limits'), sub('same', 'GET', 'limits')];
  for (const requests of [many(26, 'limits'), many(6, 'query?q=SELECT+Id+FROM+Contact'), banned, twice]) {
    await assert.rejects(composite(conn, requests));
    assert.equal(lastAnswer(conn).statusCode, 400);
  }
  assert.equal((await composite(conn, many(25, 'limits'))).compositeResponse.length, 25);
});

item(39, 'batch and tree', async () => {
  const [account] = await seed('Account', [{ Name: 'A' }]);
  const conn = await connect();
  const url = `v${API}/sobjects/Account/`;
  const batchRequests = [
    { method: 'PATCH', url: url + account, richInput: { Phone: '1' } },
    { method: 'GET', url: url + id18('001000000000ZZZ') },
    { method: 'GET', url: `${url + account}?fields=Phone` },
  ];
  const batch = (haltOnError) => post(conn, `${DATA}/composite/batch`, { haltOnError, batchRequests });
  const going = await batch(false);
  assert.deepEqual([going.hasErrors, going.results.map((result) => result.statusCode)], [true, [204, 404, 200]]);
  assert.deepEqual([going.results[0].result, going.results[2].result.Phone], [null, '1']);
  const halted = await batch(true);
  assert.deepEqual(
    halted.results.map((result) => result.statusCode),
    [204, 404, 412],
  );
  assert.equal(halted.results[2].result[0].errorCode, 'BATCH_PROCESSING_HALTED');
  const contact = (fields) => ({ attributes: { type: 'Contact', referenceId: 'c1' }, ...fields });
  const tree = (fields) => ({
    records: [
      { attributes: { type: 'Account', referenceId: 'a1' }, Name: 'T', Contacts: { records: [contact(fields)] } },
    ],
  });
  const planted = await post(conn, `${DATA}/composite/tree/Account`, tree({ LastName: 'Y' }));
  assert.deepEqual(
    [lastAnswer(conn).statusCode, planted.hasErrors, planted.results.map((r) => r.referenceId).sort()],
    [201, false, ['a1', 'c1']],
  );
  await assert.rejects(post(conn, `${DATA}/composite/tree/Account`, tree({ LastName: 'Z', Email: 'bad' })));
  const failed = JSON.parse(lastAnswer(conn).body);
  assert.deepEqual(
    [lastAnswer(conn).statusCode, failed.hasErrors, failed.results.map((r) => r.referenceId)],
    [400, true, ['c1']],
  );
  assert.equal(failed.results[0].errors[0].statusCode, 'INVALID_EMAIL_ADDRESS');
  assert.deepEqual(await lastNames(conn), ['Y']);
});
