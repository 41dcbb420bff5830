/** Whatever is long or many in what comes from outside costs a channel no more than its length: no webhook, answer or content stops the process. */
import fc from 'fast-check';
import type { OutboundContent } from '../../contract/message.ts';
import { outgoing } from '../support/outgoing.ts';
import { anyThread, recipientOf } from '../support/recipient.ts';
import { expectLinear, MANY } from '../support/linear.ts';
import type { ChannelSubject } from './channel-subject.ts';
import { alwaysAnswering } from './fake-io.ts';
import { lengthened, longText, multiplied, widened } from './grown.ts';
import { caught } from './probes.ts';

/** What an event may weigh besides its share of the webhook: ids, addresses and names of bounded length. */
const BYTES_OF_EVENT = 10_000;
/** Beside a text that is long. */
const SOME = 1_000;
const NAMES = Array.from({ length: 3 * MANY }, (_, index) => `name_${index}`);
const RUNS = { numRuns: 25 };

function webhooks<S>({ channel, settings: given, samples }: ChannelSubject<S>): void {
  const { encode = (body: unknown) => Buffer.from(JSON.stringify(body), 'utf8') } = samples;
  const settings = channel.settings.parse(given);
  const read = async (value: unknown) => {
    const body = encode(value);
    const request = samples.sign(body);
    await expectLinear(value, () => caught(() => channel.verify(request, 0, settings)));
    await expectLinear(value, () => channel.parse(request, settings));
    const events = channel.parse(request, settings);
    const bytes = events.reduce((sum, event) => sum + JSON.stringify(event).length, 0);
    expect(bytes).toBeLessThan(events.length * BYTES_OF_EVENT + 20 * body.length);
  };
  const webhook = fc.constantFrom(...samples.webhooks);
  const several = new Map(samples.webhooks.flatMap((sample) => multiplied(sample)).map((one) => [one.name, one.grown]));
  const some = samples.webhooks.flatMap((sample) => multiplied(sample, SOME));

  if (several.size > 0) test.each([...several])('a webhook with many %s', (_name, body) => read(body));

  test('a webhook with a long text', async () => {
    await fc.assert(
      fc.asyncProperty(webhook, longText, fc.nat(), (sample, text, index) => read(lengthened(sample, text, index))),
      RUNS,
    );
  });

  test('a webhook with many elements, and a long text beside them', async () => {
    if (some.length === 0) return;
    await fc.assert(
      fc.asyncProperty(fc.constantFrom(...some), longText, fc.nat(), ({ sample, grown }, text, index) =>
        read(lengthened(sample, text, index, grown)),
      ),
      RUNS,
    );
  });

  test('a webhook with a long name of a member', async () => {
    await fc.assert(
      fc.asyncProperty(webhook, longText, fc.nat(), (sample, name, index) => read(widened(sample, [name], index))),
      RUNS,
    );
  });

  test('a webhook with many members', async () => {
    await fc.assert(
      fc.asyncProperty(webhook, fc.nat(), (sample, index) => read(widened(sample, NAMES, index))),
      { numRuns: 3 },
    );
  });
}

function sends<S>({ channel, settings: given, samples }: ChannelSubject<S>): void {
  const settings = channel.settings.parse(given);
  const to = recipientOf(channel, samples.recipients.good[0] as string, settings);
  const content = samples.outbound[0] as OutboundContent;

  test('a long answer', async () => {
    const send = (text: string) => async () => {
      for (const answer of samples.refusals(text)) {
        const message = outgoing({ id: 'msg_1', to, content, thread: anyThread(channel, settings) });
        await channel.send(message, settings, alwaysAnswering(answer).io).catch(() => undefined);
      }
    };
    await fc.assert(
      fc.asyncProperty(longText, (text) => expectLinear(samples.refusals(text), send(text))),
      RUNS,
    );
  });

  const contents = new Map(samples.outbound.flatMap((one) => multiplied(one)).map((one) => [one.name, one.grown]));
  const check = (one: unknown) =>
    expectLinear(one, () => caught(() => channel.check(one as OutboundContent, settings)));

  if (contents.size > 0) test.each([...contents])('a content with many %s', (_name, one) => check(one));

  test('a content, a recipient or a setting that is long', async () => {
    await fc.assert(
      fc.asyncProperty(fc.constantFrom(...samples.outbound), longText, fc.nat(), async (sample, text, index) => {
        await check(lengthened(sample, text, index));
        await expectLinear(text, () => caught(() => channel.recipient(text, settings)));
        const changed = lengthened(given, text, index);
        await expectLinear(changed, () => channel.settings.safeParse(changed));
      }),
      RUNS,
    );
  });
}

/** Declares the tests. */
export function channelSizes<S>(subject: ChannelSubject<S>): void {
  webhooks(subject);
  sends(subject);
}
