import { createServer } from 'node:net';
import { expect, it, onTestFinished } from 'vitest';
import { listenLocally } from '../src/listen.ts';
import { portHolder } from '../src/port-holder.ts';

async function listening(host?: string): Promise<number> {
  const server = createServer();
  onTestFinished(() => void server.close());
  return await listenLocally(server, 0, host);
}

it.runIf(process.platform === 'linux')(
  'names the process that has a port, and the option for another',
  async () => {
    const port = await listening();
    await expect(listenLocally(createServer(), port)).rejects.toThrow(
      new RegExp(
        `^Port ${port} is taken by process ${process.pid} \\([^)]*node.*\\): stop it, or choose another port with --port\\.$`,
      ),
    );
  },
);

it.runIf(process.platform === 'linux')('finds who listens on every address', async () => {
  expect(portHolder(await listening('0.0.0.0'))).toContain(`process ${process.pid} `);
  expect(portHolder(await listening('::'))).toContain(`process ${process.pid} `);
});

it('finds nobody where nobody listens', async () => {
  const server = createServer();
  const port = await listenLocally(server, 0);
  await new Promise((resolve) => server.close(resolve));
  expect(portHolder(port)).toBeUndefined();
});
