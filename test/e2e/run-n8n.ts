/**
 * `npm run n8n`: a real n8n with the package in it, the service and the sandbox, and a conversation that runs. Everything is
 * fresh at each start and removed at the end; only the installed n8n is kept.
 */
import { createServer } from 'node:net';
import { reportToStderr } from './support/commands.ts';
import { exampleWorkflow } from './support/examples.ts';
import { freePort } from './support/start-n8n.ts';
import { OWNER, type Stack, startStack } from './support/stack.ts';

/** Where people expect them; another port is taken where one of these is in use. */
const usualPorts = { n8n: 5678, service: 3000, sandbox: 4010 };

const customer = '15550001111';

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

/** A command for a shell: what a customer does. */
function curl(sandboxUrl: string, action: string, body: object): string {
  const data = JSON.stringify(body);
  return `curl -s ${sandboxUrl}/_sandbox/customer/${action} -H 'content-type: application/json' -d '${data}'`;
}

function guide({ n8n, service, sandbox }: Stack, workflows: Examples): string {
  const editor = (id: string): string => `${n8n.url}/workflow/${id}`;
  return `
n8n       ${n8n.url}   sign in as ${OWNER.email} with ${OWNER.password}
Service   ${service.url}/docs
Sandbox   ${sandbox.url}/_sandbox/… stands in for WhatsApp (test/sandbox/README.md)

1. A customer writes, the active workflow greets with buttons, the customer taps one:
     ${curl(sandbox.url, 'sends', { from: customer, name: 'Ana', text: 'Hello' })}
     curl -s '${sandbox.url}/_sandbox/messages/next?from=0'      # the greeting; its id goes into the next line
     ${curl(sandbox.url, 'taps', { messageId: 'wamid.…', choice: 'hours' })}
     curl -s ${sandbox.url}/_sandbox/messages                    # everything that reached WhatsApp
   See it in the editor: ${editor(workflows.greeting)} → Executions

2. Ask and wait: ${editor(workflows.ask)}
   Press Execute workflow, write as above, then tap "yes" or "no": the waiting execution goes on.
   (The greeting answers the same message while it is active.)

3. Template when the session is closed: ${editor(workflows.order)}
   Press Execute workflow. To a customer who never wrote, the approved template goes out instead of the text.

Logs: artifacts/n8n.log, artifacts/service.log. Nothing is kept but the installed n8n: Ctrl-C removes the rest.
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
  await Promise.race([stopAsked, stack.n8n.ended.then(() => reportToStderr('n8n ended by itself: see its log'))]);
} finally {
  reportToStderr('Stopping n8n, the service and the sandbox…');
  await stack.stop();
}
