/** Signature vectors: HMAC-SHA256 over the raw body, keyed by the master token as text. */
import { sendbird } from '../../../service/src/channels/sendbird/index.ts';
import { caught } from '../../conformance/probes.ts';
import { APP_ID, requestWith, SETTINGS, settingsWith, sign, TOKEN } from './support.ts';

const TEXT =
  '{"category":"group_channel:message_send","sender":{"user_id":"u-42","nickname":"Zoë","profile_url":"","metadata":{}},"silent":false,' +
  '"sender_ip_addr":"203.0.113.7","custom_type":"","mention_type":"users","mentioned_users":[],"app_id":"AAAAAAAA-BBBB-CCCC-DDDD-EEEEEEEEEEEE",' +
  '"type":"MESG","payload":{"message_id":238303376,"custom_type":"","message":"こんにちは 👋","translations":{},"created_at":1760000000123,"data":""},' +
  '"channel":{"name":"Support","channel_url":"support_42","custom_type":"support","is_distinct":false,"is_public":false,"is_super":false,' +
  '"is_ephemeral":false,"is_discoverable":false,"data":""},"sdk":"iOS"}';

const VECTORS: [name: string, body: string, signature: string][] = [
  ['a message', TEXT, '8cd53fb361647cd0dfcfec010121ba1a0557f9e55ff943927254edc6ea206fbb'],
  ['a block', '{"category":"user:block"}', '93e376bb6a2d40f978e65bd9e8f694eaf35187094005048d013770a26c62967c'],
  ['raw UTF-8', '{"message":"こんにちは"}', '32652d5af7d5649485e87957ce1038e4225ac2bef07a831f84c590471cba42f8'],
  [
    'the same by escapes',
    '{"message":"\\u3053\\u3093\\u306b\\u3061\\u306f"}',
    '99efa81476ce443ca03e916e4f597d3bff2823e63c2c9376ee454f4f518e6c98',
  ],
];
const [, MESSAGE, SIGNATURE] = VECTORS[0] as [string, string, string];
const failure = (body: string, signature?: string, settings = SETTINGS) =>
  caught(() => sendbird.verify(requestWith(body, signature), 0, settings));

test.each(VECTORS)('takes %s', (_name, body, signature) => {
  expect(failure(body, signature)).toBeUndefined();
  expect(failure(body, signature.toUpperCase())).toBeUndefined();
});

test('each of several tokens counts', () => {
  const rotating = settingsWith({ webhookToken: ['the-next-master-token', TOKEN] });
  expect(failure(MESSAGE, SIGNATURE, rotating)).toBeUndefined();
});

test.each([
  ['a newline at the end', `${MESSAGE}\n`, SIGNATURE, 'mismatch'],
  ['a digit less', MESSAGE, SIGNATURE.slice(1), 'mismatch'],
  ['another token', MESSAGE, sign(MESSAGE, 'desk0token1for2tests').headers['x-sendbird-signature'], 'mismatch'],
  ['a prefix', MESSAGE, `sha256=${SIGNATURE}`, 'mismatch'],
  ['an empty signature', MESSAGE, '', 'missing'],
  ['none', MESSAGE, undefined, 'missing'],
])('refuses %s', (_name, body, signature, expected) => {
  expect(failure(body, signature)).toMatchObject({ failure: expected });
});

test('refuses the webhook of another application, though the token fits', () => {
  const body = JSON.stringify({ category: 'user:block', app_id: APP_ID.replace('A', 'F') });
  expect(failure(body, sign(body).headers['x-sendbird-signature'])).toMatchObject({ failure: 'malformed' });
});
