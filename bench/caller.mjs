/**
 * Sends the same request over and over, in a process of its own: `caller.mjs URL COUNT UNDER_WAY`, the rest of the request
 * as JSON on standard input. Prints the microseconds that one took.
 */
import { Agent, request } from 'node:http';
import { text } from 'node:stream/consumers';

const [, , url = '', count = '1', underWay = '1'] = process.argv;
/** @type {{ method: string, headers: Record<string, string>, body: string, status: number }} */
const { method, headers, body, status } = JSON.parse(await text(process.stdin));
const agent = new Agent({ keepAlive: true, maxSockets: Number(underWay) });

/** @returns {Promise<void>} */
function call() {
  return new Promise((resolve, reject) => {
    const sent = request(url, { agent, method, headers }, (answer) => {
      answer.resume();
      if (answer.statusCode !== status) reject(new Error(`${url} answered ${answer.statusCode}`));
      answer.once('end', () => resolve());
    });
    sent.once('error', reject);
    sent.end(body);
  });
}

let left = Number(count);
async function callSome() {
  while (left-- > 0) await call();
}

await Promise.all(Array.from({ length: Number(underWay) }, call));
const start = performance.now();
await Promise.all(Array.from({ length: Number(underWay) }, callSome));
process.stdout.write(`${((performance.now() - start) * 1000) / Number(count)}\n`);
agent.destroy();
