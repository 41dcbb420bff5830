/** Every importable workflow fits the nodes as they are: known types, known and visible parameters, sound connections. */
import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { NodeHelpers, type IConnections, type INode, type INodeType, type INodeTypeDescription } from 'n8n-workflow';

interface Example {
  name: string;
  nodes: INode[];
  connections: IConnections;
  active?: boolean;
}

const ROOT = join(dirname(fileURLToPath(import.meta.url)), '..');
const FOLDER = join(ROOT, 'examples');
const PREFIX = 'n8n-nodes-parley.';
/** Plain nodes of n8n itself that an example may use. */
const PLAIN = ['manualTrigger', 'scheduleTrigger', 'httpRequest', 'if', 'set', 'switch', 'noOp', 'stickyNote'].map(
  (name) => `n8n-nodes-base.${name}`,
);
/** Runs in the demo, where n8n's own nodes are not installed. */
const ONLY_PARLEY = 'greeting-with-buttons.json';

/** The nodes that n8n is told of, from their sources. */
const { n8n } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8')) as { n8n: { nodes: string[] } };
const descriptions = new Map<string, INodeTypeDescription>();
for (const built of n8n.nodes) {
  const source = join(ROOT, built.replace(/^dist\//, '').replace(/\.js$/, '.ts'));
  const classes = (await import(pathToFileURL(source).href)) as Record<string, new () => INodeType>;
  for (const Node of Object.values(classes)) {
    const { description } = new Node();
    descriptions.set(PREFIX + description.name, description);
  }
}
const files = readdirSync(FOLDER).filter((file) => file.endsWith('.json'));
const load = (file: string): Example => JSON.parse(readFileSync(join(FOLDER, file), 'utf8')) as Example;
const isParley = (node: INode): boolean => node.type.startsWith(PREFIX);

function description(node: INode): INodeTypeDescription {
  const found = descriptions.get(node.type);
  if (!found) throw new Error(`No node has the type ${node.type}`);
  return found;
}

function targets(connections: IConnections, from: string): string[] {
  const outputs = Object.values(connections[from] ?? {}).flat();
  return outputs.flatMap((output) => (output ?? []).map((connection) => connection.node));
}

const parleyNodes = files.flatMap((file) =>
  load(file)
    .nodes.filter(isParley)
    .map((node): [string, string, INode] => [file, node.name, node]),
);

test('the examples of the documentation are there', () => {
  expect(files).toEqual(
    expect.arrayContaining([
      ONLY_PARLEY,
      'ask-and-wait.json',
      'choose-products-from-a-list.json',
      'in-app-order-question.json',
      'instagram-story-offer.json',
      'messages-to-crm-notes.json',
      'messenger-welcome-menu.json',
      'offer-appointment-times.json',
      'replay-failed-daily.json',
      'reply-on-every-channel.json',
      'template-when-closed.json',
    ]),
  );
});

describe.each(files)('%s', (file) => {
  const { name, nodes, connections, active } = load(file);

  test('has a name, is not active, and holds nothing of the machine it was made on', () => {
    expect(name).toBeTruthy();
    expect(active ?? false).toBe(false);
    for (const node of nodes) {
      expect(node.credentials).toBeUndefined();
      expect(node.webhookId).toBeUndefined();
    }
  });

  test('names its nodes once and uses only known types', () => {
    expect(new Set(nodes.map((node) => node.name)).size).toBe(nodes.length);
    const known = file === ONLY_PARLEY ? [...descriptions.keys()] : [...descriptions.keys(), ...PLAIN];
    expect(known).toEqual(expect.arrayContaining(nodes.map((node) => node.type)));
  });

  test('connects nodes that exist, and every node is reached from a trigger', () => {
    const names = nodes.filter((node) => node.type !== 'n8n-nodes-base.stickyNote').map((node) => node.name);
    for (const from of Object.keys(connections)) {
      expect(names).toEqual(expect.arrayContaining([from, ...targets(connections, from)]));
    }
    const reached = nodes.filter((node) => node.type.endsWith('Trigger')).map((node) => node.name);
    for (const from of reached) reached.push(...targets(connections, from).filter((to) => !reached.includes(to)));
    expect(reached.sort()).toEqual(names.sort());
  });
});

describe.each(parleyNodes)('%s: %s', (_file, _name, node) => {
  test('is of a version that exists', () => {
    expect([description(node).version].flat()).toContain(node.typeVersion);
  });

  test('sets only parameters that are shown', () => {
    const type = description(node);
    const shown = NodeHelpers.getNodeParameters(type.properties, node.parameters, true, false, node, type);
    expect(shown).toMatchObject(node.parameters);
  });

  test('leaves no required parameter empty', () => {
    const type = description(node);
    const full = NodeHelpers.getNodeParameters(type.properties, node.parameters, true, false, node, type) ?? {};
    expect(NodeHelpers.getNodeParametersIssues(type.properties, { ...node, parameters: full }, type)).toBeNull();
  });
});
