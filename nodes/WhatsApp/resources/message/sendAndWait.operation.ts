import type {
  IDataObject,
  IExecuteFunctions,
  INodeExecutionData,
  INodeProperties,
  IWebhookFunctions,
} from 'n8n-workflow';
import { NodeOperationError, type IWebhookResponseData } from 'n8n-workflow';
import type { ParleyEvent } from '../../../../contract/event.ts';
import type { OutboundContent, ReplyButton } from '../../../../contract/message.ts';
import { itemFiles } from '../../../shared/binary.ts';
import { buttonsField, replyButtons } from '../../../shared/content/interactive.ts';
import { footerField } from '../../../shared/content/text.ts';
import { recipientFields, sendOptionsField } from '../../../shared/descriptions.ts';
import { asNodeError, itemParameters, type Operation } from '../../../shared/operation.ts';
import { compact, type Parameters } from '../../../shared/parameters.ts';
import { parkUntilReply, resumeWithReply, waitFields, waitUntil } from '../../../shared/reply-wait.ts';
import { expiryOf, send, sendMessage, sentOutput } from '../../../shared/sending.ts';
import { ifSessionClosedOf, sessionClosedFields } from '../../../shared/session-closed.ts';
import { simplifyEvent } from '../../../shared/simplify.ts';
import { whatsAppAccount } from '../../account.ts';

const APPROVE = 'approve';
const DECLINE = 'decline';

/** n8n's human-in-the-loop tool relies on the names `message` and `responseType` and on the value `approval`. */
const fields: INodeProperties[] = [
  {
    displayName:
      "The execution waits for the contact's own reply in the chat. It works on one item at a time: put a 'Loop Over Items' before it when there are several.",
    name: 'waitNotice',
    type: 'notice',
    default: '',
  },
  ...recipientFields,
  {
    displayName: 'Message',
    name: 'message',
    type: 'string',
    typeOptions: { rows: 4 },
    default: '',
    required: true,
    placeholder: 'e.g. Does Tuesday at 10:00 suit you?',
    description: 'What the contact reads',
  },
  {
    displayName: 'Response Type',
    name: 'responseType',
    type: 'options',
    noDataExpression: true,
    options: [
      { name: 'Any Reply', value: 'any', description: 'A text, a file, whatever the contact sends next' },
      { name: 'Approval', value: 'approval', description: "Two buttons; the output has 'approved'" },
      { name: 'Buttons', value: 'buttons', description: 'Buttons of your own; the contact may also write instead' },
    ],
    default: 'any',
    description: 'How the contact is to answer',
  },
  { ...buttonsField, displayOptions: { show: { responseType: ['buttons'] } } },
  {
    displayName: 'Approve Button',
    name: 'approveLabel',
    type: 'string',
    default: 'Approve',
    placeholder: 'e.g. Yes',
    displayOptions: { show: { responseType: ['approval'] } },
  },
  {
    displayName: 'Decline Button',
    name: 'declineLabel',
    type: 'string',
    default: 'Decline',
    placeholder: 'e.g. No',
    displayOptions: { show: { responseType: ['approval'] } },
  },
  { ...footerField, displayOptions: { show: { responseType: ['approval', 'buttons'] } } },
  ...waitFields,
  ...sessionClosedFields({ search: 'searchApprovedTemplates', variables: 'getFallbackVariables' }),
  sendOptionsField,
];

function answerButtons(parameters: Parameters): ReplyButton[] {
  if (parameters.text('responseType') === 'buttons') return replyButtons(parameters);
  return [
    { id: APPROVE, title: parameters.optional('approveLabel') ?? 'Approve' },
    { id: DECLINE, title: parameters.optional('declineLabel') ?? 'Decline' },
  ];
}

/** The question as content: a text, or a text with buttons. */
export function questionContent(parameters: Parameters): OutboundContent {
  const text = parameters.required('message', 'Message');
  const type = parameters.text('responseType');
  if (type !== 'approval' && type !== 'buttons') return { type: 'text', text };
  return compact({
    type: 'buttons' as const,
    text,
    footer: parameters.optional('footer'),
    buttons: answerButtons(parameters),
  });
}

async function sendQuestion(context: IExecuteFunctions, until: Date): Promise<IDataObject> {
  const account = await whatsAppAccount(context);
  const parameters = itemParameters(context, 0);
  const files = itemFiles(context, account, 0);
  const ifSessionClosed = await ifSessionClosedOf(context, account, parameters, files, 0);
  const wait = { url: context.getSignedResumeUrl(), until: until.toISOString() };
  const expiresAt = expiryOf(context, parameters);
  const message = sendMessage(account, parameters, questionContent(parameters), { ifSessionClosed, wait, expiresAt });
  const key = parameters.group('options').optional('idempotencyKey');
  return sentOutput(await send(context, account, 0, message, key), message.to);
}

/** What comes out when nobody answered in time. */
function timedOutOutput(sent: IDataObject, approval: boolean): IDataObject {
  const { messageId, conversationId, to } = sent;
  return {
    replied: false,
    timedOut: true,
    ...(approval ? { approved: false } : {}),
    ...compact({ messageId, conversationId, to }),
  };
}

async function runOnce(context: IExecuteFunctions): Promise<INodeExecutionData[]> {
  const count = context.getInputData().length;
  try {
    if (count > 1) {
      throw new NodeOperationError(
        context.getNode(),
        `An execution can wait for one reply only, and there are ${count} items`,
        {
          description: "Put a 'Loop Over Items' node with a batch size of 1 before this one. Nothing was sent.",
          itemIndex: 1,
        },
      );
    }
    const parameters = itemParameters(context, 0);
    const until = waitUntil(parameters, Date.now());
    const sent = await sendQuestion(context, until);
    const approval = parameters.text('responseType') === 'approval';
    return await parkUntilReply(context, until, { sent, timedOut: timedOutOutput(sent, approval) });
  } catch (error) {
    const nodeError = asNodeError(context.getNode(), error, 0);
    if (!context.continueOnFail()) throw nodeError;
    return [{ json: { error: nodeError.message }, error: nodeError, pairedItem: { item: 0 } }];
  }
}

/**
 * The reply, flat; in an approval with `approved`: only the approving button counts as a yes. When the question could not be sent,
 * `failed` with the reason (`errorCode`, `errorMessage`). Pure.
 */
export function replyOutput(event: ParleyEvent, approval: boolean): IDataObject {
  const content = event.message?.content;
  const approved = content?.type === 'button' && content.buttonId === APPROVE;
  return {
    replied: event.message !== undefined,
    timedOut: false,
    ...(event.message === undefined && { failed: true }),
    ...(approval ? { approved } : {}),
    ...simplifyEvent(event),
  };
}

/** n8n calls this when somebody opens the resume URL. */
export async function resumeSendAndWait(this: IWebhookFunctions): Promise<IWebhookResponseData> {
  const approval = this.getNodeParameter('responseType', 'any') === 'approval';
  return resumeWithReply(this, (event) => replyOutput(event, approval));
}

export const sendAndWaitOperation: Operation = {
  value: 'sendAndWait',
  name: 'Send and Wait for Reply',
  action: 'Send a message and wait for the reply',
  description: "Ask something and go on with the contact's answer: a text, a tapped button or a file",
  fields,
  runOnce,
};
