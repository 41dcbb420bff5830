/**
 * `npm run n8n`: a real n8n with the package in it, the service and the sandbox, and a conversation that runs. Everything is
 * fresh at each start and removed at the end; only the installed n8n is kept.
 */
import { createServer } from 'node:net';
import { reportToStderr } from './support/commands.ts';
import { exampleWorkflow } from './support/examples.ts';
import { freePort } from '../support/free-port.ts';
import { OWNER, type Stack, startStack } from './support/stack.ts';

/** Where people expect them; another port is taken where one of these is in use. */
const usualPorts = { n8n: 5678, service: 3000, sandbox: 4010 };

/** Not the customer of the order example, who must not have written yet. */
const customer = '15550002222';

/** Only the first is active: both others would answer the same message, or wait for a click. */
const examples = {
  greeting: 'greeting-with-buttons.json',
  ask: 'ask-and-wait.json',
  order: 'template-when-closed.json',
};

type Examples = Record<keyof typeof examples, string>;

async function portOrFree(port: number): Promise<number> {
  const server = createServer();
  const isFree = await new Promise<boolean>((resolve) => {
    server.once('error', () => resolve(false)).listen(port, '127.0.0.1', () => resolve(true));
  });
  if (!isFree) return await freePort();
  await new Promise((resolve) => server.close(resolve));
  return port;
}

async function addExamples({ rest, credentials }: Stack): Promise<Examples> {
  const added: Partial<Examples> = {};
  for (const [name, file] of Object.entries(examples) as [keyof Examples, string][]) {
    added[name] = (await rest.createWorkflow(await exampleWorkflow(file, credentials))).id;
  }
  const all = added as Examples;
  reportToStderr('Activating "greeting with buttons": registers the number, subscribes at the sandbox');
  await rest.activateWorkflow(all.greeting);
  return all;
}

/** Lines for a shell: what a customer does. */
function commands(sandboxUrl: string): string[] {
  const control = `${sandboxUrl}/_sandbox`;
  const post = (action: string): string =>
    `curl -s ${control}/customer/${action} -H 'content-type: application/json' -d`;
  const lastId = `node -pe 'JSON.parse(fs.readFileSync(0)).at(-1).id'`;
  return [
    `${post('sends')} '${JSON.stringify({ from: customer, name: 'Bo', text: 'Hello' })}'`,
    `MESSAGE=$(curl -s '${control}/messages/next?from=0' | ${lastId})`,
    `${post('taps')} '{"messageId":"'$MESSAGE'","choice":"hours"}'`,
    `curl -s ${control}/messages   # everything that reached WhatsApp so far`,
  ];
}

function guide({ n8n, service, sandbox }: Stack, workflows: Examples): string {
  const editor = (id: string): string => `${n8n.url}/workflow/${id}`;
  return `
n8n       ${n8n.url}   sign in as ${OWNER.email} with ${OWNER.password}
Service   ${service.url}/docs
Sandbox   ${sandbox.url}/_sandbox/… stands in for WhatsApp (test/sandbox/README.md)

1. A customer writes, the active workflow greets with buttons, the customer taps one:
     ${commands(sandbox.url).join('\n     ')}
   See it in the editor: ${editor(workflows.greeting)} → Executions

2. Ask and wait: ${editor(workflows.ask)}
   Press Execute workflow, then write as above. Find the question's id among the messages and tap "yes" or "no"
   on it: the waiting execution goes on. (While the greeting is active, it answers the first message as well.)

3. Template when the session is closed: ${editor(workflows.order)}
   Press Execute workflow. The customer never wrote, so the approved template goes out instead of the text.

Logs: artifacts/n8n.log, artifacts/service.log. Every start is fresh: Ctrl-C stops all three and removes what they
stored; only the installed n8n stays.
`;
}

/** Resolves at Ctrl-C (or SIGTERM), from the moment this is called. */
function interrupted(): Promise<void> {
  return new Promise((resolve) => {
    process.once('SIGINT', () => resolve());
    process.once('SIGTERM', () => resolve());
  });
}

async function portsToUse(): Promise<typeof usualPorts> {
  return {
    n8n: await portOrFree(usualPorts.n8n),
    service: await portOrFree(usualPorts.service),
    sandbox: await portOrFree(usualPorts.sandbox),
  };
}

const stopAsked = interrupted();
const starting = startStack({ ports: await portsToUse() });
// Also while starting: what was started by then is ended by the exit handlers of the parts.
const stack = await Promise.race([starting, stopAsked]);
if (stack === undefined) process.exit(130);
try {
  const workflows = await addExamples(stack);
  process.stdout.write(guide(stack, workflows));
  const n8nEnded = stack.n8n.ended.then(() => 'ended');
  if ((await Promise.race([stopAsked, n8nEnded])) === 'ended') reportToStderr('n8n ended by itself: see its log');
} finally {
  reportToStderr('Stopping n8n, the service and the sandbox…');
  await stack.stop();
}
