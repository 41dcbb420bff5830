/**
 * The architecture as rules: who may import whom, what a channel folder holds, and which words stay where. `violations()` is pure over a
 * list of files.
 */
import { posix } from 'node:path';
import ts from 'typescript';
import { undocumented } from './doc-comments.ts';

/** A source file of the repository. */
export interface SourceFile {
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

const NONE = /^$/;
const PURE = /^node:crypto$/;
/** Besides the pure ones, the types of packages whose values the ports of core pass on. */
const CORE_PACKAGES = /^(node:(crypto|stream)|zod)$/;
const CHANNEL_PACKAGES = /^(zod|libphonenumber-js(\/.+)?|node:(crypto|stream|util|buffer))$/;
const NODE_PACKAGES = /^(n8n-workflow|(node:)?crypto)$/;
const BASE = ['contract', 'core'];
/** What connectors and channels have to be, and the lists by which the kernel finds them. */
const REGISTRY = ['connector contract', 'channel contract', 'channel registry', 'connectors'];
/** The pipelines stand on the lists, the store, the outbox, the events, and on who is who. */
const PIPELINE = [...BASE, ...REGISTRY, 'store', 'outbox', 'events', 'contacts', 'keeping contract'];
const KERNEL = [...PIPELINE, 'receive', 'inbound', 'outbound', 'maintenance'];

/** The first area whose `files` match a path is its area. Read it as: *name* may import *imports*. */
const AREAS: readonly Area[] = [
  { name: 'contract', files: /^contract\//, imports: [], packages: PURE },
  { name: 'core', files: /^service\/src\/core\//, imports: ['contract'], packages: CORE_PACKAGES },
  {
    name: 'connector contract',
    files: /^service\/src\/connectors\/connector\./,
    imports: BASE,
    packages: CORE_PACKAGES,
  },
  {
    name: 'channel contract',
    files: /^service\/src\/channels\/channel\./,
    imports: [...BASE, 'connector contract'],
    packages: CORE_PACKAGES,
  },
  {
    name: 'channel kit',
    files: /^service\/src\/channels\/kit\//,
    imports: [...BASE, 'connector contract', 'channel contract'],
    packages: CHANNEL_PACKAGES,
  },
  {
    name: 'channel protocol',
    files: /^service\/src\/channels\/protocols\//,
    imports: [...BASE, 'connector contract', 'channel contract', 'channel kit'],
    packages: CHANNEL_PACKAGES,
  },
  {
    name: 'channel',
    files: /^service\/src\/channels\/[^/]+\//,
    imports: [...BASE, 'connector contract', 'channel contract', 'channel kit', 'channel protocol'],
    packages: CHANNEL_PACKAGES,
  },
  {
    name: 'channel registry',
    files: /^service\/src\/channels\//,
    imports: [...BASE, 'channel contract', 'channel'],
    packages: NONE,
  },
  {
    name: 'keeping contract',
    files: /^service\/src\/maintenance\/(person-eraser|retention-part|maintenance-job)\./,
    imports: [...BASE, 'store', 'outbox'],
  },
  { name: 'store', files: /^service\/src\/store\//, imports: BASE },
  { name: 'config', files: /^service\/src\/config\//, imports: [...BASE, 'platform'] },
  { name: 'platform', files: /^service\/src\/platform\//, imports: [...BASE, 'store'] },
  { name: 'outbox', files: /^service\/src\/outbox\//, imports: [...BASE, 'store'] },
  { name: 'events', files: /^service\/src\/events\//, imports: [...BASE, 'store', 'outbox', 'keeping contract'] },
  {
    name: 'receive',
    files: /^service\/src\/connectors\/receive\//,
    imports: [...BASE, ...REGISTRY, 'store', 'outbox', 'keeping contract'],
  },
  { name: 'connectors', files: /^service\/src\/connectors\//, imports: [...BASE, ...REGISTRY, 'store'] },
  {
    name: 'contacts',
    files: /^service\/src\/contacts\//,
    imports: [...BASE, ...REGISTRY, 'store', 'keeping contract'],
  },
  { name: 'inbound', files: /^service\/src\/inbound\//, imports: [...PIPELINE, 'receive'] },
  { name: 'outbound', files: /^service\/src\/outbound\//, imports: PIPELINE },
  {
    name: 'maintenance',
    files: /^service\/src\/maintenance\//,
    imports: [...BASE, 'platform', 'store', 'outbox', 'events', 'keeping contract'],
  },
  {
    name: 'api schemas',
    files: /^service\/src\/api\/((content|interactive)\.schema|schemas)\./,
    imports: [...BASE, 'api schemas'],
  },
  {
    name: 'feature controller',
    files: /^service\/src\/features\/[^/]+\/[^/]+\.(controller|schema)\./,
    imports: [...KERNEL, 'platform', 'api schemas', 'feature controller', 'feature'],
  },
  { name: 'feature contract', files: /^service\/src\/features\/feature\./, imports: KERNEL },
  {
    name: 'feature',
    files: /^service\/src\/features\/[^/]+\//,
    imports: [...KERNEL, 'feature contract', 'feature controller', 'feature'],
  },
  { name: 'feature list', files: /^service\/src\/features\//, imports: ['feature contract', 'feature'] },
  {
    name: 'api',
    files: /^service\/src\/api\//,
    imports: [...KERNEL, 'platform', 'api schemas'],
  },
  {
    name: 'kernel',
    files: /^service\/src\/(?=(kernel|keeping|gauges)\.)/,
    imports: [...KERNEL, 'config', 'platform', 'feature contract'],
  },
  {
    name: 'service root',
    files: /^service\/src\/(?=[^/]+$)/,
    imports: [
      ...KERNEL,
      'config',
      'platform',
      'feature contract',
      'feature controller',
      'feature',
      'feature list',
      'api',
    ],
  },
  { name: 'credentials', files: /^credentials\//, imports: ['contract'], packages: NODE_PACKAGES },
  { name: 'nodes shared', files: /^nodes\/shared\//, imports: ['contract'], packages: NODE_PACKAGES },
  { name: 'nodes', files: /^nodes\/[^/]+\//, imports: ['contract', 'nodes shared'], packages: NODE_PACKAGES },
  { name: 'console', files: /^console\//, imports: ['contract'] },
];

/** What ships: each of its files belongs to an area. */
const PRODUCT = /^(contract|service\/src|nodes|credentials|console)\//;
export const CHANNEL_FILES = ['index', 'settings', 'verify', 'parse', 'render', 'send', 'payloads'];
const SQL_PACKAGES = /^(kysely|node:sqlite|pg|better-sqlite3)(\/|$)/;
/** How the store holds what it answers: nobody else knows of rows, columns and their JSON. */
const STORE_ITS_OWN = /^service\/src\/store\/(schema|work\.schema|json|prepared|[\w-]+-row)\./;
/** Where text becomes objects and back by its nature: what goes over the wire, configuration, and the store. */
const JSON_HOME =
  /^(?!service\/src\/)|^service\/src\/(core|channels|platform|config|api|store)\/|\/connectors\/connector\./;
const JSON_TEXT = /\bJSON\.(parse|stringify)\b/;
const PROVIDER_WORDS = /\bwamid\b|hub\.challenge|\bentry\[/;
/** Where no channel may be named: everything that serves all channels alike. */
const CHANNEL_BLIND = /^(contract|service\/src)\//;
/** Nodes that serve all channels alike: a channel may be their example, and is never what they decide by. */
const NODES_OF_ALL = /^nodes\/(shared|Parley)\//;
/** The second half is for a new channel whose name was a word of these files before. */
const UNNAMED =
  'read capabilities instead, or, where the word means something else, give the channel another id and folder';
/** Where a provider's words are at home: its channel, and the folder of a protocol that several channels speak. */
const PROVIDER_HOME = /^service\/src\/channels\/((?!kit\/|protocols\/)|protocols\/)[^/]+\//;
export const MAX_LINES = 300;
/** What others build upon: each export has a doc comment. */
const DOCUMENTED =
  /^(contract\/|service\/src\/(core\/|outbox\/|connectors\/connector\.|channels\/channel\.|features\/feature\.))/;
const LINE_LIMITED = /^(contract|service\/src|nodes|credentials)\//;
/** Put together, so that this file does not break its own rule. */
export const LINT_OFF = ['eslint', 'disable'].join('-');

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

/** The feature in whose folder a file is. */
function featureOf(path: string): string | undefined {
  return /^service\/src\/features\/([^/]+)\//.exec(path)?.[1];
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
  if (STORE_ITS_OWN.test(target) && from.area.name !== 'store') return `rows stay in store/ (${target})`;
  if (to?.folder === from.folder) return undefined;
  const [own, other] = [featureOf(file.path), featureOf(target)];
  if (own !== undefined && other !== undefined && own !== other && !target.endsWith('/index.ts')) {
    return `a feature may import another feature only through its index.ts (${target})`;
  }
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
  if (PRODUCT.test(file.path) && !areaOf(file.path)) broken.push('belongs to no area: give its folder import rules');
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
  if (!JSON_HOME.test(file.path) && JSON_TEXT.test(file.text))
    broken.push('JSON of rows is read and written in store/');
  if (!CHANNEL_BLIND.test(file.path) || PROVIDER_HOME.test(file.path)) return broken;
  const word = PROVIDER_WORDS.exec(file.text);
  if (word) broken.push(`the provider's word ${word[0]} belongs in its channel's folder`);
  const literals = stringLiterals(file);
  for (const id of channelIds) {
    const names = new RegExp(`\\b${id}(_\\w+)?\\b`);
    if (literals.some((text) => names.test(text))) broken.push(`names the channel '${id}': ${UNNAMED}`);
  }
  return broken;
}

/** No channel, and no credential but the service's own, by its whole name. */
function nodeRules(file: SourceFile, channelIds: readonly string[], credentials: readonly string[]): string[] {
  if (!NODES_OF_ALL.test(file.path)) return [];
  const isChannel = (text: string) => channelIds.some((id) => text === id || text.startsWith(`${id}_`));
  const named = stringLiterals(file).filter((text) => isChannel(text) || credentials.includes(text));
  return named.map((name) => `names '${name}': it belongs in the folder of its node`);
}

/** The names of the credentials of channels, by their files. */
function channelCredentials(files: readonly SourceFile[]): string[] {
  const classes = files.map(({ path }) => /^credentials\/(\w+)\.credentials\.ts$/.exec(path)?.[1] ?? '');
  const names = classes.map((name) => name.charAt(0).toLowerCase() + name.slice(1));
  return names.filter((name) => name !== '' && name !== 'parleyApi');
}

function docRules(file: SourceFile): string[] {
  if (!DOCUMENTED.test(file.path)) return [];
  return undocumented(file.path, file.text).map((name) => `the export ${name} has no doc comment`);
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
export function violations(files: readonly SourceFile[]): string[] {
  const channelIds = channelFolders(files);
  const credentials = channelCredentials(files);
  const broken = files.flatMap((file) =>
    [
      ...importRules(file),
      ...wordRules(file, channelIds),
      ...nodeRules(file, channelIds, credentials),
      ...docRules(file),
    ].map((rule) => `${file.path}: ${rule}`),
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
