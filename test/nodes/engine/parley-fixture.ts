/** A workflow of the Parley node alone, which has the service's credential and no other. */
import type { WorkflowJson } from '../../support/engine/engine.ts';
import type { MakeWorkflow } from './action-fixture.ts';

export const PARLEY = 'Parley';

export const parleyWorkflow: MakeWorkflow = (parameters, node = {}) => {
  const json = JSON.parse(JSON.stringify(parameters)) as WorkflowJson['nodes'][number]['parameters'];
  const credentials = { parleyApi: { id: '1', name: 'p' } };
  return { nodes: [{ name: PARLEY, type: 'n8n-nodes-parley.parley', parameters: json, credentials, ...node }] };
};
