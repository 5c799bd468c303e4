import { onTestFinished } from 'vitest';
import type { Application, RunningApplication } from './application.ts';

/** Runs an application until the test is over. */
export async function run(
  application: Application,
  ...how: Parameters<Application['start']>
): Promise<RunningApplication> {
  const service = await application.start(...how);
  onTestFinished(() => service.stop());
  return service;
}
