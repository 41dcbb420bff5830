/**
 * The architecture as rules: who may import whom, what a channel folder holds, and which words stay where.
 * `violations()` is pure over a list of files, so the second half of this file feeds it files that break each rule.
 */
import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, posix, relative, sep } from 'node:path';
import { fileURLToPath } from 'node:url';
import ts from 'typescript';

interface SourceFile {
  /** From the repository root, with forward slashes. */
  path: string;
  text: string;
}

interface Area {
  name: string;
  /** Files of the area; the matched text is the folder whose files may import each other. */
  files: RegExp;
  /** Areas it may import besides its own folder. */
  imports: readonly string[];
  /** Packages and built-in modules it may import; absent: any. */
  packages?: RegExp;
}

const PURE = /^node:crypto$/;
/** Besides the pure ones, the types of packages whose values the ports of core pass on. */
const CORE_PACKAGES = /^(node:(crypto|stream)|zod)$/;
const CHANNEL_PACKAGES = /^(zod|libphonenumber-js(\/.+)?|node:(crypto|stream|util|buffer))$/;
const NODE_PACKAGES = /^(n8n-workflow|(node:)?crypto)$/;
const BASE = ['contract', 'core'];
const GROUND = [...BASE, 'config', 'platform', 'store', 'outbox'];
/** What the pipelines stand on: the ground, the channels by their list, and who is who. */
const WHO = [...GROUND, 'channel contract', 'channel registry', 'connectors', 'directory'];
const PIPELINE = [...WHO, 'events'];

/** The first area whose `files` match a path is its area. Read it as: *name* may import *imports*. */
const AREAS: readonly Area[] = [
  { name: 'contract', files: /^contract\//, imports: [], packages: PURE },
  { name: 'core', files: /^service\/src\/core\//, imports: ['contract'], packages: CORE_PACKAGES },
  { name: 'channel contract', files: /^service\/src\/channels\/channel\./, imports: BASE, packages: CHANNEL_PACKAGES },
  {
    name: 'channel kit',
    files: /^service\/src\/channels\/kit\//,
    imports: [...BASE, 'channel contract'],
    packages: CHANNEL_PACKAGES,
  },
  {
    name: 'channel protocol',
    files: /^service\/src\/channels\/protocols\//,
    imports: [...BASE, 'channel contract', 'channel kit'],
    packages: CHANNEL_PACKAGES,
  },
  {
    name: 'channel',
    files: /^service\/src\/channels\/[^/]+\//,
    imports: [...BASE, 'channel contract', 'channel kit', 'channel protocol'],
    packages: CHANNEL_PACKAGES,
  },
  {
    name: 'channel registry',
    files: /^service\/src\/channels\//,
    imports: [...BASE, 'channel contract', 'channel kit', 'channel'],
  },
  { name: 'store', files: /^service\/src\/store\//, imports: BASE },
  { name: 'config', files: /^service\/src\/config\//, imports: [...BASE, 'platform'] },
  { name: 'outbox', files: /^service\/src\/outbox\//, imports: [...BASE, 'config', 'platform', 'store'] },
  { name: 'platform', files: /^service\/src\/platform\//, imports: [...BASE, 'store', 'outbox'] },
  { name: 'directory', files: /^service\/src\/contacts\//, imports: WHO },
  { name: 'connectors', files: /^service\/src\/connectors\//, imports: WHO },
  { name: 'events', files: /^service\/src\/events\//, imports: WHO },
  { name: 'inbound', files: /^service\/src\/inbound\//, imports: PIPELINE },
  { name: 'outbound', files: /^service\/src\/outbound\//, imports: PIPELINE },
  {
    name: 'maintenance',
    files: /^service\/src\/maintenance\//,
    imports: [...BASE, 'platform', 'store', 'outbox', 'events'],
  },
  {
    name: 'api',
    files: /^service\/src\/api\//,
    imports: [...PIPELINE, 'inbound', 'outbound', 'maintenance', 'feature'],
  },
  { name: 'feature', files: /^service\/src\/[^/]+\//, imports: [...PIPELINE, 'inbound', 'outbound'] },
  {
    name: 'service root',
    files: /^service\/src\//,
    imports: [...PIPELINE, 'inbound', 'outbound', 'maintenance', 'feature', 'api'],
  },
  { name: 'credentials', files: /^credentials\//, imports: ['contract'], packages: NODE_PACKAGES },
  { name: 'nodes shared', files: /^nodes\/shared\//, imports: ['contract'], packages: NODE_PACKAGES },
  { name: 'nodes', files: /^nodes\/[^/]+\//, imports: ['contract', 'nodes shared'], packages: NODE_PACKAGES },
];

const CHANNEL_FILES = ['index', 'settings', 'verify', 'parse', 'render', 'send', 'payloads'];
const SQL_PACKAGES = /^(kysely|node:sqlite|pg|better-sqlite3)(\/|$)/;
const PROVIDER_WORDS = /\bwamid\b|hub\.challenge|\bentry\[/;
/** Where no channel may be named: everything that serves all channels alike. */
const CHANNEL_BLIND = /^(contract|service\/src)\//;
/** Where a provider's words are at home: its channel, and the folder of a protocol that several channels speak. */
const PROVIDER_HOME = /^service\/src\/channels\/((?!kit\/|protocols\/)|protocols\/)[^/]+\//;
const MAX_LINES = 300;
const LINE_LIMITED = /^(contract|service\/src|nodes|credentials)\//;
/** Put together, so that this file does not break its own rule. */
const LINT_OFF = ['eslint', 'disable'].join('-');

function areaOf(path: string): { area: Area; folder: string } | undefined {
  for (const area of AREAS) {
    const match = area.files.exec(path);
    if (match) return { area, folder: match[0] };
  }
  return undefined;
}

function imports(file: SourceFile): string[] {
  return ts.preProcessFile(file.text, true, true).importedFiles.map((found) => found.fileName);
}

function checkImport(file: SourceFile, specifier: string): string | undefined {
  const from = areaOf(file.path);
  if (!from) return undefined;
  if (!specifier.startsWith('.')) {
    const allowed = from.area.packages?.test(specifier) ?? true;
    return allowed ? undefined : `${from.area.name} may not import the package ${specifier}`;
  }
  const target = posix.join(posix.dirname(file.path), specifier);
  const to = areaOf(target);
  if (to?.folder === from.folder) return undefined;
  if (to && from.area.imports.includes(to.area.name)) return undefined;
  return `${from.area.name} may not import ${to?.area.name ?? 'anything outside the product'} (${target})`;
}

function stringLiterals(file: SourceFile): string[] {
  const found: string[] = [];
  const visit = (node: ts.Node): void => {
    const isSpecifier = ts.isImportDeclaration(node.parent) || ts.isExportDeclaration(node.parent);
    if (ts.isStringLiteralLike(node) && !isSpecifier) found.push(node.text);
    if (ts.isTemplateHead(node) || ts.isTemplateMiddleOrTemplateTail(node)) found.push(node.text);
    node.forEachChild(visit);
  };
  ts.createSourceFile(file.path, file.text, ts.ScriptTarget.Latest, true).forEachChild(visit);
  return found;
}

function importRules(file: SourceFile): string[] {
  const broken = imports(file).map((specifier) => checkImport(file, specifier));
  if (!file.path.startsWith('test/') && !file.path.startsWith('service/src/store/')) {
    for (const specifier of imports(file)) {
      if (SQL_PACKAGES.test(specifier)) broken.push(`SQL belongs in store/ (${specifier})`);
    }
  }
  return broken.filter((rule) => rule !== undefined);
}

function wordRules(file: SourceFile, channelIds: readonly string[]): string[] {
  const broken: string[] = [];
  if (file.text.includes(LINT_OFF)) broken.push(`no ${LINT_OFF}`);
  const lines = file.text.split('\n').length - 1;
  if (LINE_LIMITED.test(file.path) && lines > MAX_LINES) broken.push(`${lines} lines, at most ${MAX_LINES}`);
  if (!CHANNEL_BLIND.test(file.path) || PROVIDER_HOME.test(file.path)) return broken;
  const word = PROVIDER_WORDS.exec(file.text);
  if (word) broken.push(`the provider's word ${word[0]} belongs in its channel's folder`);
  const literals = stringLiterals(file);
  for (const id of channelIds) {
    const names = new RegExp(`\\b${id}\\b`);
    if (literals.some((text) => names.test(text))) broken.push(`names the channel '${id}': read capabilities instead`);
  }
  return broken;
}

function channelFolders(files: readonly SourceFile[]): string[] {
  const folders = files.map((file) => /^service\/src\/channels\/(?!kit\/|protocols\/)([^/]+)\//.exec(file.path)?.[1]);
  return [...new Set(folders.filter((folder) => folder !== undefined))];
}

/** Whether a channel has a file: in its own folder, or in the folder of a protocol that it shares with others and imports. */
function hasFile(files: readonly SourceFile[], id: string, name: string): boolean {
  const own = files.filter((file) => file.path.startsWith(`service/src/channels/${id}/`));
  const imported = own.flatMap((file) =>
    imports(file).map((specifier) => posix.join(posix.dirname(file.path), specifier)),
  );
  const isShared = new RegExp(`^service/src/channels/protocols/[^/]+/${name}\\.ts$`);
  return [...own.map(({ path }) => path), ...imported.filter((path) => isShared.test(path))].some((path) =>
    path.endsWith(`/${name}.ts`),
  );
}

/** The files that a file imports, types included. */
function importedFiles(file: SourceFile, paths: ReadonlySet<string>): string[] {
  const local = imports(file).filter((specifier) => specifier.startsWith('.'));
  return local.flatMap((specifier) => {
    const target = posix.join(posix.dirname(file.path), specifier);
    return [target, `${target}.ts`, `${target}/index.ts`].find((path) => paths.has(path)) ?? [];
  });
}

/** One circle of imports for each import that closes one, as `a → b → a`; imports of types count too. */
function circles(files: readonly SourceFile[]): string[] {
  const paths = new Set(files.map(({ path }) => path));
  const graph = new Map(files.map((file) => [file.path, importedFiles(file, paths)]));
  const done = new Set<string>();
  const found: string[] = [];
  const visit = (path: string, way: readonly string[]): void => {
    const start = way.indexOf(path);
    if (start >= 0) found.push([...way.slice(start), path].join(' → '));
    if (start >= 0 || done.has(path)) return;
    for (const next of graph.get(path) ?? []) visit(next, [...way, path]);
    done.add(path);
  };
  for (const path of paths) visit(path, []);
  return found;
}

/** Every broken rule as `path: rule`. */
function violations(files: readonly SourceFile[]): string[] {
  const channelIds = channelFolders(files);
  const broken = files.flatMap((file) =>
    [...importRules(file), ...wordRules(file, channelIds)].map((rule) => `${file.path}: ${rule}`),
  );
  for (const id of channelIds) {
    for (const name of CHANNEL_FILES) {
      if (!hasFile(files, id, name)) {
        broken.push(`service/src/channels/${id}/${name}.ts: a channel folder must have this file`);
      }
    }
  }
  return [...broken, ...circles(files).map((circle) => `${circle}: no circle of imports`)];
}

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
  file(path, `import type { X } from '${specifier}';\nexport type Y = X;\n`);
const SRC = 'service/src';

test.each<[string, string, string]>([
  ['contract/a.ts', '../service/src/core/x.ts', 'contract may not import core'],
  ['contract/a.ts', 'zod', 'contract may not import the package zod'],
  [`${SRC}/core/a.ts`, '../store/x.ts', 'core may not import store'],
  [`${SRC}/core/a.ts`, 'node:fs', 'core may not import the package node:fs'],
  [`${SRC}/channels/channel.ts`, './kit/x.ts', 'channel contract may not import channel kit'],
  [`${SRC}/channels/kit/a.ts`, '../registry.ts', 'channel kit may not import channel registry'],
  [`${SRC}/store/a.ts`, '../outbox/x.ts', 'store may not import outbox'],
  [`${SRC}/outbox/a.ts`, '../events/x.ts', 'outbox may not import events'],
  [`${SRC}/platform/a.ts`, '../inbound/x.ts', 'platform may not import inbound'],
  [`${SRC}/events/a.ts`, '../outbound/x.ts', 'events may not import outbound'],
  [`${SRC}/connectors/a.ts`, '../events/x.ts', 'connectors may not import events'],
  [`${SRC}/campaigns/a.ts`, '../api/x.ts', 'feature may not import api'],
  [`${SRC}/inbound/a.ts`, '../outbound/x.ts', 'inbound may not import outbound'],
  [`${SRC}/outbound/a.ts`, '../channels/kit/x.ts', 'outbound may not import channel kit'],
  [`${SRC}/maintenance/a.ts`, '../inbound/x.ts', 'maintenance may not import inbound'],
  [`${SRC}/outbound/a.ts`, '../campaigns/x.ts', 'outbound may not import feature'],
  [`${SRC}/campaigns/a.ts`, '../handoff/x.ts', 'feature may not import feature'],
  [`${SRC}/campaigns/a.ts`, '../main.ts', 'feature may not import service root'],
  [`${SRC}/main.ts`, '../../test/support/x.ts', 'service root may not import anything outside the product'],
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
    'an id in a template',
    [...channel('made'), file(`${SRC}/main.ts`, '`/x/made/${id}`;\n')],
    "names the channel 'made'",
  ],
  ['a message id word', [file(`${SRC}/inbound/a.ts`, '// the wamid\n')], "the provider's word wamid"],
  ['a word in the common kit', [file(`${SRC}/channels/kit/a.ts`, '// the wamid\n')], "the provider's word wamid"],
  ['a handshake word', [file('contract/a.ts', "q['hub.challenge'];\n")], "the provider's word hub.challenge"],
  ['the first of many', [file(`${SRC}/events/a.ts`, 'body.entry[0];\n')], "the provider's word entry["],
  ['linting switched off', [file('test/a.test.ts', `/* ${LINT_OFF} */\n`)], `no ${LINT_OFF}`],
  ['a long file', [file('nodes/Made/a.ts', '\n'.repeat(MAX_LINES + 1))], '301 lines, at most 300'],
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
  ['a pipeline stands on the ground', [importing(`${SRC}/inbound/a.ts`, '../store/x.ts')]],
  ['a feature uses the pipelines', [importing(`${SRC}/campaigns/a.ts`, '../outbound/x.ts')]],
  ['a node uses the shared folder', [importing('nodes/Made/resources/m/a.operation.ts', '../../../shared/x')]],
  ['SQL in the store', [importing(`${SRC}/store/a.ts`, 'kysely')]],
  ['a file of just the limit', [file('nodes/Made/a.ts', '\n'.repeat(MAX_LINES))]],
])('%s: allowed', (_what, files) => {
  expect(violations(files)).toEqual([]);
});
