import { parseArgs } from 'node:util';
import { listenOptions, runSandbox } from '../kit/main.ts';
import { SUNSHINE_DEFAULTS } from './defaults.ts';
import { startSunshineSandbox } from './sandbox.ts';

const USAGE = `node test/sandbox/sunshine/main.ts [--port 4015] [--host 127.0.0.1]`;

const { values } = parseArgs({ options: listenOptions(4015) });
const { appId, keyId, integrations } = SUNSHINE_DEFAULTS;

await runSandbox(values, USAGE, { appId, keyId, ...integrations }, (listen) => startSunshineSandbox(listen));
