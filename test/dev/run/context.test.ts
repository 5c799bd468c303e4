import { describe, expect, test } from 'vitest';
import { localContext } from '../../../dev/run/context.ts';

describe('the context of a local run', () => {
  const local = { port: 4510, jwksUri: 'https://127.0.0.1:9/.well-known/jwks.json', origins: [] };

  test('trusts the local issuer, and the pages of its own port alone', () => {
    expect(Object.fromEntries(localContext(new Map(), local))).toEqual({
      issuer: 'https://issuer.lobbybee.localhost',
      audience: 'lobbybee-local',
      jwksUri: local.jwksUri,
      allowedOrigins: 'http://127.0.0.1:4510,http://localhost:4510',
    });
  });

  test('trusts the pages that are named besides', () => {
    const origins = ['http://localhost:5173', 'capacitor://localhost'];
    expect(localContext(new Map(), { ...local, origins }).get('allowedOrigins')).toBe(
      'http://127.0.0.1:4510,http://localhost:4510,http://localhost:5173,capacitor://localhost',
    );
  });

  test('gives way to what is given', () => {
    const given = new Map([
      ['allowedOrigins', '*'],
      ['stage', 'try'],
      ['tokenTyp', 'any'],
    ]);
    expect(localContext(given, local).get('allowedOrigins')).toBe('*');
    expect(localContext(given, local).get('stage')).toBe('try');
    expect(localContext(given, local).get('issuer')).toBe('https://issuer.lobbybee.localhost');
  });

  test('never mixes the local key set with the issuer of somebody else', () => {
    const given = new Map([['issuer', 'https://login.example.com']]);
    expect([...localContext(given, local).keys()].toSorted()).toEqual(['allowedOrigins', 'issuer']);
  });
});
