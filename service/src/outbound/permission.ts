/** Answers "May I send this now?": one question, asked at admission, at the send and by GET /v1/permission; one answer, with every reason. */
import type { LiveAccount } from '../connectors/live.ts';
import { capabilitiesOf } from '../core/capabilities.ts';
import type { WatchedClock } from '../core/watched-clock.ts';
import { blocked, capability, ownership, session, type PermissionFacts, type Reason } from '../core/send-permission.ts';
import { NO_WINDOW } from '../core/session-window.ts';
import type { Identity } from '../core/identity.ts';
import type { Contact } from '../store/contact.store.ts';
import type { Conversation } from '../store/conversation.store.ts';
import type { TemplateName } from '../store/template-category.store.ts';
import type { Db } from '../store/unit-of-work.ts';

/** Says what a reason is about, the gravest first: in this order callers are told. */
const GRAVITY = ['capability', 'ownership', 'consent', 'absence', 'session', 'hours', 'cap'] as const;

/** Says what is to be sent, and to whom as far as anybody knows them. */
export interface SendQuestion extends Pick<PermissionFacts, 'kind' | 'purpose' | 'author'> {
  account: LiveAccount;
  contact: Contact | undefined;
  conversation: Conversation | undefined;
  /** Says whom it is addressed to, where nobody has the address yet. */
  to?: Identity | undefined;
  /** Holds the provider's template that is to be sent. */
  template?: TemplateName | undefined;
  /** Says since when it may have waited for the contact to write, milliseconds since the epoch; absent: it is asked for now, or never waits. */
  waitsSince?: number | undefined;
}

/** Says what a rule may look at. */
export interface RuleFacts extends PermissionFacts {
  accountId: string;
  /** Undefined: nobody has this address yet. */
  contactId: string | undefined;
  conversationId: string | undefined;
  /** Says by which the recipient is known on the channel. */
  identities: readonly Identity[];
  template: TemplateName | undefined;
  /** Repeats that of `SendQuestion`. */
  waitsSince?: number | undefined;
}

/** Says why a send is refused. */
export interface Refusal extends Reason {
  /** The rule may answer otherwise when it has learned of the template. */
  mayLearn?: true;
}

/** Refuses sends for one reason. */
export interface PermissionRule {
  readonly about: (typeof GRAVITY)[number];
  /**
   * Answers why the send is refused, undefined: nothing speaks against it. It may read a few rows by an index, in the transaction that
   * admits the message or opens the attempt, and changes nothing: the question is also asked without a send.
   */
  refuses(facts: RuleFacts, db: Db): Refusal | undefined | Promise<Refusal | undefined>;
  /**
   * Learns what `refuses` lacked to know of a template, outside of any transaction, before it is asked again: it may ask the provider, and keep the
   * answer. What it cannot learn, it leaves to `refuses`. Never throws for what the provider says.
   */
  learn?(facts: RuleFacts, account: LiveAccount): Promise<void>;
}

/** Holds the names of templates of which the rules have learned what there is to learn. */
export type Learned = ReadonlySet<string>;

function nameOf({ template }: SendQuestion): string {
  return template === undefined ? '' : `${template.name} ${template.language}`;
}

const OWN_RULES: readonly PermissionRule[] = [
  { about: 'capability', refuses: capability },
  { about: 'ownership', refuses: ownership },
  { about: 'absence', refuses: blocked },
  { about: 'session', refuses: session },
];

/** Ends a unit of work in which a rule would refuse what it may allow when it has learned of the template. */
class Unlearned extends Error {
  readonly question: SendQuestion;

  constructor(question: SendQuestion) {
    super('A rule has to learn of a template first');
    this.question = question;
  }
}

/** Asks every rule: the kernel's own and those of the features. */
export class Permissions {
  readonly #clock: Pick<WatchedClock, 'reached'>;
  #rules: readonly PermissionRule[] = OWN_RULES;

  constructor(clock: Pick<WatchedClock, 'reached'>) {
    this.#clock = clock;
  }

  /** Adds rules, each in the place that its gravity gives it. */
  register(rules: readonly PermissionRule[]): void {
    const grave = ({ about }: PermissionRule) => GRAVITY.indexOf(about);
    this.#rules = [...this.#rules, ...rules].sort((a, b) => grave(a) - grave(b));
  }

  /**
   * Answers every reason against the send, the gravest first; an empty list means yes. `learned`: in what `learning` runs, the templates that it gave;
   * absent: nothing is learned for it.
   */
  async refusals(db: Db, question: SendQuestion, learned?: Learned): Promise<Reason[]> {
    const facts = this.#facts(question);
    const found: Reason[] = [];
    for (const rule of this.#rules) {
      const refusal = await rule.refuses(facts, db);
      if (refusal === undefined) continue;
      const { mayLearn, ...reason } = refusal;
      if (mayLearn && learned?.has(nameOf(question)) === false) throw new Unlearned(question);
      found.push(reason);
    }
    return found;
  }

  /**
   * Runs work that asks for refusals in units of work of its own. Where an answer depends on what may be learned of a template, the unit of work is
   * undone, the rules learn, and the work runs again.
   */
  async learning<T>(work: (learned: Learned) => Promise<T>): Promise<T> {
    const learned = new Set<string>();
    for (;;) {
      try {
        return await work(learned);
      } catch (error) {
        if (!(error instanceof Unlearned)) throw error;
        await this.#learn(error.question);
        learned.add(nameOf(error.question));
      }
    }
  }

  async #learn(question: SendQuestion): Promise<void> {
    const facts = this.#facts(question);
    for (const rule of this.#rules) await rule.learn?.(facts, question.account);
  }

  #facts({ account, contact, conversation, to, template, waitsSince, ...send }: SendQuestion): RuleFacts {
    return {
      ...send,
      capabilities: capabilitiesOf(account, conversation?.facts),
      window: conversation?.window ?? NO_WINDOW,
      owner: conversation?.owner ?? 'bot',
      now: this.#clock.reached(),
      accountId: account.id,
      contactId: contact?.id,
      conversationId: conversation?.id,
      identities: contact?.identities ?? (to ? [to] : []),
      template,
      waitsSince,
    };
  }
}
