/** An account at Meta as the shared parts of Messenger and Instagram see it, whatever its settings look like. */
import type { ConnectorIo } from '../../../connectors/connector.ts';
import type { JsonObject } from '../../kit/json.ts';
import type { Dialect } from './dialect.ts';
import { askGraph, callGraph, type GraphAccess, type GraphAnswer, type GraphCall } from './graph.ts';

export interface MetaAccount {
  access: GraphAccess;
  dialect: Dialect;
  /** The node that sends and holds files: the Page, or the Instagram account itself. */
  node: string;
  /** Calls on a Page that mean its Instagram account say so. */
  platform?: 'instagram';
  /** How people of this account are named. */
  identityKind: string;
}

export function graph(call: GraphCall, account: MetaAccount, io: ConnectorIo): Promise<JsonObject> {
  return callGraph(call, account.access, io);
}

/** Makes the same call, and tells Meta's clock as well. */
export function graphAnswer(call: GraphCall, account: MetaAccount, io: ConnectorIo): Promise<GraphAnswer> {
  return askGraph(call, account.access, io);
}
