/** What a user sees of the nodes in n8n's editor. Screenshots stay in `artifacts/` for people to look at. */
import type { Locator } from 'playwright-core';
import type { WorkflowInput } from './support/n8n-rest.ts';
import { type Editor, openEditor } from './support/chromium.ts';
import { Scene } from './support/scene.ts';
import { OWNER, startStack } from './support/stack.ts';

/** The first run installs n8n. */
const installLimitMs = 15 * 60_000;

let scene: Scene;
let editor: Editor;

beforeAll(async () => {
  scene = new Scene(await startStack());
  editor = await openEditor(scene.stack.n8n.url, OWNER);
}, installLimitMs);

afterAll(async () => {
  await editor?.close();
  await scene?.stack.stop();
}, 60_000);

/** The labels and the chosen credentials of a node's panel. */
async function credentialsIn(panel: Locator): Promise<[string, string][]> {
  await panel.getByTestId('node-credentials-select').first().waitFor();
  const labels = await panel.getByTestId('credentials-label').allInnerTexts();
  const inputs = await panel.getByTestId('node-credentials-select').locator('input').all();
  const chosen = await Promise.all(inputs.map((input) => input.inputValue()));
  return labels.map((label, index) => [label.trim(), chosen[index] ?? '']);
}

function templateWorkflow(): WorkflowInput {
  const start = { id: 'start', name: 'Start', type: 'n8n-nodes-base.manualTrigger', typeVersion: 1, parameters: {} };
  const remind = {
    id: 'remind',
    name: 'Remind',
    type: 'n8n-nodes-parley.whatsApp',
    typeVersion: 1,
    parameters: { resource: 'message', operation: 'sendTemplate', to: '+15550001111' },
    credentials: { ...scene.stack.credentials },
  };
  return {
    name: 'Appointment reminder',
    nodes: [
      { ...start, position: [0, 0] },
      { ...remind, position: [260, 0] },
    ],
    connections: { Start: { main: [[{ node: 'Remind', type: 'main', index: 0 }]] } },
  };
}

test('n8n loaded the nodes under their production names', async () => {
  expect(await scene.stack.rest.nodeTypes()).toEqual(
    expect.arrayContaining(['parley', 'whatsApp', 'whatsAppTrigger'].map((name) => `n8n-nodes-parley.${name}`)),
  );
});

describe('the greeting on the canvas', () => {
  const names = ['Customer Writes', 'Greet with Buttons', 'Customer Taps', 'Answer the Tap'];

  beforeAll(async () => {
    await editor.openWorkflow(await scene.importExample('greeting-with-buttons.json'));
  });

  test('shows every node with its icon and subtitle', async () => {
    expect(await editor.nodeNames()).toEqual(names);
    for (const name of names) expect(await editor.nodeIcon(name)).toMatch(/\/whatsApp\.svg$/);
    const canvas = await editor.page.getByTestId('canvas-node').allInnerTexts();
    expect(canvas[0]).toContain('message received');
    expect(canvas[1]).toContain('send: message');
    await editor.screenshot('greeting-canvas');
  });

  test.each(names)('%s: the panel shows both credentials by their names, and nothing is missing', async (name) => {
    const panel = await editor.openNode(name);
    expect(await credentialsIn(panel)).toEqual([
      ['Parley API', scene.stack.credentials.parleyApi.name],
      ['WhatsApp Cloud API', scene.stack.credentials.whatsAppCloudApi.name],
    ]);
    await expect(panel.getByTestId('parameter-issues').count()).resolves.toBe(0);
    // n8n's webhook URLs are for the service alone: a user would enter them at Meta.
    await expect(panel.getByText('Webhook URLs').count()).resolves.toBe(0);
    await editor.screenshot(`panel-${name.toLowerCase().replaceAll(' ', '-')}`);
    await editor.closeNode();
  });
});

test('Send and Wait for Reply: the panel says that it waits in the chat', async () => {
  await editor.openWorkflow(await scene.importExample('ask-and-wait.json'));
  const panel = await editor.openNode('Ask and Wait');
  await panel.getByText("waits for the contact's own reply in the chat").waitFor();
  await editor.screenshot('panel-ask-and-wait');
  await editor.closeNode();
});

/** One after the other: each goes on in the workflow that the one before opened. */
describe('Parley', () => {
  beforeAll(async () => {
    await editor.openWorkflow(await scene.importExample('replay-failed-daily.json'));
  });

  test('has its icon and subtitle on the canvas', async () => {
    expect(await editor.nodeIcon('Get What Failed')).toMatch(/\/parley\.svg$/);
    const canvas = await editor.page.getByTestId('canvas-node').allInnerTexts();
    expect(canvas.join()).toContain('getAll: deadLetter');
    await editor.screenshot('parley-canvas');
  });

  test.each(['Get What Failed', 'Send Again'])(
    '%s: the panel asks for one credential, and nothing is missing',
    async (name) => {
      const panel = await editor.openNode(name);
      expect(await credentialsIn(panel)).toEqual([['Parley API', scene.stack.credentials.parleyApi.name]]);
      await expect(panel.getByTestId('parameter-issues').count()).resolves.toBe(0);
      await editor.screenshot(`panel-${name.toLowerCase().replaceAll(' ', '-')}`);
      await editor.closeNode();
    },
  );
});

/** One after the other: each goes on in the panel that the one before left. */
describe('Send Template', () => {
  let panel: Locator;

  beforeAll(async () => {
    await editor.openWorkflow((await scene.stack.rest.createWorkflow(templateWorkflow())).id);
    panel = await editor.openNode('Remind');
  });

  test('asks for a template first', async () => {
    await panel.getByText('Choose a template first.').waitFor();
  });

  test('lists the approved templates of the number, and finds one by its name', async () => {
    await panel.getByTestId('rlc-input').click();
    const entries = editor.page.getByTestId('rlc-item');
    await entries.filter({ hasText: 'appointment_reminder (en_US)' }).waitFor();
    expect((await entries.allInnerTexts()).sort()).toEqual(['appointment_reminder (en_US)', 'order_shipped (en_US)']);
    await editor.screenshot('template-picker');
    await editor.page.getByTestId('rlc-search').fill('APPOINTMENT');
    // The list is emptied before the answer is there.
    await entries.filter({ hasText: 'order_shipped' }).waitFor({ state: 'hidden' });
    await entries.first().waitFor();
    expect(await entries.allInnerTexts()).toEqual(['appointment_reminder (en_US)']);
    await entries.click();
  });

  test('shows a field for every variable of the chosen template', async () => {
    const keys = ['header.image', 'body.first_name', 'body.day', 'button.0.quick_reply'];
    for (const key of keys) await panel.getByTestId(`parameter-input-${key}`).waitFor();
    await editor.screenshot('template-variables');
    await editor.closeNode();
  });
});
