/** "May I send this now?": one question, asked at admission, at the send and by GET /v1/permission; one answer, with every reason. */
import type { LiveAccount } from '../connectors/live.ts';
import { capabilitiesOf } from '../core/capabilities.ts';
import type { Clock } from '../core/clock.ts';
import { blocked, capability, ownership, session, type PermissionFacts, type Reason } from '../core/send-permission.ts';
import { NO_WINDOW } from '../core/session-window.ts';
import type { Identity } from '../core/identity.ts';
import type { Contact } from '../store/contact.store.ts';
import type { Conversation } from '../store/conversation.store.ts';
import type { TemplateName } from '../store/template-category.store.ts';
import type { Db } from '../store/unit-of-work.ts';

/** What a reason is about, the gravest first: in this order callers are told. */
const GRAVITY = ['capability', 'ownership', 'consent', 'absence', 'session', 'hours', 'cap'] as const;

/** What is to be sent, and to whom as far as anybody knows them. */
export interface SendQuestion extends Pick<PermissionFacts, 'kind' | 'purpose' | 'author'> {
  account: LiveAccount;
  contact: Contact | undefined;
  conversation: Conversation | undefined;
  /** Whom it is addressed to, where nobody has the address yet. */
  to?: Identity | undefined;
  /** The provider's template that is to be sent. */
  template?: TemplateName | undefined;
}

/** What a rule may look at. */
export interface RuleFacts extends PermissionFacts {
  accountId: string;
  /** Undefined: nobody has this address yet. */
  contactId: string | undefined;
  conversationId: string | undefined;
  /** By which the recipient is known on the channel. */
  identities: readonly Identity[];
  template: TemplateName | undefined;
}

/** Refuses sends for one reason. */
export interface PermissionRule {
  readonly about: (typeof GRAVITY)[number];
  /**
   * Answers why the send is refused, undefined: nothing speaks against it. It may read a few rows by an index, in the transaction that
   * admits the message or opens the attempt, and changes nothing: the question is also asked without a send.
   */
  refuses(facts: RuleFacts, db: Db): Reason | undefined | Promise<Reason | undefined>;
  /**
   * Learns what `refuses` needs to know of a template, outside of any transaction and before it is asked: it may ask the provider, and keep the
   * answer. What it cannot learn, it leaves to `refuses`. Never throws for what the provider says.
   */
  learn?(facts: RuleFacts, account: LiveAccount): Promise<void>;
}

const OWN_RULES: readonly PermissionRule[] = [
  { about: 'capability', refuses: capability },
  { about: 'ownership', refuses: ownership },
  { about: 'absence', refuses: blocked },
  { about: 'session', refuses: session },
];

/** Asks every rule: the kernel's own and those of the features. */
export class Permissions {
  readonly #clock: Clock;
  #rules: readonly PermissionRule[] = OWN_RULES;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** Adds rules, each in the place that its gravity gives it. */
  register(rules: readonly PermissionRule[]): void {
    const grave = ({ about }: PermissionRule) => GRAVITY.indexOf(about);
    this.#rules = [...this.#rules, ...rules].sort((a, b) => grave(a) - grave(b));
  }

  /** Every reason against the send, the gravest first; an empty list means yes. */
  async refusals(db: Db, question: SendQuestion): Promise<Reason[]> {
    const facts = this.#facts(question);
    const found: Reason[] = [];
    for (const rule of this.#rules) {
      const reason = await rule.refuses(facts, db);
      if (reason !== undefined) found.push(reason);
    }
    return found;
  }

  /** Lets every rule learn what it needs to know of the template; nothing is asked of anybody where there is none. */
  async learn(question: SendQuestion): Promise<void> {
    if (question.template === undefined) return;
    const facts = this.#facts(question);
    for (const rule of this.#rules) await rule.learn?.(facts, question.account);
  }

  #facts({ account, contact, conversation, to, template, ...send }: SendQuestion): RuleFacts {
    return {
      ...send,
      capabilities: capabilitiesOf(account, conversation?.facts),
      window: conversation?.window ?? NO_WINDOW,
      owner: conversation?.owner ?? 'bot',
      now: this.#clock.now(),
      accountId: account.id,
      contactId: contact?.id,
      conversationId: conversation?.id,
      identities: contact?.identities ?? (to ? [to] : []),
      template,
    };
  }
}
