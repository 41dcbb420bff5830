/** How a node gets at the account that it speaks for. */
import type { INode } from 'n8n-workflow';
import { accountOfCredential, type ChannelAccount, type CredentialForm } from './account.ts';
import type { ParleyContext } from './transport.ts';

/** The account of the node's credential. */
export type AccountGetter = (context: ParleyContext) => Promise<ChannelAccount>;

/** The account of a credential; of which one, where the node's parameters choose between several. */
export function accountGetter(form: CredentialForm | ((node: INode) => CredentialForm)): AccountGetter {
  return async (context) => {
    const chosen = typeof form === 'function' ? form(context.getNode()) : form;
    return accountOfCredential(chosen, await context.getCredentials(chosen.credential));
  };
}
