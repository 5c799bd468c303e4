/**
 * Many silent connections and some busy ones, for a while: what the local stack keeps in memory for them, and whether
 * anything goes wrong. `npm run bench:idle`; `-- --idle 5000 --active 100 --minutes 5`
 */
import { readFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { Member, startService } from './service.ts';

const { values } = parseArgs({
  options: {
    idle: { type: 'string', default: '5000' },
    active: { type: 'string', default: '100' },
    minutes: { type: 'string', default: '5' },
  },
});
const hotel = 'grand';
/** Each active member sends a message in such a time, on average. */
const pauseMilliseconds = 10_000;

const folder = await mkdtemp(join(tmpdir(), 'lobbybee-idle-'));
const service = await startService(folder, []);
try {
  await service.createConversation(hotel, 'c1', 'front-desk');
  const active = await Member.connectMany(service, hotel, 'front-desk', Number(values.active));
  say('before');
  const idle = await Member.connectMany(service, hotel, 'attic', Number(values.idle));
  say(`with ${idle.length} idle connections`);

  const end = performance.now() + Number(values.minutes) * 60_000;
  const counts = await Promise.all(
    active.map(async (member) => {
      let sent = 0;
      await sleep(Math.random() * pauseMilliseconds);
      for (; performance.now() < end; sent++) {
        await member.send('c1', `text ${sent}`);
        await sleep(Math.random() * 2 * pauseMilliseconds);
      }
      return sent;
    }),
  );
  await Promise.all(active.map((member) => member.ping()));
  say('afterwards');
  const sent = counts.reduce((sum, count) => sum + count, 0);
  const delivered = active.reduce((sum, member) => sum + member.messages, 0);
  const closed = [...active, ...idle].filter((member) => !member.isOpen).length;
  process.stdout.write(
    `${sent} messages sent, ${delivered} of ${sent * (active.length - 1)} deliveries arrived, ${closed} connections closed\n`,
  );
  for (const member of [...active, ...idle]) member.close();
} finally {
  await service.stop();
  await rm(folder, { recursive: true });
}

/** Memory of the process that holds the sockets, in MiB. */
function say(when: string): void {
  const status = readFileSync(`/proc/${service.pid}/status`, 'utf8');
  const kilobytes = Number(/VmRSS:\s+(\d+)/.exec(status)?.[1]);
  process.stdout.write(`${when}: ${Math.round(kilobytes / 1024)} MiB in the gateway's process\n`);
}
