/**
 * A provider that takes a message and answers as if it had not: whatever the answer is, one copy reaches the person, and the provider's late word
 * settles what nobody knew.
 */
import type { DeadLetter } from '../../../contract/dead-letter.ts';
import { MISLEADING_ANSWERS, MISLEADING_GRAPH_ANSWERS } from '../../sandbox/kit/faults.ts';
import { closeApps, DAY, HOUR, MINUTE } from '../../support/app.ts';
import { eventually } from '../../support/eventually.ts';
import { SCENES, type Scene } from './taken-scenes.ts';

const ANSWERS = { ...MISLEADING_ANSWERS, ...MISLEADING_GRAPH_ANSWERS };
const NAMES = Object.keys(ANSWERS) as (keyof typeof ANSWERS)[];
/** Of Twilio's, Meta's words say nothing. */
const namesOn = (channel: string) => (channel.startsWith('twilio') ? Object.keys(MISLEADING_ANSWERS) : NAMES);
const textOf = (name: string) => `Answered by ${name}.`;
const copies = ({ taken }: Scene, name: string) => taken().filter(({ said }) => said.includes(textOf(name)));
/** Twilio and Instagram are asked what became of it. */
const tellsLate = (channel: string) => ['whatsapp', 'dialog360', 'messenger'].includes(channel);

/** Lets so much time pass that every repeat there might be would have been made. */
async function passes({ app }: Scene, ms: number, stepMs = 10 * MINUTE): Promise<void> {
  for (let passed = 0; passed < ms; passed += stepMs) {
    app.advance(stepMs);
    await app.idle();
  }
}

const statusOf = async ({ app }: Scene, id: string) => (await app.message(id)).status;

export function takenSuite(): void {
  afterEach(closeApps);

  describe.each(Object.keys(SCENES) as (keyof typeof SCENES)[])('%s', (channel) => {
    let scene: Scene;
    let ids: Record<string, string>;
    beforeEach(async () => {
      scene = await SCENES[channel]();
      ids = {};
      for (const name of namesOn(channel)) {
        scene.faults.next({ kind: 'answer_other', answer: ANSWERS[name as keyof typeof ANSWERS] });
        const id = (ids[name] = await scene.sent(textOf(name)));
        await eventually(async () => (await statusOf(scene, id)) === 'uncertain', `"${name}" to be uncertain`);
        // What one of them asks the account to wait is over, and so is what each of them makes it wait.
        scene.app.advance(31_000);
      }
    });

    test('takes and answers otherwise: one copy each, which its late word proves', async () => {
      await passes(scene, 2 * HOUR);
      expect(Object.keys(ids).filter((name) => copies(scene, name).length !== 1)).toEqual([]);
      for (const { id } of scene.taken()) scene.tells(id);
      for (const id of Object.values(ids)) await scene.app.reaches(id, 'sent');
      const { body } = await scene.app.call('GET', '/v1/dead-letters');
      expect((body as { data: DeadLetter[] }).data).toEqual([]);
    });

    if (tellsLate(channel)) {
      test('what nobody ever tells is unknown, and no replay of all that failed sends it again', async () => {
        await passes(scene, DAY, 4 * HOUR);
        for (const id of Object.values(ids)) await scene.app.reaches(id, 'unknown');
        const { body } = await scene.app.call('POST', '/v1/dead-letters/replay', { filter: {} });
        expect(body).toMatchObject({ replayed: 0 });
        const skipped = (body as { skipped: { code: string }[] }).skipped.map(({ code }) => code);
        expect(skipped).toEqual(Object.keys(ids).map(() => 'may_have_arrived'));
        await scene.app.idle();
        expect(Object.keys(ids).filter((name) => copies(scene, name).length !== 1)).toEqual([]);
      });
    }
  });

  test.each(Object.keys(SCENES) as (keyof typeof SCENES)[])(
    'on %s, an outage whose answers prove nothing takes a message now and then, and not all that wait',
    async (channel) => {
      const scene = await SCENES[channel]();
      scene.faults.next({ kind: 'answer_other', times: Infinity });
      const ids = await Promise.all(Array.from({ length: 20 }, (_, index) => scene.sent(`Number ${index}.`)));
      await passes(scene, 2 * MINUTE, 5_000);
      // After 1, 2, 4, 8, 16, 30 and 30 seconds.
      expect(scene.taken().length).toBeLessThanOrEqual(8);
      scene.faults.clear();
      await passes(scene, 2 * MINUTE, 5_000);
      expect(scene.taken()).toHaveLength(20);
      for (const { id } of scene.taken()) scene.tells(id);
      for (const id of ids) await scene.app.reaches(id, 'sent');
    },
  );
}
