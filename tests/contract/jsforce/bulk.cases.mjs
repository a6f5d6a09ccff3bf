// Checklist items 40-43: Bulk API 2.0 through jsforce's own job classes.

import assert from 'node:assert/strict';
import {
  API,
  DATA,
  EXTERNAL_ID,
  config,
  connect,
  item,
  lastAnswer,
  lastNames,
  people,
  post,
  seed,
} from './support.mjs';

const POLL = { pollInterval: 100, pollTimeout: 20_000 };
const load = (conn, operation, input, more = {}) =>
  conn.bulk2.loadAndWaitForResults({ object: 'Contact', operation, input, lineEnding: 'LF', ...POLL, ...more });

async function records(stream) {
  const rows = [];
  for await (const row of stream) rows.push(row);
  return rows;
}

item(40, 'ingest job from open to results, failure, abort, delete', async () => {
  const conn = await connect();
  const job = conn.bulk2.createJob({ object: 'Contact', operation: 'insert', lineEnding: 'LF' });
  const opened = await job.open();
  assert.deepEqual(
    [opened.state, opened.object, opened.operation, opened.apiVersion],
    ['Open', 'Contact', 'insert', Number(API)],
  );
  assert.equal(opened.contentUrl, `services/data/v${API}/jobs/ingest/${job.id}/batches`);
  await job.uploadData([{ LastName: 'A' }, { LastName: 'B' }]);
  assert.equal((await job.check()).state, 'Open');
  await job.close();
  assert.equal(job.getInfo().state, 'UploadComplete');
  await job.poll(100, 20_000);
  const done = await job.check();
  assert.deepEqual([done.state, done.numberRecordsProcessed, done.numberRecordsFailed], ['JobComplete', 2, 0]);
  assert.deepEqual((await lastNames(conn)).sort(), ['A', 'B']);
  await job.delete();
  await assert.rejects(conn.bulk2.job('ingest', { id: job.id }).check());
  await assert.rejects(load(conn, 'insert', [{ NoSuchField: '1' }]), /NoSuchField/);
  const aborted = conn.bulk2.createJob({ object: 'Contact', operation: 'insert', lineEnding: 'LF' });
  await aborted.open();
  await aborted.abort();
  assert.equal((await aborted.check()).state, 'Aborted');
  await config({ bulk_delay_seconds: 3 }); // half of it in each state: long enough to be seen on a busy machine
  const states = new Set();
  const slow = conn.bulk2.createJob({ object: 'Contact', operation: 'insert', lineEnding: 'LF' });
  slow.on('inProgress', (info) => states.add(info.state));
  await slow.open();
  await slow.uploadData([{ LastName: 'C' }]);
  await slow.close();
  await slow.poll(50, 20_000);
  assert.ok(states.has('InProgress'), [...states].join());
});

item(41, 'line ending, #N/A against empty, text', async () => {
  const [contact] = await seed('Contact', [{ LastName: 'Known', Phone: '1', Email: 'a@b.it', [EXTERNAL_ID]: '0' }]);
  const conn = await connect();
  // jsforce writes null as #N/A and an empty string as an empty cell.
  await load(conn, 'update', [{ Id: contact, Phone: null, Email: '' }]);
  const row = await conn.sobject('Contact').retrieve(contact);
  assert.deepEqual([row.Phone, row.Email], [null, 'a@b.it']);
  const text = 'ünï 漢字 "quoted", comma\nsecond line';
  await load(conn, 'insert', [{ LastName: 'Text', Description: text }]);
  const stored = await conn.sobject('Contact').findOne({ LastName: 'Text' }, ['Description']);
  assert.equal(stored.Description.replace('\r\n', '\n'), text);
  await assert.rejects(load(conn, 'insert', 'LastName\r\nWrong\r\n'), /line ?ending/i);
  await load(conn, 'insert', 'LastName\r\nRight\r\n', { lineEnding: 'CRLF' });
  assert.deepEqual((await lastNames(conn)).sort(), ['Known', 'Right', 'Text']);
});

item(42, 'result files', async () => {
  const [known] = await seed('Contact', [{ LastName: 'Known', [EXTERNAL_ID]: 'k' }]);
  const conn = await connect();
  const rows = [
    ...people(30).map((row, i) => ({ ...row, [EXTERNAL_ID]: String(i) })),
    { LastName: 'Changed', [EXTERNAL_ID]: 'k' },
    { LastName: '', [EXTERNAL_ID]: 'm' },
  ];
  const results = await load(conn, 'upsert', rows, { externalIdFieldName: EXTERNAL_ID });
  assert.deepEqual(
    [results.successfulResults.length, results.failedResults.length, results.unprocessedRecords.length],
    [31, 1, 0],
  );
  assert.deepEqual(Object.keys(results.successfulResults[0]).slice(0, 2), ['sf__Id', 'sf__Created']);
  const updated = results.successfulResults.find((line) => line[EXTERNAL_ID] === 'k');
  assert.deepEqual([updated.sf__Id, updated.sf__Created], [known, 'false']);
  const [failed] = results.failedResults;
  assert.deepEqual(Object.keys(failed).slice(0, 2), ['sf__Id', 'sf__Error']);
  assert.deepEqual([failed.sf__Id, failed[EXTERNAL_ID]], ['', 'm']);
  assert.equal(failed.sf__Error, 'REQUIRED_FIELD_MISSING:Required fields are missing: [LastName]:LastName --');
  assert.notDeepEqual(
    results.successfulResults.map((line) => line[EXTERNAL_ID]),
    rows.slice(0, 31).map((row) => row[EXTERNAL_ID]),
  );
});

item(43, 'query job: rows, locator, 409', async () => {
  const ids = await seed('Contact', people(40));
  const conn = await connect();
  await conn.sobject('Contact').destroy(ids.slice(0, 10));
  const soql = 'SELECT Id, LastName, Email FROM Contact';
  const live = await records(await conn.bulk2.query(soql, POLL));
  assert.deepEqual(live.map((row) => row.Id).sort(), ids.slice(10).sort());
  assert.ok(live.every((row) => row.Email === ''));
  const all = await records(await conn.bulk2.query(soql, { scanAll: true, ...POLL }));
  assert.equal(all.length, 40);
  assert.deepEqual(await records(await conn.bulk2.query(`${soql} WHERE LastName = 'x'`, POLL)), []);
  const created = await post(conn, `${DATA}/jobs/query`, { operation: 'query', query: soql });
  const job = conn.bulk2.job('query', { id: created.id });
  await job.poll(100, 20_000);
  const url = `${DATA}/jobs/query/${created.id}/results`;
  await conn.request(`${url}?maxRecords=20`);
  const { headers } = lastAnswer(conn);
  assert.equal(headers['sforce-numberofrecords'], '20');
  assert.notEqual(headers['sforce-locator'], 'null');
  await conn.request(`${url}?maxRecords=20&locator=${headers['sforce-locator']}`);
  assert.deepEqual(
    [lastAnswer(conn).headers['sforce-numberofrecords'], lastAnswer(conn).headers['sforce-locator']],
    ['10', 'null'],
  );
  const old = await connect('60.0');
  await assert.rejects(old.request(`/services/data/v60.0/jobs/query/${created.id}/results`));
  assert.equal(lastAnswer(old).statusCode, 409);
  const counted = post(conn, `${DATA}/jobs/query`, { operation: 'query', query: 'SELECT COUNT(Id) FROM Contact' });
  await assert.rejects(counted);
  assert.equal(lastAnswer(conn).statusCode, 400);
});
