/** Features on a ledger of their own: facts of every type that they hear, people with a history, and everything that is stored. */
import type { EventType } from '../../contract/event.ts';
import type { Fact } from '../../service/src/events/fact.ts';
import type { Feature, Kernel, MakeFeature } from '../../service/src/features/feature.ts';
import { NO_WINDOW } from '../../service/src/core/session-window.ts';
import type { Ages } from '../../service/src/maintenance/retention-part.ts';
import type { Eraser } from '../../service/src/maintenance/erase.ts';
import * as contacts from '../../service/src/store/contact.store.ts';
import * as conversations from '../../service/src/store/conversation.store.ts';
import { fromRow } from '../../service/src/store/job.store.ts';
import type { Ledger } from '../../service/src/store/ledger.ts';
import type { Tx } from '../../service/src/store/unit-of-work.ts';
import { parseEncryptionKeys, SecretBox } from '../../service/src/platform/secret-box.ts';
import { readPayload } from '../../service/src/outbox/payload.ts';
import { dueJobs } from '../support/due-jobs.ts';
import { EventsFixture } from '../events/fixture.ts';

const PEOPLE = { ana: 'con_ana', ben: 'con_ben' };
type Name = keyof typeof PEOPLE | 'erased';

const message = { id: 'msg', providerMessageId: 'p', content: { type: 'text', text: 'hello' }, sentAt: 'now' };
/** What a fact of each type tells at the least; of all others, nothing. */
const BODIES: Partial<Record<EventType, object>> = {
  'message.received': { message },
  'message.edited': { message },
  'message.status': {
    status: { id: 'msg', status: 'failed', kind: 'text', error: { code: 'opted_out', message: 'no' } },
  },
  'message.echo': { echo: { providerMessageId: 'p', content: message.content } },
  'contact.preference': { data: { topic: 'marketing', value: 'stop' } },
};

const FOR_EVER: Ages = { bodies: Infinity, receipts: Infinity, events: Infinity };

export class FeatureBench {
  readonly #fixture: EventsFixture;
  readonly ledger: Ledger;
  readonly features: readonly Feature[];
  readonly people = PEOPLE;
  #facts = 0;

  private constructor(fixture: EventsFixture, features: readonly Feature[]) {
    this.#fixture = fixture;
    this.ledger = fixture.ledger;
    this.features = features;
  }

  /** With two people who have no history yet. */
  static async make(ledger: Ledger, makers: readonly MakeFeature[], keep = FOR_EVER): Promise<FeatureBench> {
    const fixture = await EventsFixture.make(ledger);
    const { clock, ids, outbox, publisher } = fixture;
    const io = { clock, log: { info: () => undefined, warn: () => undefined } };
    const files = { ms: Infinity, maxTotalBytes: 1_024, folder: '/nonexistent' };
    const sealer = new SecretBox(parseEncryptionKeys(Buffer.alloc(32, 7).toString('base64')));
    const kernel = { ledger, clock, ids, outbox, publisher, keep, io, files, sealer } as unknown as Kernel;
    const features = makers.map((make) => make(kernel));
    outbox.register(features.flatMap(({ jobs = [] }) => jobs));
    publisher.register(features.flatMap(({ reactions = [] }) => reactions));
    const bench = new FeatureBench(fixture, features);
    for (const name of ['ana', 'ben'] as const) await ledger.write((tx) => bench.#born(tx, name));
    return bench;
  }

  get reactions() {
    return this.features.flatMap(({ reactions = [] }) => reactions);
  }

  get rules() {
    return this.features.flatMap(({ permissionRules = [] }) => permissionRules);
  }

  get outbox() {
    return this.#fixture.outbox;
  }

  get clock() {
    return this.#fixture.clock;
  }

  get account() {
    return this.#fixture.account;
  }

  readonly publish = (tx: Tx, fact: Fact) => this.#fixture.publisher.publish(tx, fact);

  readonly typesHeard = (): EventType[] => [...new Set(this.reactions.flatMap(({ on }) => [...on]))];

  /** A fact that was not told before. */
  readonly factOf = (type: EventType, name: Name): Fact => {
    const contact = { id: `con_${name}`, name: null, username: null, identities: [] };
    const frame = { dedupeKey: `fact ${++this.#facts}`, at: this.clock.now(), account: this.account };
    const body = BODIES[type] ?? { data: {} };
    return {
      ...frame,
      type,
      contact,
      conversation: this.#fixture.conversation(`cnv_${name}`),
      ...body,
    } as unknown as Fact;
  };

  /** Everything that the features hear happens to somebody. */
  readonly live = async (name: 'ana' | 'ben'): Promise<void> => {
    for (const type of this.typesHeard()) await this.ledger.write((tx) => this.publish(tx, this.factOf(type, name)));
  };

  /** Does the steps of an erasure, to the end of them. */
  readonly work = async (eraser: Eraser, contactId: string): Promise<void> => {
    const jobs = this.ledger.reader.selectFrom('jobs').selectAll().where('key', '=', `maintenance:erase:${contactId}`);
    const job = fromRow(await jobs.executeTakeFirstOrThrow());
    const { payload: rest } = readPayload(eraser.payload, job);
    for (let now = this.clock.now(), progress; progress !== 'done';) {
      progress = await this.ledger.write((tx) => eraser.step(tx, rest, now));
      if (typeof progress === 'object') now = progress.againAt;
    }
    await this.ledger.write((tx) => this.outbox.finish(tx, job));
  };

  /** Does the jobs that wait for the features, as a worker would. */
  readonly runJobs = async (): Promise<void> => {
    for (const handler of this.features.flatMap(({ jobs = [] }) => jobs)) {
      for (const job of await dueJobs(this.ledger, handler.kind, Number.MAX_SAFE_INTEGER))
        await handler.run(readPayload(handler.payload, job));
    }
  };

  /** Every row of every table, as text; where in a table a row stands is left out. */
  readonly dump = async (): Promise<string[]> => {
    const tables = await this.ledger.reader.introspection.getTables();
    const rows: string[] = [];
    for (const { name } of tables) {
      const found = await this.ledger.reader
        .selectFrom(name as 'jobs')
        .selectAll()
        .execute();
      rows.push(...found.map((row) => `${name} ${JSON.stringify(row)}`));
    }
    return rows.sort();
  };

  async #born(tx: Tx, name: 'ana' | 'ben'): Promise<void> {
    const now = this.clock.now();
    await contacts.create(tx, PEOPLE[name], now);
    await contacts.addIdentity(
      tx,
      PEOPLE[name],
      { channel: 'whatsapp', realm: '', kind: 'phone', address: `of ${name}` },
      now,
    );
    const made = { id: `cnv_${name}`, accountId: this.account.id, contactId: PEOPLE[name], owner: 'bot' as const };
    await conversations.create(tx, { ...made, thread: '', window: NO_WINDOW }, now);
  }
}
