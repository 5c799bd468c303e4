/**
 * Posts the same over and over, in a process of its own: `caller.mjs URL COUNT UNDER_WAY AUTHORIZATION TARGET BODY`.
 * Prints the microseconds that one took; ends with an error when one was not answered with 200.
 */
import { Agent, request } from 'node:http';

const [, , url = '', count = '', underWay = '', authorization = '', target = '', body = ''] = process.argv;
const agent = new Agent({ keepAlive: true });
const headers = {
  authorization,
  'content-type': 'application/x-amz-json-1.0',
  'x-amz-date': '20260101T000000Z',
  'x-amz-target': target,
};

/** @returns {Promise<void>} */
function call() {
  return new Promise((resolve, reject) => {
    const sent = request(url, { agent, method: 'POST', headers }, (answer) => {
      if (answer.statusCode !== 200) reject(new Error(`${url} answered ${answer.statusCode}`));
      answer.resume().once('end', () => resolve());
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
