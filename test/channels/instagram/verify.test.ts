import { instagram } from '../../../service/src/channels/instagram/index.ts';
import { metaVerification } from '../meta/verify.ts';
import { sign } from '../meta/support.ts';
import { bodyOf, item, settingsWith } from './support.ts';

metaVerification({ channel: instagram, settingsWith, topic: 'instagram' });

test('is checked with the secret of the Facebook app or with that of the Instagram app', () => {
  const request = sign(Buffer.from(JSON.stringify(bodyOf(item({ message: { mid: 'm', text: 'hi' } })))));
  const either = settingsWith({ appSecret: ['the-secret-of-the-facebook-app', '0123456789abcdef0123456789abcdef'] });
  expect(() => instagram.verify(request, 0, either)).not.toThrow();
});
