/**
 * Writes docs/channels.md from what the channels say of themselves: `npm run docs:channels`. A channel that is put on the list is on the page.
 */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Capabilities, MediaRule, WindowRule } from '../../contract/channel.ts';
import type { OutboundContent, OutboundKind, ReplyButton } from '../../contract/message.ts';
import type { Channel } from '../../service/src/channels/channel.ts';
import { channels as all } from '../../service/src/channels/index.ts';
import { degraded } from '../../service/src/core/degrade.ts';
import { z } from '../platform/service-zod.ts';
import { PACKAGE_DIR } from './paths.ts';

export const PAGE = 'docs/channels.md';

const INTRODUCTION = `# What each channel can do

_Written from the code by \`npm run docs:channels\`; do not edit._

A send of a kind that a channel lacks is refused by name. With \`degrade\` it goes out as the nearest kind that the channel has; the table says which that is for a
short content with links instead of uploaded files. Nothing is cut: where a title is too long for a form, the next one is taken.
Times to choose (\`time_picker\`) go out so without \`degrade\`.`;

const LINK = 'https://example.com/file';
const BUTTONS: ReplyButton[] = [
  { id: '1', title: 'Yes' },
  { id: '2', title: 'No' },
];
const SECTIONS = [{ title: 'Tea', rows: BUTTONS }];

/** A short content of each kind that may become another. */
const SAMPLES: Partial<Record<OutboundKind, OutboundContent>> = {
  text: { type: 'text', text: 'a' },
  image: { type: 'image', link: LINK },
  video: { type: 'video', link: LINK },
  audio: { type: 'audio', link: LINK },
  document: { type: 'document', link: LINK },
  sticker: { type: 'sticker', link: LINK },
  location: { type: 'location', latitude: 1, longitude: 1 },
  contacts: { type: 'contacts', contacts: [{ name: { formatted: 'Ana', first: 'Ana' } }] },
  buttons: { type: 'buttons', text: 'a', buttons: BUTTONS },
  quick_replies: { type: 'quick_replies', text: 'a', replies: BUTTONS },
  list: { type: 'list', text: 'a', buttonTitle: 'b', sections: SECTIONS },
  time_picker: {
    ...{ type: 'time_picker', text: 'a', timeZone: 'Europe/Berlin' },
    slots: [{ id: '1', startsAt: '2026-07-10T15:00:00Z', durationMs: 3_600_000 }],
  },
  link: { type: 'link', text: 'a', title: 'b', url: LINK },
  product: { type: 'product', text: 'a', productId: '1' },
  products: { type: 'products', text: 'a', sections: [{ title: 'b', productIds: ['1'] }] },
  carousel: { type: 'carousel', text: 'a', cards: [{ title: 'b', buttons: BUTTONS }] },
  media_card: { type: 'media_card', media: { type: 'image', link: LINK }, buttons: BUTTONS },
  coupon: { type: 'coupon', title: 'a', code: 'b' },
};

type Row = readonly string[];

/** Whatever the settings and the conversation. */
const able = (channel: Channel): Capabilities => channel.capabilities({});

export function channelsPage(channels: readonly Channel[]): string {
  const sections = channels.map((channel) => `## ${channel.name}\n\n${section(channel)}`);
  return `${[INTRODUCTION, '## Kinds of messages', kindsTable(channels), ...sections].join('\n\n')}\n`;
}

function kindsTable(channels: readonly Channel[]): string {
  const kinds = [...new Set([...Object.keys(SAMPLES), ...channels.flatMap((channel) => able(channel).kinds)])];
  const rows = kinds.map((kind) => [code(kind), ...channels.map((channel) => sentAs(channel, kind as OutboundKind))]);
  return table(['Kind', ...channels.map(({ name }) => name)], rows);
}

/** Sent as it is, as another kind, or not at all. */
function sentAs(channel: Channel, kind: OutboundKind): string {
  const { kinds } = able(channel);
  if (kinds.includes(kind)) return 'yes';
  const sample = SAMPLES[kind];
  const other = sample && degraded(sample, kinds, (content) => isTaken(channel, content));
  return other ? `as ${code(other.type)}` : '–';
}

function isTaken(channel: Channel, content: OutboundContent): boolean {
  try {
    channel.check(content, {});
    return true;
  } catch {
    return false;
  }
}

function section(channel: Channel): string {
  const capabilities = able(channel);
  const { sendTo, templates, actions = {}, sendOptions } = channel;
  const { throughput, window, readMarks } = capabilities;
  const facts: Row[] = [
    ['Name in the API', code(channel.id)],
    ['A contact is reached by', list(sendTo)],
    ['Session', sessionWords(window)],
    ['Pace', paceWords(throughput)],
    ['A send whose answer was lost', lostWords(channel, capabilities)],
    ['Marks messages as read', readMarks ? 'yes' : 'no'],
    ['Templates', templates ? 'yes: list, get, create, change, delete as the provider allows' : 'no'],
    ['Files', fileWords(channel, capabilities)],
    ['Webhooks are set up', channel.provisioning ? 'by Parley' : 'by hand'],
    ['Actions', list(Object.keys(actions)) || 'none'],
    ['`options` of a send', list(optionNames(sendOptions)) || 'none'],
  ];
  const media = Object.entries(capabilities.media).map(([kind, rule]) => mediaRow(kind, rule));
  const tables = [table(['', ''], facts), ...(media.length > 0 ? [table(['File', 'Up to', 'Types'], media)] : [])];
  return tables.join('\n\n');
}

function sessionWords(window: WindowRule | undefined): string {
  if (window === undefined) return 'none: every kind may be sent at any time';
  const { lengthMs, lengthsMs = {}, personMs, freeEntryMs, outside } = window;
  const exceptions = Object.entries(lengthsMs).map(([opener, ms]) => `${duration(ms)} after ${article(opener)}`);
  const opened = [`open for ${duration(lengthMs)} after the contact's last act`, ...exceptions].join(', ');
  return [
    opened,
    personMs === undefined ? '' : `a person may write for ${duration(personMs)}`,
    freeEntryMs === undefined ? '' : `free of charge for ${duration(freeEntryMs)} after the first answer to an ad`,
    outside.length === 0 ? 'nothing may be sent when it is closed' : `closed: only ${list(outside)}`,
  ]
    .filter(Boolean)
    .join('; ');
}

const article = (opener: string): string => (/^[aeiou]/.test(opener) ? `an ${opener}` : `a ${opener}`);

function paceWords(throughput: Capabilities['throughput']): string {
  if (throughput === undefined) return 'as the provider answers';
  const { perSecond, perRecipient } = throughput;
  const all = `${perSecond} a second`;
  if (perRecipient === undefined) return all;
  return `${all}; to one contact one every ${duration(perRecipient.everyMs)}, ${perRecipient.burst} at once`;
}

function lostWords({ lookup }: Channel, { idempotentSends, settleWithinMs }: Capabilities): string {
  if (idempotentSends) return 'is repeated: the provider drops the second';
  const settled = `is not repeated: it ends \`unknown\` unless the provider tells of it within ${duration(settleWithinMs)}`;
  return lookup ? `${settled}; the provider is asked for it meanwhile` : settled;
}

function fileWords({ media }: Channel, { media: sent }: Capabilities): string {
  if (Object.keys(sent).length === 0) return media === undefined ? 'none' : 'none to send; received ones are fetched';
  if (media === undefined) return 'as links only';
  return media.upload
    ? 'as links, or uploaded once and named by their `mediaId`'
    : 'to send, as links; received ones are fetched';
}

function mediaRow(kind: string, { mimeTypes, maxBytes }: MediaRule): Row {
  return [code(kind), size(maxBytes), mimeTypes.join(', ')];
}

function optionNames(options: Channel['sendOptions']): string[] {
  if (options === undefined) return [];
  const schema = z.toJSONSchema(options as never, { io: 'input', unrepresentable: 'any' });
  return Object.keys(schema.properties ?? {});
}

const UNITS: [number, string][] = [
  [86_400_000, 'day'],
  [3_600_000, 'hour'],
  [60_000, 'minute'],
  [1_000, 'second'],
];

/** One day is 24 hours, to whoever counts them. */
function duration(ms: number): string {
  const [unitMs, name] = UNITS.find(([one]) => ms % one === 0 && ms > one) ?? [1, 'millisecond'];
  return `${ms / unitMs} ${name}s`;
}

function size(bytes: number): string {
  const [unit, name] = bytes % (1024 * 1024) === 0 ? [1024 * 1024, 'MB'] : [1024, 'KB'];
  return `${Math.round((bytes / unit) * 10) / 10} ${name}`;
}

const code = (word: string): string => `\`${word}\``;
const list = (words: readonly string[]): string => words.map(code).join(', ');

/** As the repository's formatter writes it. */
function table(head: Row, rows: readonly Row[]): string {
  const widths = head.map((title, column) =>
    Math.max(3, title.length, ...rows.map((row) => (row[column] ?? '').length)),
  );
  const line = (cells: Row) => `| ${cells.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join(' | ')} |`;
  const rule = line(widths.map((width) => '-'.repeat(width)));
  return [line(head), rule, ...rows.map(line)].join('\n');
}

if (import.meta.main) writeFileSync(join(PACKAGE_DIR, PAGE), channelsPage(all));
