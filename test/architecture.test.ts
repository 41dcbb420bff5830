/** The repository keeps its architecture; made-up files break each rule, one at a time. */
import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative, sep } from 'node:path';
import { fileURLToPath } from 'node:url';
import { CHANNEL_FILES, LINT_OFF, MAX_LINES, violations, type SourceFile } from './support/architecture.ts';

const ROOT = join(dirname(fileURLToPath(import.meta.url)), '..');
const SKIPPED = new Set(['node_modules', 'dist', 'artifacts', 'coverage']);

function read(folder: string): SourceFile[] {
  return readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    const full = join(folder, entry.name);
    if (entry.isDirectory()) return SKIPPED.has(entry.name) || entry.name.startsWith('.') ? [] : read(full);
    if (!/\.(ts|mts|cts|js|mjs|cjs)$/.test(entry.name)) return [];
    return [{ path: relative(ROOT, full).split(sep).join('/'), text: readFileSync(full, 'utf8') }];
  });
}

test('the repository keeps its architecture', () => {
  const files = read(ROOT);
  expect(files.map((file) => file.path)).toContain('service/src/channels/channel.ts');
  expect(violations(files)).toEqual([]);
});

/** A complete, well-behaved channel folder, so that made-up channels break only the rule under test. */
function channel(id: string, overrides: Record<string, string> = {}): SourceFile[] {
  return CHANNEL_FILES.map((name) => ({
    path: `service/src/channels/${id}/${name}.ts`,
    text: overrides[name] ?? 'export {};\n',
  }));
}
const file = (path: string, text: string): SourceFile => ({ path, text });
const importing = (path: string, specifier: string): SourceFile =>
  file(path, `import type { X } from '${specifier}';\n/** A name for X. */\nexport type Y = X;\n`);
const SRC = 'service/src';

test.each<[string, string, string]>([
  ['contract/a.ts', '../service/src/core/x.ts', 'contract may not import core'],
  ['contract/a.ts', 'zod', 'contract may not import the package zod'],
  [`${SRC}/core/a.ts`, '../store/x.ts', 'core may not import store'],
  [`${SRC}/core/a.ts`, '../platform/x.ts', 'core may not import platform'],
  [`${SRC}/core/a.ts`, '../channels/channel.ts', 'core may not import channel contract'],
  [`${SRC}/core/a.ts`, 'node:fs', 'core may not import the package node:fs'],
  [`${SRC}/connectors/connector.ts`, '../channels/channel.ts', 'connector contract may not import channel contract'],
  [`${SRC}/connectors/connector.ts`, './accounts.ts', 'connector contract may not import connectors'],
  [`${SRC}/connectors/connector.ts`, 'axios', 'connector contract may not import the package axios'],
  [`${SRC}/channels/channel.ts`, './kit/x.ts', 'channel contract may not import channel kit'],
  [`${SRC}/channels/channel.ts`, '../platform/x.ts', 'channel contract may not import platform'],
  [`${SRC}/channels/kit/a.ts`, '../registry.ts', 'channel kit may not import channel registry'],
  [`${SRC}/channels/kit/a.ts`, '../protocols/spoken/x.ts', 'channel kit may not import channel protocol'],
  [`${SRC}/channels/registry.ts`, './kit/x.ts', 'channel registry may not import channel kit'],
  [`${SRC}/store/a.ts`, '../outbox/x.ts', 'store may not import outbox'],
  [`${SRC}/store/a.ts`, '../platform/x.ts', 'store may not import platform'],
  [`${SRC}/inbound/a.ts`, '../store/schema.ts', 'rows stay in store/'],
  [`${SRC}/features/campaigns/a.ts`, '../../store/made-row.ts', 'rows stay in store/'],
  [`${SRC}/outbox/a.ts`, '../events/x.ts', 'outbox may not import events'],
  [`${SRC}/outbox/a.ts`, '../config/x.ts', 'outbox may not import config'],
  [`${SRC}/config/a.ts`, '../store/x.ts', 'config may not import store'],
  [`${SRC}/platform/a.ts`, '../inbound/x.ts', 'platform may not import inbound'],
  [`${SRC}/platform/a.ts`, '../outbox/x.ts', 'platform may not import outbox'],
  [`${SRC}/events/a.ts`, '../outbound/x.ts', 'events may not import outbound'],
  [`${SRC}/events/a.ts`, '../connectors/accounts.ts', 'events may not import connectors'],
  [`${SRC}/events/a.ts`, '../channels/channel.ts', 'events may not import channel contract'],
  [`${SRC}/connectors/a.ts`, '../events/x.ts', 'connectors may not import events'],
  [`${SRC}/connectors/a.ts`, './receive/x.ts', 'connectors may not import receive'],
  [`${SRC}/connectors/receive/a.ts`, '../../inbound/x.ts', 'receive may not import inbound'],
  [`${SRC}/contacts/a.ts`, '../outbox/x.ts', 'contacts may not import outbox'],
  [`${SRC}/inbound/a.ts`, '../outbound/x.ts', 'inbound may not import outbound'],
  [`${SRC}/inbound/a.ts`, '../channels/made/x.ts', 'inbound may not import channel'],
  [`${SRC}/outbound/a.ts`, '../channels/kit/x.ts', 'outbound may not import channel kit'],
  [`${SRC}/outbound/a.ts`, '../inbound/x.ts', 'outbound may not import inbound'],
  [`${SRC}/outbound/a.ts`, '../platform/x.ts', 'outbound may not import platform'],
  [`${SRC}/maintenance/a.ts`, '../inbound/x.ts', 'maintenance may not import inbound'],
  [`${SRC}/inbound/a.ts`, '../features/campaigns/index.ts', 'inbound may not import feature'],
  [`${SRC}/outbound/a.ts`, '../features/campaigns/index.ts', 'outbound may not import feature'],
  [`${SRC}/events/a.ts`, '../features/index.ts', 'events may not import feature list'],
  [`${SRC}/maintenance/a.ts`, '../features/campaigns/index.ts', 'maintenance may not import feature'],
  [`${SRC}/api/a.ts`, '../features/campaigns/index.ts', 'api may not import feature'],
  [`${SRC}/api/a.ts`, '../features/campaigns/campaigns.schema.ts', 'api may not import feature controller'],
  [`${SRC}/kernel.ts`, './features/index.ts', 'kernel may not import feature list'],
  [`${SRC}/kernel.ts`, './features/campaigns/index.ts', 'kernel may not import feature'],
  [`${SRC}/features/campaigns/a.ts`, '../../api/x.ts', 'feature may not import api'],
  [`${SRC}/features/campaigns/a.ts`, '../../platform/x.ts', 'feature may not import platform'],
  [`${SRC}/features/campaigns/a.ts`, '../../channels/made/x.ts', 'feature may not import channel'],
  [`${SRC}/features/campaigns/a.ts`, '../../main.ts', 'feature may not import service root'],
  [
    `${SRC}/features/campaigns/a.ts`,
    '../handoff/x.ts',
    'a feature may import another feature only through its index.ts',
  ],
  [
    `${SRC}/features/campaigns/a.ts`,
    '../handoff/handoff.controller.ts',
    'a feature may import another feature only through its index.ts',
  ],
  [
    `${SRC}/features/campaigns/campaigns.controller.ts`,
    '../handoff/x.ts',
    'a feature may import another feature only through its index.ts',
  ],
  [`${SRC}/main.ts`, '../../test/support/x.ts', 'service root may not import anything outside the product'],
  ['console/src/a.ts', '../../service/src/core/x.ts', 'console may not import core'],
  ['console/src/a.ts', '../../nodes/shared/x.ts', 'console may not import nodes shared'],
  ['nodes/Made/a.ts', '../../test/support/x', 'nodes may not import anything outside the product'],
  [`${SRC}/inbound/a.ts`, 'kysely', 'SQL belongs in store/'],
  ['bench/a.ts', 'node:sqlite', 'SQL belongs in store/'],
  ['nodes/Made/a.ts', '../Other/x', 'nodes may not import nodes'],
  ['nodes/Made/a.ts', '../../service/src/core/x', 'nodes may not import core'],
  ['nodes/Made/a.ts', 'axios', 'nodes may not import the package axios'],
  ['nodes/shared/a.ts', '../Made/x', 'nodes shared may not import nodes'],
  ['credentials/a.ts', '../nodes/shared/x', 'credentials may not import nodes shared'],
])('%s may not import %s', (path, specifier, rule) => {
  expect(violations([importing(path, specifier)])).toEqual([expect.stringContaining(`${path}: ${rule}`)]);
});

test.each<[string, SourceFile[], string]>([
  ['Nest in a channel', channel('made', { send: "import '@nestjs/common';\n" }), 'the package @nestjs/common'],
  [
    'another channel',
    channel('made', { send: "export * from '../other/send.ts';\n" }),
    'channel may not import channel',
  ],
  ['the store in a channel', channel('made', { send: "await import('../../store/x.ts');\n" }), 'not import store'],
  [
    'a channel without verify.ts',
    channel('made').filter((f) => !f.path.includes('verify')),
    'made/verify.ts: a channel',
  ],
  ['a channel id', [...channel('made'), file(`${SRC}/inbound/a.ts`, "f('made');\n")], "names the channel 'made'"],
  [
    'one of two channels in a folder',
    [...channel('made'), file(`${SRC}/inbound/a.ts`, "f('made_sms');\n")],
    "names the channel 'made'",
  ],
  [
    'a word that a channel took for its id',
    [...channel('made'), file('contract/a.ts', "type A = 'message.made';\n")],
    'give the channel another id',
  ],
  [
    'an id in a template',
    [...channel('made'), file(`${SRC}/main.ts`, '`/x/made/${id}`;\n')],
    "names the channel 'made'",
  ],
  [
    'a channel in a shared node',
    [...channel('made'), file('nodes/shared/a.ts', "f('made_sms');\n")],
    "names 'made_sms'",
  ],
  [
    'a credential in a shared node',
    [file('credentials/MadeApi.credentials.ts', ''), file('nodes/Parley/a.ts', "f('madeApi');\n")],
    "names 'madeApi'",
  ],
  ['a row that is parsed', [file(`${SRC}/events/a.ts`, 'JSON.parse(row.payload);\n')], 'JSON of rows'],
  [
    'a row that is written as JSON in a feature',
    [file(`${SRC}/features/campaigns/a.ts`, 'JSON.stringify(campaign);\n')],
    'JSON of rows',
  ],
  ['a message id word', [file(`${SRC}/inbound/a.ts`, '// the wamid\n')], "the provider's word wamid"],
  ['a word in the common kit', [file(`${SRC}/channels/kit/a.ts`, '// the wamid\n')], "the provider's word wamid"],
  ['a handshake word', [file('contract/a.ts', "q['hub.challenge'];\n")], "the provider's word hub.challenge"],
  ['the first of many', [file(`${SRC}/events/a.ts`, 'body.entry[0];\n')], "the provider's word entry["],
  ['linting switched off', [file('test/a.test.ts', `/* ${LINT_OFF} */\n`)], `no ${LINT_OFF}`],
  ['a long file', [file('nodes/Made/a.ts', '\n'.repeat(MAX_LINES + 1))], '301 lines, at most 300'],
  [
    'an export without a comment',
    [file('contract/a.ts', '/** The head of the file. */\nimport x from "./b.ts";\nexport const a = 1;\n')],
    'contract/a.ts: the export a has no doc comment',
  ],
  [
    'a function without a comment',
    [file(`${SRC}/outbox/a.ts`, '/** Documented. */\nexport interface A {}\nexport function b() {}\n')],
    'the export b has no doc comment',
  ],
  [
    'a re-export without a comment',
    [
      file(
        'contract/a.ts',
        "/** The head of the file. */\nimport x from './b.ts';\nexport type { B } from './b.ts';\n",
      ),
    ],
    'contract/a.ts: the export B has no doc comment',
  ],
  [
    'a signature without a comment',
    [
      file(
        `${SRC}/core/a.ts`,
        '/** One. */\nexport function a(b: string): void;\nexport function a(b: number): void;\nexport function a() {}\n',
      ),
    ],
    'the export a has no doc comment',
  ],
  ['a folder without rules', [file(`${SRC}/made/a.ts`, '')], `${SRC}/made/a.ts: belongs to no area`],
  [
    'a circle of two files',
    [importing(`${SRC}/inbound/a.ts`, './b.ts'), importing(`${SRC}/inbound/b.ts`, './a.ts')],
    `${SRC}/inbound/a.ts → ${SRC}/inbound/b.ts → ${SRC}/inbound/a.ts: no circle of imports`,
  ],
  [
    'a circle of nodes, which import without the ending',
    [
      importing('nodes/Made/a.ts', './b'),
      importing('nodes/Made/b.ts', './c'),
      importing('nodes/Made/c/index.ts', '../a'),
    ],
    'nodes/Made/a.ts → nodes/Made/b.ts → nodes/Made/c/index.ts → nodes/Made/a.ts: no circle of imports',
  ],
  ['a file that imports itself', [importing('test/a.ts', './a.ts')], 'test/a.ts → test/a.ts: no circle of imports'],
])('%s is found', (_what, files, rule) => {
  expect(violations(files)).toEqual([expect.stringContaining(rule)]);
});

test.each<[string, SourceFile[]]>([
  [
    'a channel uses its kit',
    channel('made', { send: "import '../kit/x.ts';\nimport './render.ts';\nimport 'zod';\n" }),
  ],
  [
    'the list names channels',
    [...channel('made'), file(`${SRC}/channels/index.ts`, "export * from './made/index.ts';\n")],
  ],
  [
    'provider words at home',
    channel('made', { parse: "export const id = 'made wamid hub.challenge'; body.entry[0];\n" }),
  ],
  ['provider words in a protocol folder', [file(`${SRC}/channels/protocols/made/a.ts`, '/** `entry[].id` */\n')]],
  [
    'a file that channels share as a protocol',
    channel('made', { index: "import '../protocols/spoken/parse.ts';\n" }).filter((f) => !f.path.endsWith('/parse.ts')),
  ],
  [
    'one comment for a function with several signatures',
    [file(`${SRC}/core/a.ts`, '/** Does it. */\nexport function a(): void;\nexport function a(b?: string): void {}\n')],
  ],
  ['a pipeline stands on the ground', [importing(`${SRC}/inbound/a.ts`, '../store/x.ts')]],
  ['a feature uses the pipelines', [importing(`${SRC}/features/campaigns/a.ts`, '../../outbound/x.ts')]],
  ['a feature uses another', [importing(`${SRC}/features/campaigns/a.ts`, '../handoff/index.ts')]],
  ['the kernel folds features in', [importing(`${SRC}/kernel.ts`, './features/feature.ts')]],
  ['the service hands it the list', [importing(`${SRC}/service.ts`, './features/index.ts')]],
  ['a channel is a connector', [importing(`${SRC}/channels/channel.ts`, '../connectors/connector.ts')]],
  ['the console reads the contract', [importing('console/src/a.ts', '../../contract/x.ts')]],
  ['a longer word than an id', [...channel('made'), file(`${SRC}/inbound/a.ts`, "f('homemade, madeira');\n")]],
  ['a channel as an example', [...channel('made'), file('nodes/Parley/a.ts', "f('e.g. made/1');\n")]],
  ['a node uses the shared folder', [importing('nodes/Made/resources/m/a.operation.ts', '../../../shared/x')]],
  ['JSON in the store', [file(`${SRC}/store/a.ts`, 'JSON.parse(row.payload);\n')]],
  ['JSON over the wire', [file(`${SRC}/channels/kit/a.ts`, 'JSON.parse(body);\n')]],
  ['SQL in the store', [importing(`${SRC}/store/a.ts`, 'kysely')]],
  ['a file of just the limit', [file('nodes/Made/a.ts', '\n'.repeat(MAX_LINES))]],
])('%s: allowed', (_what, files) => {
  expect(violations(files)).toEqual([]);
});
