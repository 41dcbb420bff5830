/** Messenger and Instagram as the tests of their nodes see them: names, credentials, and the settings that are made of these. */
import type { WorkflowJson } from '../../support/engine/engine.ts';
import type { MakeWorkflow } from './action-fixture.ts';

export interface MetaChannel {
  channel: 'instagram' | 'messenger';
  /** Display names of the action node and the trigger, which the tests' workflows call them by. */
  node: string;
  trigger: string;
  /** Their types, without the package. */
  nodeType: string;
  triggerType: string;
  credential: string;
  data: Record<string, string>;
  externalId: string;
  settings: Record<string, unknown>;
}

export const MESSENGER: MetaChannel = {
  channel: 'messenger',
  node: 'Facebook Messenger',
  trigger: 'Facebook Messenger Trigger',
  nodeType: 'facebookMessenger',
  triggerType: 'facebookMessengerTrigger',
  credential: 'parleyMessengerApi',
  data: { pageId: '1234567890', pageAccessToken: 'at', appId: '77', appSecret: 's1, s2', verifyToken: '' },
  externalId: '1234567890',
  settings: {
    ...{ pageId: '1234567890', pageAccessToken: 'at', appId: '77', appSecret: ['s1', 's2'] },
    ...{ apiVersion: 'v25.0', baseUrl: 'https://graph.facebook.com' },
  },
};

export const INSTAGRAM: MetaChannel = {
  channel: 'instagram',
  node: 'Instagram Messaging',
  trigger: 'Instagram Messaging Trigger',
  nodeType: 'instagramMessaging',
  triggerType: 'instagramMessagingTrigger',
  credential: 'parleyInstagramApi',
  data: { igUserId: '17841400000000000', pageId: '1234567890', accessToken: 'at', appSecret: 's1' },
  externalId: '17841400000000000',
  settings: {
    ...{ loginType: 'facebook', igUserId: '17841400000000000', pageId: '1234567890', accessToken: 'at' },
    ...{ appSecret: 's1', apiVersion: 'v25.0' },
  },
};

export const META_CHANNELS = [MESSENGER, INSTAGRAM];

/** A workflow of the channel's action node alone. */
export function metaWorkflow({ node: name, nodeType, credential }: MetaChannel): MakeWorkflow {
  return (parameters, node = {}) => {
    const json = JSON.parse(JSON.stringify(parameters)) as WorkflowJson['nodes'][number]['parameters'];
    const credentials = { parleyApi: { id: '1', name: 'p' }, [credential]: { id: '2', name: 'c' } };
    return { nodes: [{ name, type: `n8n-nodes-parley.${nodeType}`, parameters: json, credentials, ...node }] };
  };
}
