/**
 * How Node.js finds and reads modules when Jest's workers run tests. Node.js strips the types of TypeScript by itself; these hooks add
 * what it does not do: decorators, the nodes' imports without an ending, and files of `test/` that are read anew for each test file.
 */
import { existsSync, readFileSync } from 'node:fs';
import { createRequire, registerHooks, type ResolveHookContext } from 'node:module';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';

const require = createRequire(import.meta.url);
const ROOT = pathToFileURL(join(import.meta.dirname, '../..')).href;
/** The module that tests know as `@jest/globals`. */
const GLOBALS = import.meta.resolve('./jest-globals.ts');
/** Servers and engines that a worker starts once; the tests know them by these modules. */
const ONCE = ['runner/', 'support/shared-servers.ts', 'support/child-server.ts', 'support/engine/runtime.ts'];
/** Their ES modules import each other without an ending, which Node.js does not take: they are read as CommonJS, as in n8n. */
const COMMON = new Set(['n8n-workflow', 'n8n-core']);
const DECORATOR = /^\s*@[A-Z]\w*\(/m;

/** Whether the URL names a source file of this repository. */
function isOurs(url: string): boolean {
  return url.startsWith(ROOT) && !url.includes('/node_modules/');
}

/** Node.js keeps one module for each URL: a query that is new for each test file makes the file's own modules new. */
function urlOf(specifier: string, { parentURL = '' }: ResolveHookContext): string {
  const url = new URL(specifier, parentURL);
  url.search = '';
  url.pathname += ['.ts', '/index.ts'].find((ending) => existsSync(new URL(`${url.href}${ending}`))) ?? '';
  const path = url.href.slice(ROOT.length);
  if (path.startsWith('/test/') && !ONCE.some((once) => path.startsWith(`/test/${once}`)))
    url.search = new URL(parentURL).search;
  return url.href;
}

/** Nest finds what to inject by the types that the compiler leaves with decorators. */
function withDecorators(source: string, fileName: string): string {
  const { ModuleKind, ScriptTarget, transpileModule } = require('typescript') as typeof import('typescript');
  const kinds = { module: ModuleKind.ESNext, target: ScriptTarget.ES2023 };
  const compilerOptions = { ...kinds, experimentalDecorators: true, emitDecoratorMetadata: true };
  return transpileModule(source, { compilerOptions, fileName }).outputText;
}

export function installModuleHooks(): void {
  registerHooks({
    resolve(specifier, context, next) {
      if (specifier === '@jest/globals') return { url: GLOBALS, shortCircuit: true };
      if (!isOurs(context.parentURL ?? '')) return next(specifier, context);
      if (COMMON.has(specifier)) return next(specifier, { ...context, conditions: ['node', 'require'] });
      if (!specifier.startsWith('.')) return next(specifier, context);
      return { url: urlOf(specifier, context), shortCircuit: true };
    },
    load(url, context, next) {
      const { pathname } = new URL(url);
      if (!isOurs(url) || !pathname.endsWith('.ts')) return next(url, context);
      const path = fileURLToPath(`file://${pathname}`);
      const source = readFileSync(path, 'utf8');
      if (!DECORATOR.test(source)) return next(url, { ...context, format: 'module-typescript' });
      return { format: 'module', source: withDecorators(source, path), shortCircuit: true };
    },
  });
}
