import type { LiveAccount } from '../../service/src/connectors/live.ts';
import { Provisioning } from '../../service/src/connectors/provisioning.ts';
import { ParleyError } from '../../service/src/core/errors.ts';
import { answering } from '../conformance/fake-io.ts';

const { io } = answering(() => new Error('nobody is to be asked'));
const LOCAL = 'http://127.0.0.1:3000';
const PUBLIC = 'https://parley.example';

function accountOf(provision?: (url: string) => Promise<unknown>): LiveAccount {
  const channel = { id: 'c', name: 'C', ...(provision && { provisioning: { provision } }) };
  return { id: 'acc', connectionId: 'cnn', settings: {}, channel } as unknown as LiveAccount;
}

const accounts = { endpointOf: () => 'end', learn: async () => undefined };
const provisioning = (publicUrl: string | undefined) =>
  new Provisioning({ accounts, io, publicUrl, localUrl: () => LOCAL });

test.each([
  [PUBLIC, `${PUBLIC}/webhooks/c/end`],
  [undefined, `${LOCAL}/webhooks/c/end`],
])('with the public URL %s webhooks come to %s', (publicUrl, url) => {
  expect(provisioning(publicUrl).webhookUrl(accountOf())).toBe(url);
});

test('a channel is pointed at the public address and its steps are told', async () => {
  const told: string[] = [];
  const steps = [{ step: 'webhook', ok: true }];
  const account = accountOf(async (url) => {
    told.push(url);
    return steps;
  });
  expect(await provisioning(PUBLIC).provision(account)).toEqual(steps);
  expect(told).toEqual([`${PUBLIC}/webhooks/c/end`]);
});

test('without a public address the provider is asked nothing, and it is said what to set', async () => {
  const account = accountOf(async () => {
    throw new Error('asked');
  });
  const [step] = await provisioning(undefined).provision(account);
  expect(step).toMatchObject({ ok: false, blocking: true, detail: expect.stringContaining('PARLEY_PUBLIC_URL') });
});

test('a channel without provisioning has no steps', async () => {
  expect(await provisioning(PUBLIC).provision(accountOf())).toEqual([]);
});

test('an address that may not be called is a step that failed; a defect stays one', async () => {
  const failing = (error: Error) => provisioning(PUBLIC).provision(accountOf(() => Promise.reject(error)));
  const [step] = await failing(new ParleyError(400, 'forbidden_url', 'The address is private'));
  expect(step).toMatchObject({ ok: false, blocking: true, detail: 'The address is private' });
  await expect(failing(new TypeError('a defect'))).rejects.toThrow('a defect');
});
