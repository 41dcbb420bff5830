import type {
  IDataObject,
  IExecuteFunctions,
  INodeExecutionData,
  INodeProperties,
  IWebhookFunctions,
} from 'n8n-workflow';
import { NodeOperationError, type IWebhookResponseData } from 'n8n-workflow';
import type { SendMessage } from '../../../contract/api.ts';
import type { OutboundContent, ReplyButton } from '../../../contract/message.ts';
import { itemFiles } from '../binary.ts';
import { buttonsField, replyButtons } from '../content/interactive.ts';
import { footerField } from '../content/text.ts';
import { showFor } from '../content/kind.ts';
import { listBelow, listFields } from '../content/list.ts';
import { timeFields, timesBelow } from '../content/time-picker.ts';
import { recipientFields, sendOptionsField } from '../descriptions.ts';
import { asNodeError, itemParameters, type Operation } from '../operation.ts';
import { compact, type Parameters } from '../parameters.ts';
import { parkUntilReply, resumeWithReply, waitFields, waitUntil, type EndOfWait } from '../reply-wait.ts';
import { expiryOf, offeredOptions, send, sendMessage, sentOutput } from '../sending.ts';
import { ifSessionClosedOf, sessionClosedFields } from '../session-closed.ts';
import { simplifyEvent } from '../simplify.ts';
import type { ChannelForm, Question } from './channel-form.ts';

/** What a node has around the question: its own fields, and how the question is sent. */
export interface AskForm {
  recipientFields: INodeProperties[];
  sendFields: INodeProperties[];
  footer: boolean;
  /** How a question with buttons is asked, when not with buttons. */
  ask?: (question: Question) => OutboundContent;
  /** Answers what the item shows while the execution waits. */
  send(
    context: IExecuteFunctions,
    content: OutboundContent,
    wait: NonNullable<SendMessage['wait']>,
  ): Promise<IDataObject>;
}

const APPROVE = 'approve';
const DECLINE = 'decline';

/** What channels have no menu for goes out as a text with numbers, so that every channel has it. */
const ASKED_LIST = { several: true };

const waitNotice: INodeProperties = {
  displayName:
    "The execution waits for the contact's own reply in the chat. It works on one item at a time: put a 'Loop Over Items' before it when there are several.",
  name: 'waitNotice',
  type: 'notice',
  default: '',
};

/** n8n's human-in-the-loop tool relies on the names `message` and `responseType` and on the value `approval`. */
const questionFields: INodeProperties[] = [
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
      {
        name: 'List',
        value: 'list',
        description: "A menu of which one row or several are picked; the output has 'buttonId' or 'choices'",
      },
      {
        name: 'Times',
        value: 'times',
        description: "Times to choose from; the output has 'slotId' and 'slotStartsAt'",
      },
    ],
    default: 'any',
    description: 'How the contact is to answer',
  },
  { ...buttonsField, displayOptions: { show: { responseType: ['buttons'] } } },
  ...showFor(listFields(ASKED_LIST), { responseType: ['list'] }),
  ...showFor(timeFields, { responseType: ['times'] }),
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
];

function fields(form: AskForm): INodeProperties[] {
  const footer = { ...footerField, displayOptions: { show: { responseType: ['approval', 'buttons'] } } };
  return [
    waitNotice,
    ...form.recipientFields,
    ...questionFields,
    ...(form.footer ? [footer] : []),
    ...waitFields,
    ...form.sendFields,
  ];
}

function answerButtons(parameters: Parameters): ReplyButton[] {
  if (parameters.text('responseType') === 'buttons') return replyButtons(parameters);
  return [
    { id: APPROVE, title: parameters.optional('approveLabel') ?? 'Approve' },
    { id: DECLINE, title: parameters.optional('declineLabel') ?? 'Decline' },
  ];
}

function withButtons({ text, footer, buttons }: Question): OutboundContent {
  return compact({ type: 'buttons' as const, text, footer, buttons });
}

/** The question as content: a text, or one with buttons, rows or times. */
function questionContent(form: AskForm, parameters: Parameters): OutboundContent {
  const text = parameters.required('message', 'Message');
  const type = parameters.text('responseType');
  if (type === 'list') return listBelow(text, parameters, ASKED_LIST);
  if (type === 'times') return timesBelow(text, parameters);
  if (type !== 'approval' && type !== 'buttons') return { type: 'text', text };
  const footer = form.footer ? parameters.optional('footer') : undefined;
  return (form.ask ?? withButtons)({ text, footer, buttons: answerButtons(parameters) });
}

async function sendQuestion(form: AskForm, context: IExecuteFunctions, until: Date): Promise<IDataObject> {
  const wait = { url: context.getSignedResumeUrl(), until: until.toISOString(), confirms: true };
  return await form.send(context, questionContent(form, itemParameters(context, 0)), wait);
}

/** What comes out when nobody answered in time. */
function timedOutOutput(sent: IDataObject, approval: boolean): IDataObject {
  const { messageId, conversationId, to, thread } = sent;
  return {
    replied: false,
    timedOut: true,
    ...(approval ? { approved: false } : {}),
    ...compact({ messageId, conversationId, to, thread }),
  };
}

async function runOnce(form: AskForm, context: IExecuteFunctions): Promise<INodeExecutionData[]> {
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
    const sent = await sendQuestion(form, context, until);
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
function replyOutput(event: EndOfWait, approval: boolean): IDataObject {
  const replied = event.type === 'message.received';
  const content = replied ? event.message.content : undefined;
  const approved = content?.type === 'button' && content.buttonId === APPROVE;
  return {
    replied,
    timedOut: false,
    ...(!replied && { failed: true }),
    ...(approval ? { approved } : {}),
    ...simplifyEvent(event),
  };
}

/** n8n calls this when somebody opens the resume URL. */
export async function resumeSendAndWait(this: IWebhookFunctions): Promise<IWebhookResponseData> {
  const approval = this.getNodeParameter('responseType', 'any') === 'approval';
  return resumeWithReply(this, (event) => replyOutput(event, approval));
}

function askForm(form: ChannelForm): AskForm {
  return {
    ...form,
    recipientFields: recipientFields(form.recipient),
    sendFields: [...sessionClosedFields(form.templates), sendOptionsField(form)],
    send: async (context, content, wait) => {
      const account = await form.account(context);
      const parameters = itemParameters(context, 0);
      const options = parameters.group('options');
      const files = itemFiles(context, account, 0);
      const message = sendMessage(account, parameters, content, {
        ifSessionClosed: await ifSessionClosedOf(context, account, parameters, files, 0),
        wait,
        expiresAt: expiryOf(context, parameters),
        ...((form.degrades || content.type === 'list') && { degrade: true }),
        ...offeredOptions(options, form, context.getTimezone()),
      });
      return sentOutput(await send(context, account, 0, message, options.optional('idempotencyKey')), message);
    },
  };
}

/** 'Send and Wait for Reply' on one channel. */
export function sendAndWaitOperation(form: ChannelForm): Operation {
  return askOperation(askForm(form));
}

/** 'Send and Wait for Reply'. The node declares `replyWebhooks` and has `resumeSendAndWait` as its `webhook`. */
export function askOperation(form: AskForm): Operation {
  return {
    value: 'sendAndWait',
    name: 'Send and Wait for Reply',
    action: 'Send a message and wait for the reply',
    description: "Ask something and go on with the contact's answer: a text, a tapped button or a file",
    fields: fields(form),
    runOnce: async (context) => await runOnce(form, context),
  };
}
