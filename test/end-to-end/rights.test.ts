import { afterAll, beforeAll, expect, it } from 'vitest';
import { Application } from './support/application.ts';
import { Rights } from './support/rights.ts';
import { play, wentWrong } from './support/scenario/play.ts';

let application: Application;
beforeAll(async () => {
  application = await Application.synthesized();
});
afterAll(() => application.remove());

it('every right of the template is needed by some call, and every call is allowed by one', async () => {
  const healthy = await play(application);
  expect(wentWrong(healthy)).toEqual([]);

  const { calls } = healthy;
  const rights = new Rights(application);
  const asked = [...calls, ...rights.logCalls];
  expect(calls.filter(({ allowed }) => !allowed)).toEqual([]);
  expect(rights.refused(asked)).toEqual([]);
  expect(rights.ofNobody).toEqual([]);
  const unneeded = rights.grants.filter(({ neededBy }) => !asked.some(neededBy));
  expect(unneeded.map(({ name, action }) => `${name} ${action}`)).toEqual([]);
});
