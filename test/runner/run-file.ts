/**
 * Runs a test file for Jest, which starts, sorts and reports the files as ever. Jest's own loader would compile and link every module, Nest
 * and n8n included, anew in a realm of each file's own: three quarters of the suite's time. Here Node.js loads them. The product and the
 * installed packages stay loaded while the worker lives, as in production; the modules of `test/` are new for each file.
 */
import { createRequire } from 'node:module';
import { pathToFileURL } from 'node:url';
import { jest } from './jest-globals.ts';
import { installModuleHooks } from './module-hooks.ts';

interface Outcome {
  failureMessage?: string | null;
  testResults: { failureMessages: string[] }[];
}

interface Environment {
  global: { console: Console };
  handleTestEvent?: (event: unknown, state: unknown) => unknown;
}

type Runner = (...given: [unknown, unknown, object, object, string, unknown]) => Promise<Outcome>;

const require = createRequire(import.meta.url);
const { default: runWithCircus } = require('jest-circus/runner') as { default: Runner };
/** Where jest-circus keeps the tests of a file, who hears of them, and how long they may take. */
const STATE = new Set(['JEST_STATE_SYMBOL', 'EVENT_HANDLERS', 'TEST_TIMEOUT_SYMBOL']);
let files = 0;

installModuleHooks();
// Jest gives a worker half a second to end once its files are done. Node.js needs it all on a busy machine, to clear up what nobody needs any more.
if (process.send !== undefined) process.once('beforeExit', () => process.exit());

/** The part of Jest's runtime that jest-circus uses. */
function runtimeFor(file: number): object {
  return {
    requireInternalModule(path: string): unknown {
      for (const symbol of Object.getOwnPropertySymbols(globalThis)) {
        if (STATE.has(symbol.description ?? '')) Reflect.deleteProperty(globalThis, symbol);
      }
      Reflect.deleteProperty(require.cache, path);
      return require(path);
    },
    requireModule: require,
    setGlobalsForRuntime: () => undefined,
    unstable_shouldLoadAsEsm: () => true,
    unstable_importModule: (path: string) => import(`${pathToFileURL(path).href}?${file}`),
    enterTestCode: () => undefined,
    leaveTestCode: () => undefined,
  };
}

/** The files' names as they are, without what makes their modules new. */
function readable(text: string): string {
  return text.replaceAll(/file:(?:\/\/)?(\/[^\s?]+)\?\d+/g, '$1');
}

/** Jest's `testRunner`. */
const runFile: Runner = async (globalConfig, config, given, _runtime, path, send) => {
  const { global, handleTestEvent } = given as Environment;
  const environment = { global: globalThis, handleTestEvent: handleTestEvent?.bind(given) };
  const before = { console, env: { ...process.env } };
  globalThis.console = global.console;
  try {
    const outcome = await runWithCircus(globalConfig, config, environment, runtimeFor(++files), path, send);
    outcome.failureMessage &&= readable(outcome.failureMessage);
    for (const test of outcome.testResults) test.failureMessages = test.failureMessages.map(readable);
    return outcome;
  } finally {
    jest.restoreAllMocks();
    globalThis.console = before.console;
    for (const name of Object.keys(process.env)) if (!(name in before.env)) Reflect.deleteProperty(process.env, name);
    Object.assign(process.env, before.env);
  }
};

export default runFile;
