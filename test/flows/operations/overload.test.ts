/** More than the service can take: bounded memory, refusals that say when to come back, everything acknowledged on disk, well again by itself. */
import { readFileSync } from 'node:fs';
import { connect, type Socket } from 'node:net';
import { jest } from '@jest/globals';
import type { Account } from '../../../contract/api.ts';
import { startWhatsAppSandbox, type WhatsAppSandbox } from '../../sandbox/whatsapp/sandbox.ts';
import { ACCOUNT, sandboxSettings } from '../../support/app.ts';
import { eventually } from '../../support/eventually.ts';
import { query } from '../../support/ledger-file.ts';
import { closeProcesses, makeServiceProcess, type ServiceProcess } from '../../support/service-process.ts';
import { postWebhook, webhookOf } from '../../support/webhook.ts';

jest.setTimeout(90_000);

const MIB = 1024 * 1024;
/**
 * What a flood may add: 64 MiB of bodies on their way in and 64 MiB that wait for a commit, each once more while it is put together and
 * written; a turn of reading, 32 webhooks of 3 MiB with their texts as messages and events; and what the collector has not come to.
 */
const MAX_GROWTH = 800 * MIB;

let sandbox: WhatsAppSandbox;
let service: ServiceProcess;
let hook: string;

beforeEach(async () => {
  sandbox = await startWhatsAppSandbox({ throughputPerSecond: null });
  service = await makeServiceProcess();
  await service.start();
  const path = `/v1/accounts/whatsapp/${ACCOUNT.externalId}`;
  const { body } = await service.call('PUT', path, { settings: sandboxSettings(sandbox) });
  hook = service.url + new URL((body as Account).webhookUrl).pathname;
});
afterEach(async () => {
  await closeProcesses();
  await sandbox.close();
});

/** The most memory that the process has had, in bytes. */
function peakBytes(): number {
  const [, kib = '0'] = /^VmHWM:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${service.pid}/status`, 'utf8')) ?? [];
  return Number(kib) * 1024;
}

const received = () => Number(query(service.dataDir, 'SELECT count(*) AS n FROM receipts')[0]?.['n']);

/** The fastest of a few webhooks, in milliseconds: how the service is when nobody disturbs it. */
async function latencyMs(): Promise<number> {
  const times: number[] = [];
  for (let i = 0; i < 5; i++) {
    const from = performance.now();
    expect((await postWebhook(hook, webhookOf()))?.status).toBe(200);
    times.push(performance.now() - from);
  }
  return Math.min(...times);
}

test('a flood of large webhooks', async () => {
  const before = await latencyMs();
  const atRest = peakBytes();
  const large = 'x'.repeat(3 * MIB);
  const answers: (Response | undefined)[] = [];
  const caller = async () => {
    for (let i = 0; i < 2; i++) answers.push(await postWebhook(hook, webhookOf({ text: large })));
  };
  await Promise.all(Array.from({ length: 40 }, caller));
  const accepted = answers.filter((answer) => answer?.status === 200).length;
  const refused = answers.filter((answer) => answer?.status === 503);
  expect(accepted).toBeGreaterThan(0);
  expect(refused.every((answer) => Number(answer?.headers.get('retry-after')) > 0)).toBe(true);
  // Who still sends two seconds after the answer is cut off, and may not have read it.
  expect(answers.length - accepted - refused.length).toBeLessThan(answers.length / 5);
  expect(peakBytes() - atRest).toBeLessThan(MAX_GROWTH);
  expect(received()).toBe(accepted + 5);
  await eventually(async () => (await latencyMs()) < Math.max(100, 10 * before), 'the latency to be as before');
});

test('callers that begin and say no more do not use up memory, and others get through between them', async () => {
  const atRest = peakBytes();
  const { port, pathname } = new URL(hook);
  const sockets: Socket[] = [];
  const begin = (text: string, bytes = 0) => {
    const socket = connect(Number(port), '127.0.0.1');
    socket.on('error', () => undefined);
    socket.write(text);
    if (bytes > 0) socket.write(Buffer.alloc(bytes, 'x'));
    socket.resume();
    sockets.push(socket);
  };
  try {
    for (let i = 0; i < 200; i++) begin(`POST ${pathname} HTTP/1.1\r\nhost: x\r\nx-slow: `);
    const head = `POST ${pathname} HTTP/1.1\r\nhost: x\r\ncontent-length: ${3 * MIB}\r\n\r\n`;
    for (let i = 0; i < 100; i++) begin(head, 2 * MIB);
    await eventually(async () => {
      const { text } = await service.call('GET', '/metrics');
      return Number(/webhooks_total\{[^}]*outcome="overloaded"\} (\d+)/.exec(text)?.[1] ?? 0) >= 50;
    }, 'the oldest of them to be turned away');
    expect((await postWebhook(hook, webhookOf()))?.status).toBe(200);
    expect(peakBytes() - atRest).toBeLessThan(MAX_GROWTH);
  } finally {
    for (const socket of sockets) socket.destroy();
  }
});
