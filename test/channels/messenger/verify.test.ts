import { messenger } from '../../../service/src/channels/messenger/index.ts';
import { metaVerification } from '../meta/verify.ts';
import { settingsWith } from './support.ts';

metaVerification({ channel: messenger, settingsWith, topic: 'page' });

test('a made verifyToken is another for another Page', () => {
  const made = (pageId: string) => settingsWith({ verifyToken: undefined, pageId }).verifyToken;
  expect(made('1')).not.toBe(made('2'));
});
