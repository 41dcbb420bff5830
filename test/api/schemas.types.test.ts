/** What the API checks is what the contract says, both ways: a member that one of them lacks does not compile. */
import type * as contract from '../../contract/api.ts';
import type * as deadLetters from '../../contract/dead-letter.ts';
import type { DeliveryBody, EventType, ParleyEvent } from '../../contract/event.ts';
import type { InboundContent, MessageContext, OutboundContent, TemplateContent } from '../../contract/message.ts';
import type { outboundContent, templateContent } from '../../service/src/api/content.schema.ts';
import type * as deadLetterSchemas from '../../service/src/features/dead-letters/dead-letters.schema.ts';
import type * as eventSchemas from '../../service/src/api/events.schema.ts';
import type { inboundContent, messageContext } from '../../service/src/api/inbound-content.schema.ts';
import type * as schemas from '../../service/src/api/schemas.ts';
import type { replayEvents } from '../../service/src/features/event-replay/event-replay.schema.ts';
import type * as templateSchemas from '../../service/src/features/templates/templates.schema.ts';
import type { Same } from '../support/types.ts';

type Output<Schema extends { _zod: { output: unknown } }> = Schema['_zod']['output'];

/** An event without the members that its type never has. */
type Written<Event> = Event extends unknown
  ? { [Name in keyof Event as Event[Name] extends undefined ? never : Name]: Event[Name] }
  : never;

interface Compared {
  eventTypes: Same<Output<typeof eventSchemas.parleyEvent>['type'], EventType>;
  parleyEvent: Same<Output<typeof eventSchemas.parleyEvent>, Written<ParleyEvent>>;
  deliveryBody: Same<keyof Output<typeof eventSchemas.deliveryBody>, keyof DeliveryBody>;
  inboundContent: Same<Output<typeof inboundContent>, InboundContent>;
  messageContext: Same<Output<typeof messageContext>, MessageContext>;
  outboundContent: Same<Output<typeof outboundContent>, OutboundContent>;
  templateContent: Same<Output<typeof templateContent>, TemplateContent>;
  sendMessage: Same<Output<typeof schemas.sendMessage>, contract.SendMessage>;
  createSubscription: Same<Output<typeof schemas.createSubscription>, contract.CreateSubscription>;
  markRead: Same<Output<typeof schemas.markRead>, contract.MarkRead>;
  createTemplate: Same<Output<typeof templateSchemas.createTemplate>, contract.CreateTemplate>;
  editTemplate: Same<Output<typeof templateSchemas.editTemplate>, contract.EditTemplate>;
  putAccount: Same<Output<typeof schemas.putAccount>, contract.PutAccount>;
  replayDeadLetters: Same<Output<typeof deadLetterSchemas.replayDeadLetters>, deadLetters.ReplayDeadLetters>;
  discardDeadLetters: Same<Output<typeof deadLetterSchemas.discardDeadLetters>, deadLetters.DeadLetterChoice>;
  replayEvents: Same<Output<typeof replayEvents>, deadLetters.ReplayEvents>;
}

test('every schema is the type of the contract', () => {
  const same: { [Name in keyof Compared]: Compared[Name] } = {
    eventTypes: true,
    parleyEvent: true,
    deliveryBody: true,
    inboundContent: true,
    messageContext: true,
    outboundContent: true,
    templateContent: true,
    sendMessage: true,
    createSubscription: true,
    markRead: true,
    createTemplate: true,
    editTemplate: true,
    putAccount: true,
    replayDeadLetters: true,
    discardDeadLetters: true,
    replayEvents: true,
  };
  expect(Object.values(same)).not.toContain(false);
});
