/** A message as the parameters of `POST …/Messages.json`, and the shapes of those that need a stored content. */
import type { OutboundContent, OutboundKind } from '../../../../contract/message.ts';
import type { OutgoingMessage } from '../channel.ts';
import { textOf, type JsonObject } from '../kit/json.ts';
import { wireRecipient, wireSender, type Line } from './addresses.ts';
import type { ShapedContent } from './contents.ts';
import type { Fields } from './form.ts';
import type { SmsOptions } from './options.ts';
import { repeated } from './overrides.ts';
import { senderOf, type TwilioSettings } from './settings.ts';

export type Of<K extends OutboundKind> = Extract<OutboundContent, { type: K }>;

/** Numbers what it is given and keeps it: the places of a shape. */
class Places {
  readonly values: Record<string, string> = {};

  #last = 0;

  put(value: string): string {
    const name = String(++this.#last);
    this.values[name] = value;
    return `{{${name}}}`;
  }
}

function quickReply({ text, buttons }: Of<'buttons'>): ShapedContent {
  const places = new Places();
  const body = places.put(text);
  const actions = buttons.map(({ id, title }) => ({
    type: 'QUICK_REPLY',
    title: places.put(title),
    id: places.put(id),
  }));
  return { types: { 'twilio/quick-reply': { body, actions } }, variables: places.values };
}

/** Rows differ in whether they have a description, which is part of the shape. */
function listPicker({ text, buttonTitle, sections }: Of<'list'>): ShapedContent {
  const places = new Places();
  const body = places.put(text);
  const button = places.put(buttonTitle);
  const items = sections
    .flatMap(({ rows }) => rows)
    .map(({ id, title, description }) => ({
      id: places.put(id),
      item: places.put(title),
      ...(description ? { description: places.put(description) } : {}),
    }));
  return { types: { 'twilio/list-picker': { body, button, items } }, variables: places.values };
}

/** The scheme stands in the shape: a URL that is a variable as a whole is no URL to whoever checks the content. */
function callToAction({ text, title, url }: Of<'link'>): ShapedContent {
  const places = new Places();
  const body = places.put(text);
  const [, scheme = 'https://', rest = ''] = /^(https?:\/\/)(.*)$/is.exec(url) ?? [];
  const action = { type: 'URL', title: places.put(title), url: `${scheme.toLowerCase()}${places.put(rest)}` };
  return { types: { 'twilio/call-to-action': { body, actions: [action] } }, variables: places.values };
}

/** What has to be stored before it can be sent; undefined: nothing. */
export function shapeOf(content: OutboundContent): ShapedContent | undefined {
  switch (content.type) {
    case 'buttons':
      return quickReply(content);
    case 'list':
      return listPicker(content);
    case 'link':
      return callToAction(content);
    default:
      return undefined;
  }
}

/** Values by the names of their variables: `name` where it is given, else by position. A one-time code is the first variable. */
function templateVariables({ body = [], code }: Of<'template'>): Record<string, string> {
  const values = body.map(({ name, text }, index) => [name ?? String(index + 1), text] as const);
  return Object.fromEntries(code === undefined ? values : [['1', code]]);
}

function withContent(sid: string, variables: Record<string, string>): Fields {
  const hasNone = Object.keys(variables).length === 0;
  return [['ContentSid', sid], ...(hasNone ? [] : ([['ContentVariables', JSON.stringify(variables)]] as Fields))];
}

/** WhatsApp shows the text above the pin, and the label below it. */
function location({ latitude, longitude, name, address }: Of<'location'>): Fields {
  const label = address ?? name;
  const point = `geo:${latitude},${longitude}`;
  return [
    ['Body', name ?? address ?? `${latitude}, ${longitude}`],
    ['PersistentAction', label === undefined ? point : `${point}|${label}`],
  ];
}

/** The values of a parameter that may be repeated; nothing for what is empty in the workflow. */
function listed(value: unknown): unknown[] {
  return (Array.isArray(value) ? value : [value]).filter((one) => one !== null && one !== undefined);
}

function native(body: JsonObject): Fields {
  const text = (value: unknown): string => (typeof value === 'object' ? JSON.stringify(value) : String(value));
  return Object.entries(body).flatMap(([name, value]) => listed(value).map((one): Fields[number] => [name, text(one)]));
}

/** What is said; `contentSid` is the stored content of what needs one. */
function contentFields(content: OutboundContent, contentSid: string | undefined): Fields {
  const shape = shapeOf(content);
  if (contentSid !== undefined && shape !== undefined) return withContent(contentSid, shape.variables);
  switch (content.type) {
    case 'text':
      return [['Body', content.text]];
    case 'image':
    case 'video':
    case 'audio':
    case 'document':
    case 'sticker': {
      const caption = 'caption' in content ? content.caption : undefined;
      return [...((caption ? [['Body', caption]] : []) as Fields), ['MediaUrl', content.link ?? '']];
    }
    case 'location':
      return location(content);
    case 'template':
      return withContent(contentSid ?? content.name, templateVariables(content));
    case 'native':
      return native(content.body);
    default:
      return [];
  }
}

/** Who sends: the account's sender, through its service if it has one. `from` undefined: the service chooses. */
export function sendersOf(
  line: Line,
  settings: TwilioSettings,
  options: Readonly<Record<string, unknown>>,
): { from?: string | undefined; service?: string | undefined } {
  const own = textOf(options['messagingServiceSid']);
  // A service that was named for this message may not have the account's number; on WhatsApp there is always one sender.
  const from = own !== undefined && line === 'sms' ? undefined : settings.from;
  return {
    from: from === undefined ? undefined : wireSender(line, from),
    service: own ?? settings.messagingServiceSid,
  };
}

function senderFields(line: Line, settings: TwilioSettings, options: SmsOptions): Fields {
  const { from, service } = sendersOf(line, settings, options);
  return [
    ...((from === undefined ? [] : [['From', from]]) as Fields),
    ...((service === undefined ? [] : [['MessagingServiceSid', service]]) as Fields),
  ];
}

function optionFields(options: SmsOptions): Fields {
  const { sendAt, validityPeriodSeconds, smartEncoded, shortenUrls, sendAsMms, riskCheck } = options;
  const given: [string, string | undefined][] = [
    ['ScheduleType', sendAt && 'fixed'],
    ['SendAt', sendAt && new Date(sendAt).toISOString()],
    ['ValidityPeriod', validityPeriodSeconds?.toString()],
    ['SmartEncoded', smartEncoded?.toString()],
    ['ShortenUrls', shortenUrls?.toString()],
    ['SendAsMms', sendAsMms?.toString()],
    ['RiskCheck', riskCheck],
  ];
  return given.filter((pair): pair is [string, string] => pair[1] !== undefined);
}

/** The message's own id comes back in the signed URL of each status, and which sender it went out by: accounts may share the URL. */
export const CORRELATION = 'message';
export const SENDER = 'sender';

function statusUrl(webhookUrl: string, id: string, sender: string): string {
  const marks = new URLSearchParams([
    [CORRELATION, id],
    [SENDER, sender],
  ]);
  return repeated(`${webhookUrl}${webhookUrl.includes('?') ? '&' : '?'}${marks.toString()}`);
}

/** Parameters that a `native` body cannot set: who it is from and for, and where its statuses go. */
const OWN_PARAMETERS = new Set(['to', 'from', 'messagingservicesid', 'statuscallback']);

export const isOwnParameter = (name: string): boolean => OWN_PARAMETERS.has(name.toLowerCase());

/** The whole form. */
export function render(
  line: Line,
  { id, to, content, options, webhookUrl }: OutgoingMessage,
  settings: TwilioSettings,
  contentSid?: string,
): Fields {
  const said = contentFields(content, contentSid).filter(([name]) => !isOwnParameter(name));
  return [
    ['To', wireRecipient(line, to)],
    ...senderFields(line, settings, options as SmsOptions),
    ...said,
    ...optionFields(options as SmsOptions),
    ['StatusCallback', statusUrl(webhookUrl, id, senderOf(settings))],
  ];
}
