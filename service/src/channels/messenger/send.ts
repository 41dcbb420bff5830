/** One message, one call. */
import { SendError } from '../../core/errors.ts';
import type { SendReceipt } from '../channel.ts';

export async function send(): Promise<SendReceipt> {
  throw new SendError('rejected', 'Not yet.');
}
