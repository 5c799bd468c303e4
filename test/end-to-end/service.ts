import type { TestProject } from 'vitest/node';
import { dataFolder, startService, type Addresses } from './support/service.ts';

declare module 'vitest' {
  interface ProvidedContext {
    /** The service that all end-to-end files share; each works in hotels of its own. */
    service: Addresses & { readonly dataDirectory: string };
  }
}

/** One service for all files: tables in memory, a data folder of its own. */
export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const folder = await dataFolder();
  const service = await startService(folder.path, '--memory');
  const { websocket, management, lambda, dynamodb, notifyFunction, dataDirectory } = service;
  project.provide('service', { websocket, management, lambda, dynamodb, notifyFunction, dataDirectory });
  return async () => {
    const code = await service.stop();
    await folder.remove();
    if (code !== 0) throw new Error(`the service ended with ${code}`);
  };
}
