// What the jsforce cases share: the client, the simulator's control interface, and how a refusal is checked.
// jsforce is loaded from CONTRACT_NODE_HOME, where the package is installed; SIMULATOR_STATE names simulator.json.

import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { test } from 'node:test';

const require = createRequire(join(process.env.CONTRACT_NODE_HOME, 'package.json'));
export const jsforce = require('jsforce');
export const org = JSON.parse(readFileSync(process.env.SIMULATOR_STATE, 'utf8'));

export const API = '62.0';
export const DATA = `/services/data/v${API}`;
export const EXTERNAL_ID = 'Odoo_External_Id__c';
export const DATETIME = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}\+0000$/;

// -- control interface ------------------------------------------------------

export async function control(method, path, body) {
  const reply = await fetch(`${org.base_url}/__sim__/${path}`, {
    method,
    headers: { 'content-type': 'application/json' },
    body: body === undefined ? undefined : JSON.stringify(body),
  });
  assert.ok(reply.ok, `${method} /__sim__/${path}: ${reply.status} ${await reply.clone().text()}`);
  return reply.status === 204 ? undefined : reply.json();
}

export const config = (switches) => control('PATCH', 'config', switches);
export const advance = (seconds) => control('POST', 'clock', { advance_seconds: seconds });
export const freeze = (iso) => control('POST', 'clock', { freeze: iso });
export const fault = (match, action, times = 1) => control('POST', 'faults', { match, action, times });
export const seed = async (object, records, user) => (await control('POST', 'seed', { object, records, user })).ids;
export const addFields = (object, ...fields) => control('POST', 'schema', { object, fields });
export const merge = (object, winner, losers) => control('POST', 'merge', { object, winner, losers });
export const people = (count, fields = {}) =>
  Array.from({ length: count }, (_, i) => ({ LastName: `Contact ${String(i).padStart(5, '0')}`, ...fields }));

// -- cases --------------------------------------------------------------------

/** One case of a checklist item; the org is empty when it starts. */
export function item(number, title, run) {
  test(`item ${String(number).padStart(2, '0')}: ${title}`, { timeout: 120_000 }, async () => {
    await control('POST', 'reset', {});
    await config({ permission_sets: null });
    await run();
  });
}

// -- client -------------------------------------------------------------------

/** Keeps each HTTP answer in `conn.answers`: jsforce itself gives the body only. */
function watched(conn) {
  conn.answers = [];
  const send = conn._transport.httpRequest.bind(conn._transport);
  conn._transport.httpRequest = (request, options) => {
    const sent = send(request, options);
    sent.then(
      (answer) => conn.answers.push(answer),
      () => undefined,
    );
    return sent;
  };
  return conn;
}

export const lastAnswer = (conn) => conn.answers.at(-1);

/** jsforce logged in by client credentials; it logs in again automatically on 401. */
export async function connect(version = API) {
  const grant = { grant_type: 'client_credentials' };
  const conn = new jsforce.Connection({
    version,
    loginUrl: org.base_url,
    instanceUrl: org.base_url,
    oauth2: { loginUrl: org.base_url, clientId: org.client_id, clientSecret: org.client_secret },
    callOptions: { client: 'contract-tests' },
    refreshFn: async (expired, done) => {
      try {
        await expired.authorize(grant);
        done(null, expired.accessToken);
      } catch (error) {
        done(error);
      }
    },
  });
  await conn.authorize(grant);
  return watched(conn);
}

/** jsforce on a given token: it never logs in again, so that a 401 shows. */
export const withToken = (accessToken, version = API, instanceUrl = org.base_url) =>
  watched(new jsforce.Connection({ version, instanceUrl, accessToken }));

/** The promise must fail with this error code (jsforce makes it the name of the error). */
export async function refused(promise, codes, message) {
  const wanted = [codes].flat();
  let error;
  try {
    await promise;
  } catch (caught) {
    error = caught;
  }
  assert.ok(error, `refused with ${wanted} was expected`);
  assert.ok(
    wanted.includes(error.errorCode ?? error.name),
    `${wanted} expected: ${error.errorCode ?? error.name} ${error.message}`,
  );
  if (message) assert.match(error.message, message);
  return error;
}

export const post = (conn, path, body, headers = {}) =>
  conn.request({
    method: 'POST',
    url: path,
    body: JSON.stringify(body),
    headers: { 'content-type': 'application/json', ...headers },
  });

export const lastNames = async (conn, where = '') =>
  (await conn.query(`SELECT LastName FROM Contact ${where}`)).records.map((row) => row.LastName);

/** Every row of a query, page by page. */
export async function allPages(conn, soql, options = {}) {
  const found = [await conn.query(soql, options)];
  while (!found.at(-1).done) found.push(await conn.queryMore(found.at(-1).nextRecordsUrl, options));
  return found;
}

/** The 18-character form of an id: one check character for each group of five. */
export function id18(id15) {
  const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ012345';
  const check = [0, 5, 10].map((start) => {
    const bits = [...id15.slice(start, start + 5)].map((c, j) => (/[A-Z]/.test(c) ? 2 ** j : 0));
    return alphabet[bits.reduce((sum, bit) => sum + bit, 0)];
  });
  return id15 + check.join('');
}
