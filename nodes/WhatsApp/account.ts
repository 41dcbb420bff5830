/** The WhatsApp account of a node: of the credential of the provider that it connects through. */
import { accountGetter } from '../shared/account-getter.ts';
import { providerOf } from './connect-through.ts';
import { PROVIDERS } from './providers.ts';

export const whatsAppAccount = accountGetter((node) => PROVIDERS[providerOf(node)].account);
