import { itemParameters } from '../../../shared/operation.ts';
import { askOperation } from '../../../shared/operations/send-and-wait.ts';
import { chosenAccount, recipientFields } from '../../recipient.ts';
import { degradeField, sendFields, sendItem } from './sending.ts';

export const sendAndWaitOperation = askOperation({
  recipientFields,
  sendFields: [{ ...degradeField, displayOptions: { show: { responseType: ['approval', 'buttons'] } } }, ...sendFields],
  footer: false,
  send: async (context, content, wait) => {
    const account = await chosenAccount(context, itemParameters(context, 0), 0);
    return await sendItem(context, 0, account, content, { wait, ...(content.type === 'list' && { degrade: true }) });
  },
});
