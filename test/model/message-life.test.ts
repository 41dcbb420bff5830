/**
 * The state machine of a message, driven through random lives: webhooks in any order and number, sends, every answer a provider or a
 * workflow can give, crashes at any turn, time, accounts and workflows that come and go. `FC_RUNS=5000` for more lives, `FC_SEED`
 * for others.
 */
import fc from 'fast-check';
import { messagesBody, statusBody } from './bodies.ts';
import { ask, COMMANDS, getsAccount, post, subscribes, writes } from './commands.ts';
import { checkEnd, checkInvariants, look, waitingPoison } from './invariants.ts';
import { lives, type Life } from './life.ts';
import { owedStatuses, PEOPLE, Promises, type Webhook } from './promises.ts';

const RUNS = Number(process.env['FC_RUNS'] ?? 200);
const SEED = Number(process.env['FC_SEED'] ?? 20_261_122);
const MAX_COMMANDS = 40;
const DAY_MS = 24 * 3_600_000;
/** The longest a message may be held, and a day more. */
const LONG_MS = 8 * DAY_MS;
const MAX_ROUNDS = 200;
/** Writes when all else have said what they had to say. */
const LATECOMER = '15550007009';

const begin = lives();

/** From now on everybody answers, and time passes until nothing is left to do. */
async function heal(promises: Promises, life: Life): Promise<void> {
  life.provider.isQuick = true;
  life.workflow.isQuick = true;
  for (const call of [...life.provider.open]) life.provider.answers(call);
  for (const call of [...life.workflow.open]) life.workflow.answers(call, 'fails');
  await getsAccount(promises, life);
  await subscribes(promises, life);
  await life.crash();
  for (const webhook of promises.webhooks) if (!webhook.isAcknowledged) post(promises, life, webhook);
  await life.settle();
  for (const send of promises.sends) if (send.id === undefined && !send.isRefused) ask(promises, life, send);
  for (let round = 0; round < MAX_ROUNDS && (await goOn(promises, life)); round++) checkInvariants(promises, life);
  life.advance(LONG_MS);
  await life.settle();
}

/** Posts what the provider owes, and moves to when the next work is due. Answers false when there is none. */
async function goOn(promises: Promises, life: Life): Promise<boolean> {
  await life.settle();
  let posted = false;
  for (const taken of life.provider.taken) {
    for (const status of owedStatuses(taken)) {
      taken.statuses.push(status);
      const webhook: Webhook = {
        body: statusBody(taken, status, life.clock.now()),
        person: undefined,
        messages: [],
        isAcknowledged: false,
      };
      promises.webhooks.push(webhook);
      post(promises, life, webhook);
      posted = true;
    }
  }
  await life.settle();
  // What a workflow refuses is put aside while it takes something else.
  if (waitingPoison(life).length > 0) await writes(LATECOMER, 1)(promises, life);
  await life.settle();
  const [next] = look(life).rows(
    `SELECT min(due_at) AS at FROM jobs WHERE state = 'ready' AND kind IN ('send', 'deliver', 'normalize')`,
  );
  if (typeof next?.['at'] !== 'number') return posted;
  life.advance(Math.max(0, next['at'] - life.clock.now()));
  return true;
}

test(`in ${RUNS} lives nothing is lost, sent twice, out of order or stuck`, async () => {
  const property = fc.asyncProperty(
    fc.commands(COMMANDS, { maxCommands: MAX_COMMANDS, size: 'max' }),
    async (commands) => {
      const promises = new Promises();
      const life = await begin();
      try {
        await getsAccount(promises, life);
        await subscribes(promises, life);
        await fc.asyncModelRun(() => ({ model: promises, real: life }), commands);
        await heal(promises, life);
        checkInvariants(promises, life);
        checkEnd(promises, life);
      } finally {
        look(life).close();
        await life.end();
      }
    },
  );
  await fc.assert(property, { numRuns: RUNS, seed: SEED, endOnFailure: process.env['FC_SHRINK'] === undefined });
}, 600_000);

test('an account that is deleted during a call to the provider leaves its message unknown, for it may have arrived', async () => {
  const promises = new Promises();
  const life = await begin();
  const [person] = PEOPLE;
  await getsAccount(promises, life);
  void life.post(messagesBody(person, ['wamid.in'], life.clock.now()));
  await life.settle();
  life.provider.isQuick = false;
  ask(promises, life, { key: 'hello', person, hold: false, purpose: 'reply', isRefused: false });
  await life.settle();
  expect(life.provider.open).toHaveLength(1);
  await life.removeAccount();
  await life.crash();
  await life.settle();
  expect(look(life).statuses()).toEqual([[life.provider.open[0]?.id, 'unknown']]);
  expect(look(life).rows('SELECT outcome FROM attempts')).toEqual([{ outcome: 'uncertain' }]);
  look(life).close();
  await life.end();
});
