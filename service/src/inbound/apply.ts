/**
 * Makes one parsed fact true in the ledger and publishes it, in the caller's unit of work. What it changes between the contact and the business
 * (who they are, the window, the owner, a wish) is true and told at once. What is said is told in the order of the conversation: it waits while the rest of
 * something that was said before is fetched.
 */
import type {
  ChannelEvent,
  ParsedEcho,
  ParsedIdentityChange,
  ParsedMessage,
  ParsedNotice,
  ParsedPreference,
  ParsedStatus,
  ParsedWatermark,
  PartialFact,
} from '../channels/channel.ts';
import { has } from '../channels/channel.ts';
import type { LiveAccount } from '../connectors/live.ts';
import { knownPerson, replaceIdentities, type Participant } from '../contacts/resolve.ts';
import { answerIn } from '../core/choices.ts';
import { addressesIn, identitiesIn } from '../core/identity.ts';
import * as contacts from '../store/contact.store.ts';
import * as conversations from '../store/conversation.store.ts';
import * as events from '../store/event.store.ts';
import type { Tx } from '../store/unit-of-work.ts';
import * as messages from '../store/message.store.ts';
import * as pendingFacts from '../store/pending-fact.store.ts';
import type { PendingFact } from '../store/pending-fact.store.ts';
import { hasContact, isSaid, type InboundFact, type Said, type OrderedFact } from './fact.ts';
import { isPartial, type Fetched, type PendingFacts } from './pending.ts';
import { People, personIn, tellsOfPerson, whomOf } from './people.ts';
import { Recorder, type RecorderDeps } from './record.ts';

/** Bounds how much of what waited one unit of work tells; the next one goes on. */
const RESUMED_AT_ONCE = 50;

/** Finds the message of ours, on its way or lost sight of, that an echo without our id tells of. */
export interface EchoFinder {
  find(tx: Tx, conversationId: string, echoed: { type: string }, at: number): Promise<string | undefined>;
}

export interface ApplierDeps extends RecorderDeps {
  pending: PendingFacts;
  /** Takes facts about what was sent. */
  outbound: {
    applyStatus(tx: Tx, account: LiveAccount, event: ParsedStatus, at: number): Promise<void>;
    /** Pauses the account, which the provider itself refuses. */
    refused(tx: Tx, account: LiveAccount, refusal: NonNullable<ParsedNotice['refusal']>): Promise<void>;
    /** Queues messages that were held until the contact writes. */
    release(tx: Tx, conversationId: string): Promise<void>;
  };
  /** Raises the status of everything that was sent in the conversation until a time. */
  watermarks: {
    apply(
      tx: Tx,
      account: LiveAccount,
      conversationId: string,
      mark: Pick<ParsedWatermark, 'status' | 'upTo'>,
      at: number,
    ): Promise<void>;
  };
  echoes: EchoFinder;
}

export class Applier {
  readonly #deps: ApplierDeps;
  readonly #people: People;
  readonly #recorder: Recorder;

  constructor(deps: ApplierDeps) {
    this.#deps = deps;
    this.#people = new People({ ...deps, release: (tx, id) => deps.outbound.release(tx, id) });
    this.#recorder = new Recorder(deps);
  }

  async apply(tx: Tx, account: LiveAccount, told: ChannelEvent, receivedAt: number): Promise<void> {
    // Its webhook is no repetition: that was seen when it was read.
    const event = told.undated ? { ...told, dedupeKey: `${told.dedupeKey}@${receivedAt}` } : told;
    const at = Math.min(event.at ?? receivedAt, receivedAt);
    if (event.type === 'message.status') return this.#status({ tx, account, event, at });
    if (event.type === 'message.watermark') return this.#watermark({ tx, account, event, at });
    if (await events.isKnown(tx.db, account.id, event.dedupeKey)) return;
    if (event.type === 'contact.preference') return this.#preference({ tx, account, event, at });
    if (event.type === 'contact.identity_changed') return this.#identityChange({ tx, account, event, at });
    // Its webhook came again while it waits.
    if (canWait(account) && (await pendingFacts.isKnown(tx.db, account.id, event.dedupeKey))) return;
    return isSaid(event) ? this.#said({ tx, account, event, at }) : this.#notice({ tx, account, event, at });
  }

  /**
   * Tells what waits in a conversation, in its order, up to the next fact of which the rest is still to be fetched: a job of its own does
   * that. `fetched`: what a job has fetched; it counts if its fact's turn has come, and nobody took it back meanwhile.
   */
  async advance(tx: Tx, account: LiveAccount, conversationId: string, fetched?: Fetched): Promise<void> {
    for (let resumed = 0; ; resumed++) {
      const next = await pendingFacts.firstIn(tx.db, conversationId);
      if (next === undefined) return;
      const isWaited = next.partial && next.id !== fetched?.id;
      if (isWaited || resumed === RESUMED_AT_ONCE) return this.#deps.pending.promise(tx, next);
      await pendingFacts.remove(tx, next.id);
      await this.#resume(tx, account, next, fetched);
    }
  }

  async #status(fact: InboundFact<ParsedStatus>): Promise<void> {
    const { tx, account, event, at } = fact;
    if (tellsOfPerson(event) && hasContact(fact)) await this.#people.after(fact);
    const correlationId = await this.#correlationOf(fact);
    await this.#deps.outbound.applyStatus(
      tx,
      account,
      correlationId === undefined ? event : { ...event, correlationId },
      at,
    );
  }

  /** Finds our id of the message that a status is about, where only its words tell. */
  async #correlationOf({ tx, account, event, at }: InboundFact<ParsedStatus>): Promise<string | undefined> {
    const { said, contact, correlationId, providerMessageId } = event;
    if (correlationId !== undefined || said === undefined || contact === undefined) return correlationId;
    if ((await messages.named(tx.db, account.id, providerMessageId)) !== undefined) return undefined;
    const known = await knownPerson(tx, account, whomOf({ ...event, contact }));
    return known && (await this.#deps.echoes.find(tx, known.conversation.id, said, at));
  }

  async #watermark(fact: InboundFact<ParsedWatermark>): Promise<void> {
    const { tx, account, event, at } = fact;
    // Nothing was sent to whom nobody knows.
    const known = await knownPerson(tx, account, whomOf(event));
    if (known === undefined) return;
    const { conversation } = await this.#people.after(fact, known);
    await this.#deps.watermarks.apply(tx, account, conversation.id, event, at);
  }

  async #preference(fact: InboundFact<ParsedPreference>): Promise<void> {
    const { type, topic, value, data } = fact.event;
    const person = await this.#people.after(fact);
    await this.#recorder.publish(fact, person, { type, data: { topic, value, ...data } });
  }

  async #identityChange(fact: InboundFact<ParsedIdentityChange>): Promise<void> {
    const { tx, account, event } = fact;
    const { contact, conversation } = await this.#people.after(fact);
    const now = this.#deps.clock.now();
    const [before, added] = [event.contact.identities, event.added].map((refs) => identitiesIn(account, refs));
    await replaceIdentities(tx, contact.id, before ?? [], added ?? [], { now, isSame: event.merges });
    const changed = (await contacts.find(tx.db, contact.id, account.channel.id)) ?? contact;
    const data = { before: addressesIn(account, contact.identities), ...event.data };
    await this.#recorder.publish(fact, { contact: changed, conversation }, { type: event.type, data });
  }

  async #notice(fact: InboundFact<ParsedNotice>): Promise<void> {
    const { tx, account, event } = fact;
    if (event.refusal) await this.#deps.outbound.refused(tx, account, event.refusal);
    const person = hasContact(fact) ? await this.#people.after(fact) : undefined;
    // Who answers is so from now on, and told at once, whoever else tells it and wherever.
    const isOrdered = fact.event.type !== 'conversation.control' || fact.event.owner === undefined;
    if (person && isOrdered && (await this.#waits(fact, person))) return;
    await this.#recorder.notice(fact, person);
  }

  async #said(fact: InboundFact<Said>): Promise<void> {
    const arrived = await this.#arrive(fact);
    if (arrived === undefined) return;
    const { said, person } = arrived;
    if (!(await this.#waits(said, person))) return this.#recorder.said(said, person);
    const { tx, account, event } = said;
    if (event.type !== 'message.deleted') return;
    // It is told in its turn, but what was taken back is forgotten now.
    await this.#recorder.forget({ ...said, event });
    const isFree = await this.#deps.pending.forget(tx, account.id, event);
    if (isFree) await this.advance(tx, account, person.conversation.id);
  }

  /** Makes true at once what a fact changes besides being told. Answers what is to be told in its turn; undefined: nothing. */
  async #arrive(fact: InboundFact<Said>): Promise<{ said: InboundFact<Said>; person: Participant } | undefined> {
    const { event, account } = fact;
    if (event.type === 'message.received') return this.#messageArrives({ ...fact, event });
    if (event.type !== 'message.echo') return { said: fact, person: await this.#people.after({ ...fact, event }) };
    const echo = { ...fact, event };
    if (await this.#isPublished(echo)) return undefined;
    const known = await this.#people.resolve(echo);
    // Only what it says tells whether it is a message of ours, which nobody took the conversation over with.
    if (isPartial(event) && canWait(account)) return { said: fact, person: known };
    const person = await this.#echoArrives(echo, known);
    return person && { said: fact, person };
  }

  async #messageArrives(fact: InboundFact<ParsedMessage>) {
    const { event } = fact;
    if (event.owner !== undefined && (await this.#isStored(fact))) return undefined;
    const known = await this.#people.resolve(fact);
    const person = await this.#people.after(fact, known);
    // By the choices that stood when it was written: what was held until now offers its own from now on.
    const content = isPartial(event) ? event.content : answerIn(known.conversation.choices, event.content);
    return { said: { ...fact, event: { ...event, content } }, person };
  }

  /** Makes an echo true, and answers whom it is about; undefined: it is a message of ours, on its way or lost sight of, which was sent. */
  async #echoArrives(fact: InboundFact<ParsedEcho>, known: Participant): Promise<Participant | undefined> {
    const { tx, account, event, at } = fact;
    const own = await this.#deps.echoes.find(tx, known.conversation.id, event.content, at);
    if (own === undefined) {
      const person = await this.#people.after(fact, known);
      await conversations.setChoices(tx, person.conversation);
      return person;
    }
    const { providerMessageId, dedupeKey, raw } = event;
    const status = {
      ...{ type: 'message.status' as const, status: 'sent' as const, providerMessageId, dedupeKey, raw },
      ...(event.at !== undefined && { at: event.at }),
    };
    await this.#deps.outbound.applyStatus(tx, account, { ...status, correlationId: own }, at);
    return undefined;
  }

  /** Keeps a fact for its turn. Answers false for one whose turn it is. */
  async #waits(fact: InboundFact<OrderedFact>, { conversation }: Participant): Promise<boolean> {
    return canWait(fact.account) && (await this.#deps.pending.add(fact, conversation.id));
  }

  /** Tells a fact that has waited. */
  async #resume(tx: Tx, account: LiveAccount, waited: PendingFact, fetched: Fetched | undefined): Promise<void> {
    const person = await personIn(tx, account, waited.conversationId);
    if (person === undefined) return;
    const { partial, at } = waited;
    const event = this.#deps.pending.read(waited);
    if (!isSaid(event)) return this.#recorder.notice({ tx, account, event, at }, person);
    const said =
      partial && isPartial(event) ? wholeOf({ tx, account, event, at }, fetched) : { tx, account, event, at };
    if (!partial || said.event.type !== 'message.echo') return this.#recorder.said(said, person);
    const echo = { ...said, event: said.event };
    const after = (await this.#isPublished(echo)) ? undefined : await this.#echoArrives(echo, person);
    if (after) await this.#recorder.said(echo, after);
  }

  /** Tells whether an echo is stored, unless an edit overtook it, which told nothing of what else is true by it. */
  async #isPublished(fact: InboundFact<ParsedEcho>): Promise<boolean> {
    return (await this.#isStored(fact)) && !(await this.#recorder.isOvertaken(fact));
  }

  /** Tells whether a message is stored: nothing of what came twice becomes true a second time. */
  async #isStored({ tx, account, event }: InboundFact<ParsedMessage | ParsedEcho>): Promise<boolean> {
    return (await messages.named(tx.db, account.id, event.providerMessageId)) !== undefined;
  }
}

/** Tells whether what is said on the channel may have to wait for the rest of it. */
function canWait({ channel }: LiveAccount): boolean {
  return has(channel, 'completion');
}

/** Answers what was said, with what was fetched of it. */
function wholeOf(fact: InboundFact<PartialFact>, fetched: Fetched | undefined): InboundFact<Said> {
  const { event } = fact;
  if (fetched?.completed === undefined) return { ...fact, incomplete: true };
  const { content, context } = fetched.completed;
  if (event.type !== 'message.received' || context === undefined) return { ...fact, event: { ...event, content } };
  return { ...fact, event: { ...event, content, context } };
}
