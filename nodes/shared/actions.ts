/** A channel's own actions, by the names that the service gives them. */
import type { IExecuteFunctions } from 'n8n-workflow';
import type { ChannelAccount } from './account.ts';
import { accountRequest } from './transport.ts';

/** Asks for `name`, e.g. `profile.get`. Throws n8n's errors, told in the user's words. */
export async function accountAction<T>(
  context: IExecuteFunctions,
  account: ChannelAccount,
  itemIndex: number,
  name: string,
  input: Record<string, unknown> = {},
): Promise<T> {
  const path = `/v1/actions/${encodeURIComponent(name)}`;
  // As bytes: of an object without members n8n would send nothing at all.
  const body = Buffer.from(JSON.stringify(input));
  const headers = { 'Content-Type': 'application/json' };
  const request = { method: 'POST', path, body, headers, itemIndex } as const;
  const { result } = await accountRequest<{ result: T }>(context, account, request);
  return result;
}
