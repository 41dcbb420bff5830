/** A webhook whose reading ends the process is put aside after the second time that it was read alone, and everything else arrives. */
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { Account } from '../../../contract/api.ts';
import { startWhatsAppSandbox, type WhatsAppSandbox } from '../../sandbox/whatsapp/sandbox.ts';
import { ACCOUNT, ANA, sandboxSettings } from '../../support/app.ts';
import { PACKAGE_DIR } from '../../support/paths.ts';
import { eventually } from '../../support/eventually.ts';
import { startReceiver, type Receiver } from '../../support/receiver.ts';
import { closeProcesses, makeServiceProcess, type ServiceProcess } from '../../support/service-process.ts';

const POISON = pathToFileURL(join(PACKAGE_DIR, 'test/support/poisoned-reading.mjs')).href;

let sandbox: WhatsAppSandbox;
let workflow: Receiver;
let service: ServiceProcess;

beforeEach(async () => {
  sandbox = await startWhatsAppSandbox({ throughputPerSecond: null, webhookRetryDelaysMs: Array(2_000).fill(50) });
  workflow = await startReceiver();
  service = await makeServiceProcess({ NODE_OPTIONS: `--import ${POISON}` });
});
afterEach(async () => {
  await closeProcesses();
  await workflow.close();
  await sandbox.close();
});

/** Starts it and waits until it has ended by the webhook, or put it aside. */
async function startsAndReads(): Promise<'ended' | 'put aside'> {
  service.launch();
  return eventually(() => {
    if (service.output.includes('A webhook was put aside')) return 'put aside';
    return service.wasKilled && 'ended';
  }, 'the webhook to be read');
}

test('is put aside when it ended the process twice while it was read alone', async () => {
  await service.start();
  const { body } = await service.call('PUT', `/v1/accounts/whatsapp/${ACCOUNT.externalId}`, {
    settings: sandboxSettings(sandbox),
  });
  sandbox.subscribe((body as Account).webhookUrl);
  await service.call('POST', '/v1/subscriptions', {
    url: workflow.url,
    events: ['message.received'],
    account: ACCOUNT,
  });
  await sandbox.customer.sends({ from: ANA, text: 'POISON' }).catch(() => undefined);
  await eventually(() => service.wasKilled, 'the service to end');
  let ends = 1;
  while ((await startsAndReads()) === 'ended') ends++;
  // With others, alone, and alone again; before that, if it was read as it came.
  expect([3, 4]).toContain(ends);
  await service.end('SIGTERM');
  await service.start();
  await sandbox.customer.sends({ from: ANA, text: 'hello' });
  await workflow.took(1);
  const answer = await service.call('GET', '/v1/dead-letters?code=unreadable');
  expect(answer.body).toMatchObject({ data: [{ detail: expect.stringMatching(/^The service ended each time/) }] });
});
