import { whatsapp } from '../../../service/src/channels/whatsapp/index.ts';
import { metaVerification } from '../meta/verify.ts';
import { settingsWith } from './support.ts';

metaVerification({ channel: whatsapp, settingsWith, topic: 'whatsapp_business_account' });

test('a made verifyToken is another for another number', () => {
  const made = (phoneNumberId: string) => settingsWith({ verifyToken: undefined, phoneNumberId }).verifyToken;
  expect(made('1')).not.toBe(made('2'));
});
