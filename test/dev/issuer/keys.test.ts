import { mkdir, readdir, readFile, stat, writeFile } from 'node:fs/promises';
import { generateKeyPairSync, X509Certificate } from 'node:crypto';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { loadServerIdentity } from '../../../dev/issuer/server-identity.ts';
import { loadSigningKey } from '../../../dev/issuer/signing-key.ts';
import { ended, spawnNode, temporaryDirectory } from '../support.ts';

const day = 24 * 60 * 60 * 1000;
const now = Date.parse('2026-11-23T09:00:00Z');

test('the signing key is the same at every start', async () => {
  const data = await temporaryDirectory();
  const first = await loadSigningKey(data);
  expect((await loadSigningKey(data)).publicJwk).toEqual(first.publicJwk);
});

test('two data folders have different keys', async () => {
  const [one, other] = await Promise.all([temporaryDirectory(), temporaryDirectory()]);
  expect((await loadSigningKey(one)).kid).not.toBe((await loadSigningKey(other)).kid);
});

test('key files are readable by their owner alone, and nothing else is left beside them', async () => {
  const data = await temporaryDirectory();
  await Promise.all([loadSigningKey(data), loadServerIdentity(data, now)]);
  const names = await readdir(join(data, 'keys'));
  expect(names.toSorted()).toEqual(['signing-key.pem', 'tls.pem']);
  const modes = await Promise.all(
    ['keys', ...names.map((name) => join('keys', name))].map(
      async (name) => (await stat(join(data, name))).mode & 0o777,
    ),
  );
  expect(modes).toEqual([0o700, 0o600, 0o600]);
});

test('processes that start at once on a new data folder end with the same keys', async () => {
  const data = await temporaryDirectory();
  const script = `
    import { loadSigningKey } from './dev/issuer/signing-key.ts';
    import { loadServerIdentity } from './dev/issuer/server-identity.ts';
    const [key, identity] = await Promise.all([
      loadSigningKey(process.argv[1]), loadServerIdentity(process.argv[1], Date.now()),
    ]);
    process.stdout.write(JSON.stringify([key.kid, identity]));`;
  const start = () => ended(spawnNode(['--import', 'tsx', '--input-type=module', '-e', script, data]));
  const runs = await Promise.all([start(), start(), start(), start()]);
  expect(runs.map((run) => run.code)).toEqual([0, 0, 0, 0]);
  expect(new Set(runs.map((run) => run.stdout)).size).toBe(1);
});

test('loads that race inside one process agree too', async () => {
  const data = await temporaryDirectory();
  const keys = await Promise.all(Array.from({ length: 5 }, () => loadSigningKey(data)));
  expect(new Set(keys.map((key) => key.kid)).size).toBe(1);
});

const otherKind = generateKeyPairSync('ec', { namedCurve: 'P-256' });

test.each([
  '',
  'not a key',
  '-----BEGIN PRIVATE KEY-----\nMIIE',
  otherKind.privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(),
  otherKind.publicKey.export({ type: 'spki', format: 'pem' }).toString(),
])('a signing key file with %j is damaged, said in one sentence', async (content) => {
  const data = await temporaryDirectory();
  await mkdir(join(data, 'keys'));
  const path = join(data, 'keys', 'signing-key.pem');
  await writeFile(path, content);
  await expect(loadSigningKey(data)).rejects.toThrow(
    `The signing key ${path} is damaged; delete it, and the next start makes a new one (older tokens end with it).`,
  );
  expect(await readFile(path, 'utf8')).toBe(content);
});

test('a TLS identity that was cut short is damaged, said in one sentence', async () => {
  const data = await temporaryDirectory();
  await loadServerIdentity(data, now);
  const path = join(data, 'keys', 'tls.pem');
  const content = await readFile(path, 'utf8');
  await writeFile(path, content.slice(0, content.length / 2));
  await expect(loadServerIdentity(data, now)).rejects.toThrow(
    `The TLS identity ${path} is damaged; delete it, and the next start makes a new one.`,
  );
});

test('a TLS identity whose parts belong to different servers is damaged', async () => {
  const [data, other] = await Promise.all([temporaryDirectory(), temporaryDirectory()]);
  const [own, foreign] = await Promise.all([loadServerIdentity(data, now), loadServerIdentity(other, now)]);
  const path = join(data, 'keys', 'tls.pem');
  await writeFile(path, foreign.privateKey + own.certificate + own.authority);
  await expect(loadServerIdentity(data, now)).rejects.toThrow('is damaged');
  await writeFile(path, own.privateKey + own.certificate + foreign.authority);
  await expect(loadServerIdentity(data, now)).rejects.toThrow('is damaged');
});

test('the TLS identity is kept until its last month and renewed in it', async () => {
  const data = await temporaryDirectory();
  const first = await loadServerIdentity(data, now);
  expect(await loadServerIdentity(data, now + 334 * day)).toEqual(first);
  const renewed = await loadServerIdentity(data, now + 336 * day);
  expect(renewed).not.toEqual(first);
  expect(Date.parse(new X509Certificate(renewed.certificate).validTo)).toBe(now + (336 + 365) * day);
  expect(await loadServerIdentity(data, now + 336 * day)).toEqual(renewed);
});

test('a data folder that cannot be written is named in one sentence', async () => {
  const data = await temporaryDirectory();
  await writeFile(join(data, 'file'), '');
  await expect(loadSigningKey(join(data, 'file'))).rejects.toThrow(
    /^The key file .* cannot be used \(ENOTDIR\); choose another --data\.$/,
  );
});
