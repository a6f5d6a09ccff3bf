// Checklist items 1-7: getting, losing and renewing a token; the root of the API.

import assert from 'node:assert/strict';
import { createSign, generateKeyPairSync } from 'node:crypto';
import { readFileSync } from 'node:fs';
import {
  API,
  DATA,
  advance,
  config,
  connect,
  control,
  fault,
  id18,
  item,
  jsforce,
  lastAnswer,
  org,
  people,
  refused,
  seed,
  withToken,
} from './support.mjs';

const JWT_GRANT = 'urn:ietf:params:oauth:grant-type:jwt-bearer';
const ORGANIZATION = 'SELECT Id FROM Organization';
const oauth = (settings = {}) =>
  new jsforce.OAuth2({ loginUrl: org.base_url, clientId: org.client_id, clientSecret: org.client_secret, ...settings });

item(1, 'client credentials by form', async () => {
  const body = await oauth().requestToken({ grant_type: 'client_credentials' });
  for (const key of ['access_token', 'signature', 'scope', 'instance_url', 'id', 'token_type', 'issued_at']) {
    assert.equal(typeof body[key], 'string', key);
  }
  assert.ok(!('expires_in' in body) && !('refresh_token' in body));
  assert.match(body.issued_at, /^\d{13}$/);
  assert.equal(body.token_type, 'Bearer');
  const conn = await connect();
  assert.equal(conn.userInfo.organizationId, org.org_id);
  assert.equal(conn.userInfo.id, id18(conn.userInfo.id.slice(0, 15)));
  assert.equal((await conn.query(ORGANIZATION)).records[0].Id, org.org_id);
});

function assertion(privateKey, claims) {
  const encode = (part) => Buffer.from(JSON.stringify(part)).toString('base64url');
  const unsigned = `${encode({ alg: 'RS256' })}.${encode(claims)}`;
  return `${unsigned}.${createSign('RSA-SHA256').update(unsigned).sign(privateKey, 'base64url')}`;
}

item(2, 'JWT bearer with exp as a number and as text; refusals', async () => {
  const { certificate, key } = JSON.parse(readFileSync(process.env.CONTRACT_JWT_KEY, 'utf8'));
  const clientId = 'jsforce-jwt-app';
  await control('POST', 'apps', { client_id: clientId, certificate_pem: certificate, usernames: [org.username] });
  const now = Math.floor(Date.now() / 1000);
  const claims = { iss: clientId, sub: org.username, aud: 'https://login.salesforce.com', exp: now + 180 };
  const login = (privateKey, changed = {}) =>
    new jsforce.OAuth2({ loginUrl: org.base_url }).requestToken({
      grant_type: JWT_GRANT,
      assertion: assertion(privateKey, { ...claims, ...changed }),
    });
  for (const exp of [now + 180, String(now + 180)]) {
    const body = await login(key, { exp });
    assert.ok(!('refresh_token' in body));
    assert.equal((await withToken(body.access_token).query(ORGANIZATION)).totalSize, 1);
  }
  const { privateKey: other } = generateKeyPairSync('rsa', { modulusLength: 2048 });
  await refused(login(other), 'invalid_grant');
  await refused(login(key, { exp: now - 600 }), 'invalid_grant');
  await refused(login(key, { aud: 'https://elsewhere.example.com' }), 'invalid_grant');
  await refused(
    login(key, { sub: 'unknown@elsewhere.example.com' }),
    'invalid_grant',
    /^user hasn't approved this consumer$/,
  );
  await refused(login(key, { iss: 'no-such-app' }), 'invalid_client_id');
});

item(3, 'token errors', async () => {
  const ask = (settings, grant = 'client_credentials') => oauth(settings).requestToken({ grant_type: grant });
  await refused(
    ask({ clientSecret: 'x' }),
    ['invalid_client', 'invalid_client_credentials'],
    /^invalid client credentials$/,
  );
  await refused(ask({ clientId: 'no-such-app' }), 'invalid_client_id', /^client identifier invalid$/);
  await refused(ask({}, 'no_such_grant'), 'unsupported_grant_type');
  await fault({ path: '/services/oauth2/token' }, { kind: 'login_error', error_code: 'inactive_org', message: null });
  const bare = await refused(ask(), 'inactive_org');
  assert.equal(bare.message, '');
  await fault({ path: '/services/oauth2/token' }, { kind: 'login_html' });
  await refused(ask(), 'ERROR_HTTP_503', /<html/i);
  assert.ok((await ask()).access_token);
});

item(4, 'tokens expire after a time and after a number of calls', async () => {
  await config({ token_ttl_seconds: 600 });
  const renewing = await connect();
  const first = renewing.accessToken;
  const held = withToken(first);
  assert.equal((await held.query(ORGANIZATION)).totalSize, 1);
  await advance(3600);
  await refused(held.query(ORGANIZATION), 'INVALID_SESSION_ID', /^Session expired or invalid$/);
  assert.equal((await renewing.query(ORGANIZATION)).totalSize, 1);
  assert.notEqual(renewing.accessToken, first);
  await config({ token_max_calls: 2 });
  const counted = withToken((await connect()).accessToken);
  await counted.query(ORGANIZATION);
  await counted.query(ORGANIZATION);
  await refused(counted.query(ORGANIZATION), 'INVALID_SESSION_ID');
});

item(5, 'all tokens revoked while paging', async () => {
  const ids = await seed('Contact', people(450));
  const conn = await connect();
  const held = withToken(conn.accessToken);
  const headers = { 'Sforce-Query-Options': 'batchSize=200' };
  let page = await conn.query('SELECT Id FROM Contact ORDER BY Id', { headers });
  const found = [...page.records];
  await control('POST', 'tokens/revoke');
  await refused(held.queryMore(page.nextRecordsUrl), 'INVALID_SESSION_ID');
  while (!page.done) {
    page = await conn.queryMore(page.nextRecordsUrl, { headers });
    found.push(...page.records);
  }
  assert.notEqual(conn.accessToken, held.accessToken);
  assert.deepEqual(
    found.map((row) => row.Id),
    [...ids].sort(),
  );
});

item(6, 'instance_url differs from the token host and changes', async () => {
  assert.equal((await connect()).instanceUrl, org.base_url);
  const moved = org.base_url.replace('localhost', '127.0.0.1');
  await config({ instance_url: moved });
  const conn = await connect();
  assert.equal(conn.instanceUrl, moved);
  assert.equal((await conn.query(ORGANIZATION)).totalSize, 1);
});

item(7, 'version list, resource root, retired versions', async () => {
  const conn = await connect();
  const versions = await conn.request('/services/data/');
  const current = versions.find((entry) => entry.version === API);
  assert.equal(current.url, DATA);
  assert.equal(typeof current.label, 'string');
  assert.ok(versions.every((entry) => Number(entry.version) > 30));
  const root = await conn.request(`${DATA}/`);
  for (const name of ['sobjects', 'query', 'composite', 'limits', 'jobs'])
    assert.equal(typeof root[name], 'string', name);
  const retired = await connect('30.0');
  await assert.rejects(retired.describeGlobal());
  assert.equal(lastAnswer(retired).statusCode, 410);
  assert.equal((await (await connect('31.0')).query(ORGANIZATION)).totalSize, 1);
});
