/** What an idempotency key is made of: see also `flows/nodes/retries`, where n8n's engine runs. */
import type { IExecuteFunctions } from 'n8n-workflow';
import { itemIdempotencyKey } from '../../nodes/shared/idempotency.ts';

interface Place {
  instance: string;
  workflow: string | undefined;
  execution: string | undefined;
  node: string;
  /** Undefined: this n8n does not tell. */
  began: number | undefined;
  run: number;
  item: number;
  kept: Record<string, unknown>;
}

const place: Omit<Place, 'kept'> = {
  ...{ instance: 'i', workflow: 'w', execution: '7', node: 'n', began: 1_750_000_000_000, run: 0, item: 0 },
};

function keyAt(change: Partial<Place> = {}, own?: string): string {
  const { instance, workflow, execution, node, began, run, item, kept } = { ...place, kept: {}, ...change };
  const context = {
    getContext: () => kept,
    getInstanceId: () => instance,
    getWorkflow: () => ({ id: workflow, active: true }),
    getExecutionId: () => execution,
    getNode: () => ({ id: node }),
    getWorkflowDataProxy: () => ({ $runIndex: run }),
    ...(began !== undefined && { getExecutionContext: () => ({ establishedAt: began }) }),
  };
  return itemIdempotencyKey(context as unknown as IExecuteFunctions, item, own);
}

test('the same item of the same execution always has the same key, within the limit of the service', () => {
  expect(keyAt()).toBe(keyAt());
  expect(keyAt({ instance: 'i'.repeat(500), run: 100_000, item: 100_000 }).length).toBeLessThan(255);
});

test.each<[string, Partial<Place>]>([
  ['another n8n, to which the workflow was copied', { instance: 'j' }],
  ['another workflow', { workflow: 'v' }],
  ['a workflow that is not saved', { workflow: undefined }],
  ['another execution', { execution: '8' }],
  ['an execution without a number', { execution: undefined }],
  ['another node', { node: 'm' }],
  ['an execution of the same number, after a re-installation', { began: 1_750_000_000_001 }],
  ['another run of a loop', { run: 1 }],
  ['another item', { item: 1 }],
])('%s has another key', (_name, change) => {
  expect(keyAt(change)).not.toBe(keyAt());
});

test('a retry, under another execution id, has the keys of the first', () => {
  const kept = {};
  const first = keyAt({ kept });
  // n8n stores the context as JSON.
  const carried = JSON.parse(JSON.stringify(kept)) as Record<string, unknown>;
  expect(keyAt({ kept: carried, execution: '8', node: 'made anew', began: 1_750_000_000_999 })).toBe(first);
  expect(keyAt({ kept: carried, execution: '9', item: 1 })).toBe(keyAt({ item: 1 }));
});

test('an n8n that does not tell when an execution began gets keys that no other execution has, the same in each try', () => {
  const kept = {};
  const first = keyAt({ kept, began: undefined });
  expect(keyAt({ kept, began: undefined })).toBe(first);
  expect(keyAt({ began: undefined })).not.toBe(first);
});

test.each(['order-7', ' order-7 '])("the user's own key is taken as it is: %j", (own) => {
  expect(keyAt({}, own)).toBe('order-7');
});

test('an empty key of the user is none', () => {
  expect(keyAt({}, ' ')).toBe(keyAt());
});
