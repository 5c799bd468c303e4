import { describe, expect, it } from 'vitest';
import { resourcePolicy } from '../../src/functions/resource-policy.ts';
import { arnOf, functionModel, testedFunctions } from '../support/local-functions.ts';

const service = 'apigateway.amazonaws.com';
const api = 'arn:aws:execute-api:eu-west-1:111122223333:abcdefghij';

describe('a permission', () => {
  it.each([
    ['the same ARN', `${api}/prod/$connect`, `${api}/prod/$connect`, true],
    ['any stage', `${api}/*$connect`, `${api}/prod/$connect`, true],
    ['any stage, but another route', `${api}/*$connect`, `${api}/prod/$default`, false],
    ['one unknown character', `${api}/pro?/$connect`, `${api}/prod/$connect`, true],
    ['an unknown character that is not there', `${api}/prod?/$connect`, `${api}/prod/$connect`, false],
    ['another API', `arn:aws:execute-api:eu-west-1:111122223333:other/*`, `${api}/prod/$connect`, false],
    ['a star that would have to reach over a colon', 'arn:aws:*:abcdefghij/*', `${api}/prod/$connect`, false],
    ['any account and Region', 'arn:aws:execute-api:*:*:abcdefghij/*', `${api}/prod/$connect`, true],
    ['dots that are dots', `${api}/pr.d/*`, `${api}/prod/$connect`, false],
  ])('with %s', (_title, sourceArn, actual, admitted) => {
    const policy = resourcePolicy([{ principal: service, sourceArn }]);
    expect(policy({ service, sourceArn: actual })).toBe(admitted);
  });

  it('without a source admits its service for any', () => {
    expect(resourcePolicy([{ principal: service }])({ service, sourceArn: api })).toBe(true);
  });

  it('admits no other service', () => {
    expect(resourcePolicy([{ principal: 'sns.amazonaws.com' }])({ service, sourceArn: api })).toBe(false);
  });

  it('is needed: a function without one admits no service', () => {
    expect(resourcePolicy([])({ service, sourceArn: api })).toBe(false);
  });
});

it('keeps a service without permission from starting the function at all', async () => {
  const { functions } = testedFunctions([functionModel('warm.count')]);
  const caller = { service, sourceArn: `${api}/prod/$connect` };
  expect(await functions.invoke(arnOf('warm.count'), '{}', { caller })).toMatchObject({ outcome: 'denied' });
  expect(functions.pids).toEqual([]);
});
