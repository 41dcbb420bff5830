/** What the API checks is what the contract says, both ways: a member that one of them lacks does not compile. */
import type * as contract from '../../contract/api.ts';
import type * as deadLetters from '../../contract/dead-letter.ts';
import type { OutboundContent, TemplateContent } from '../../contract/message.ts';
import type { outboundContent, templateContent } from '../../service/src/api/content.schema.ts';
import type * as deadLetterSchemas from '../../service/src/features/dead-letters/dead-letters.schema.ts';
import type * as schemas from '../../service/src/api/schemas.ts';
import type { Same } from '../support/types.ts';

type Output<Schema extends { _zod: { output: unknown } }> = Schema['_zod']['output'];

interface Compared {
  outboundContent: Same<Output<typeof outboundContent>, OutboundContent>;
  templateContent: Same<Output<typeof templateContent>, TemplateContent>;
  sendMessage: Same<Output<typeof schemas.sendMessage>, contract.SendMessage>;
  createSubscription: Same<Output<typeof schemas.createSubscription>, contract.CreateSubscription>;
  markRead: Same<Output<typeof schemas.markRead>, contract.MarkRead>;
  createTemplate: Same<Output<typeof schemas.createTemplate>, contract.CreateTemplate>;
  editTemplate: Same<Output<typeof schemas.editTemplate>, contract.EditTemplate>;
  putAccount: Same<Output<typeof schemas.putAccount>, contract.PutAccount>;
  replayDeadLetters: Same<Output<typeof deadLetterSchemas.replayDeadLetters>, deadLetters.ReplayDeadLetters>;
  discardDeadLetters: Same<Output<typeof deadLetterSchemas.discardDeadLetters>, deadLetters.DeadLetterChoice>;
  replayEvents: Same<Output<typeof deadLetterSchemas.replayEvents>, deadLetters.ReplayEvents>;
}

test('every schema is the type of the contract', () => {
  const same: { [Name in keyof Compared]: Compared[Name] } = {
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
