/** The documentation keeps up with the code: every setting and every error code is explained, and every link leads somewhere. */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { PROBLEM_CODES } from '../contract/api.ts';
import { EVENT_TYPES } from '../contract/event.ts';
import { INBOUND_KINDS, MESSAGE_STATUSES, OUTBOUND_KINDS } from '../contract/message.ts';
import { channels } from '../service/src/channels/index.ts';
import { SUBSCRIBED_FIELDS } from '../service/src/channels/whatsapp/webhook-fields.ts';
import { CONFIG_KEYS } from '../service/src/config/config.ts';
import { channelsPage, PAGE } from './support/channels-page.ts';
import { idleFeatures } from './support/idle-features.ts';

const ROOT = join(dirname(fileURLToPath(import.meta.url)), '..');
const read = (path: string): string => readFileSync(join(ROOT, path), 'utf8');
const pages = ['README.md', 'CHANGELOG.md', 'CONTRIBUTING.md'].concat(
  readdirSync(join(ROOT, 'docs'))
    .filter((file) => file.endsWith('.md'))
    .map((file) => `docs/${file}`),
);

/** What GitHub makes of a heading. */
function anchor(heading: string): string {
  return heading
    .toLowerCase()
    .replace(/[^\p{L}\p{N}\s_-]/gu, '')
    .trim()
    .replace(/\s/g, '-');
}

function anchors(path: string): string[] {
  return [...read(path).matchAll(/^#+ (.+)$/gm)].map(([, heading = '']) => anchor(heading));
}

test.each([
  ['setting', CONFIG_KEYS, 'docs/operations.md'],
  ['error code', [...PROBLEM_CODES, ...idleFeatures().flatMap(({ codes = [] }) => codes)], 'docs/api.md'],
  ['event type', EVENT_TYPES, 'docs/api.md'],
  ['webhook field', SUBSCRIBED_FIELDS, 'docs/whatsapp.md'],
  ['kind of content', OUTBOUND_KINDS, 'docs/contents.md'],
  ['kind of what contacts say', INBOUND_KINDS, 'docs/contents.md'],
  ['message status', MESSAGE_STATUSES, 'docs/how-it-works.md'],
])('every %s is explained', (_what, words, page) => {
  const text = read(page);
  expect(words.filter((word) => !text.includes(`\`${word}\``))).toEqual([]);
});

test('the table of statuses names none that does not exist', () => {
  const [, table = ''] = /## Statuses\n([^#]*)/.exec(read('docs/how-it-works.md')) ?? [];
  const named = [...table.matchAll(/^\|([^|]+)\|/gm)].flatMap(([, cell = '']) => cell.match(/(?<=`)\w+(?=`)/g) ?? []);
  expect(named.length).toBeGreaterThan(0);
  expect(named.filter((name) => !(MESSAGE_STATUSES as readonly string[]).includes(name))).toEqual([]);
});

test('what each channel can do is as the code says; else run npm run docs:channels', () => {
  expect(read(PAGE)).toBe(channelsPage(channels));
});

test('a channel that sends no files has no table of files on the page', () => {
  const [channel] = channels;
  if (channel === undefined) throw new Error('There is no channel');
  const { media: _, ...rest } = channel;
  const capabilities = () => ({ ...channel.capabilities({}), media: {} });
  expect(channelsPage([channel])).toContain('| File ');
  const page = channelsPage([{ ...rest, capabilities }]);
  expect(page).toMatch(/\| Files +\| none +\|/);
  expect(page).not.toContain('| File ');
});

test('the documentation names no setting that does not exist', () => {
  const named = pages.flatMap((page) => read(page).match(/PARLEY_[A-Z_]*[A-Z]/g) ?? []);
  expect([...new Set(named)].filter((name) => !CONFIG_KEYS.includes(name))).toEqual([]);
});

test.each(pages)('the links of %s lead somewhere', (page) => {
  const links = [...read(page).matchAll(/\]\((?!https?:)([^)#]*)(?:#([^)]+))?\)/g)];
  const dead = links.filter(([, path = '', heading]) => {
    const target = path === '' ? page : join(dirname(page), path);
    return !existsSync(join(ROOT, target)) || (heading !== undefined && !anchors(target).includes(heading));
  });
  expect(dead.map(([link]) => link)).toEqual([]);
});
