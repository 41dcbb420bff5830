import type { OutboundContent } from '../../../contract/message.ts';
import type { Channel } from '../../../service/src/channels/channel.ts';
import { twilioSms, twilioWhatsApp } from '../../../service/src/channels/twilio/index.ts';
import type { TwilioSettings } from '../../../service/src/channels/twilio/settings.ts';
import { ParleyError } from '../../../service/src/core/errors.ts';
import { caught } from '../../conformance/probes.ts';
import { SMS, WHATSAPP } from './support.ts';

const refusal = (channel: Channel<TwilioSettings>, content: unknown): { field: string; message: string }[] => {
  const settings = channel === twilioSms ? SMS : WHATSAPP;
  const error = caught(() => channel.check(content as OutboundContent, settings));
  if (!(error instanceof ParleyError)) return [];
  expect(error).toMatchObject({ status: 400, code: 'invalid_content' });
  return error.extra['errors'] as { field: string; message: string }[];
};
const fields = (content: unknown, channel: Channel<TwilioSettings> = twilioWhatsApp) =>
  refusal(channel, content).map(({ field }) => field);

const link = 'https://cdn.example/a.bin';
const button = (n: number) => ({ id: `b${n}`, title: `B ${n}` });
const buttons = { type: 'buttons', text: 'Tea?', buttons: [button(1)] };
const row = (n: number) => ({ id: `r${n}`, title: `R ${n}` });
const list = { type: 'list', text: 'Which?', buttonTitle: 'Choose', sections: [{ rows: [row(1)] }] };
const offer = { type: 'link', text: 'Track', title: 'Open', url: 'https://shop.example' };
const template = { type: 'template', name: 'order', language: 'en' };
const value = { type: 'text', text: 'Ana' };
const long = (length: number) => 'é'.repeat(length);
const many = <T>(count: number, make: (n: number) => T): T[] => Array.from({ length: count }, (_, n) => make(n));

test.each<[string, unknown, string[]]>([
  ['a text of 1600 characters', { type: 'text', text: long(1600) }, []],
  ['a text of 1601 characters', { type: 'text', text: long(1601) }, ['text']],
  ['an uploaded file', { type: 'image', mediaId: '1' }, ['mediaId', 'link']],
  ['a file of another scheme', { type: 'image', link: 'ftp://a/b' }, ['link']],
  ['a long caption', { type: 'video', link, caption: long(1601) }, ['caption']],
  ['three buttons', { ...buttons, buttons: many(3, button) }, []],
  ['four buttons', { ...buttons, buttons: many(4, button) }, ['buttons']],
  ['equal ids', { ...buttons, buttons: [button(1), { id: 'b1', title: 'x' }] }, ['buttons[].id']],
  ['equal titles', { ...buttons, buttons: [button(1), { id: 'x', title: 'B 1' }] }, ['buttons[].title']],
  ['a long title', { ...buttons, buttons: [{ id: 'a', title: long(21) }] }, ['buttons[0].title']],
  ['a long id', { ...buttons, buttons: [{ id: long(201), title: 'a' }] }, ['buttons[0].id']],
  ['a long body', { ...buttons, text: long(1025) }, ['text']],
  ['a header', { ...buttons, header: { type: 'text', text: 'Hi' } }, ['header']],
  ['a footer', { ...buttons, footer: 'Bye' }, ['footer']],
  ['an empty footer', { ...buttons, footer: '' }, []],
  ['ten rows', { ...list, sections: [{ rows: many(10, row) }] }, []],
  ['eleven rows', { ...list, sections: [{ rows: many(11, row) }] }, ['sections[0].rows']],
  ['two sections', { ...list, sections: [{ rows: [row(1)] }, { rows: [row(2)] }] }, ['sections']],
  ['a titled section', { ...list, sections: [{ title: 'A', rows: [row(1)] }] }, ['sections[0].title']],
  [
    'a row that is too long',
    { ...list, sections: [{ rows: [{ id: long(201), title: long(25), description: long(73) }] }] },
    ['sections[0].rows[0].id', 'sections[0].rows[0].title', 'sections[0].rows[0].description'],
  ],
  ['no title of the button', { ...list, buttonTitle: '' }, ['buttonTitle']],
  ['a link button', offer, []],
  ['a link button to nowhere', { ...offer, url: 'shop.example' }, ['url']],
  ['a link button with a header', { ...offer, header: { type: 'text', text: 'Hi' } }, ['header']],
  ['a place', { type: 'location', latitude: 91, longitude: 181 }, ['latitude', 'longitude']],
  ['a sticker by name', { type: 'sticker', name: 'like', link }, ['name']],
  ['named values', { ...template, body: [{ ...value, name: '1' }] }, []],
  ['a mix of values', { ...template, body: [{ ...value, name: '1' }, value] }, ['body']],
  ['equal names', { ...template, body: many(2, () => ({ ...value, name: '1' })) }, ['body[].name']],
  ['an empty value', { ...template, body: [{ ...value, text: '' }] }, ['body[0].text']],
  ['101 values', { ...template, body: many(101, () => value) }, ['body']],
  ['a header of a template', { ...template, header: { type: 'text', values: [value] } }, ['header']],
  ['buttons of a template', { ...template, buttons: [] }, ['buttons']],
  ['a code with values', { ...template, code: '1', body: [value] }, ['code']],
  ['a template by name without language', { ...template, language: '' }, ['language']],
  ['a native message that says nothing', { type: 'native', body: { SendAsMms: true } }, ['body']],
  [
    'a native message to someone else',
    { type: 'native', body: { Body: 'x', To: '+1', From: '+2', MessagingServiceSid: 'MG', StatusCallback: 'x' } },
    ['body.To', 'body.From', 'body.MessagingServiceSid', 'body.StatusCallback'],
  ],
  ['a native message that says nothing but null', { type: 'native', body: { Body: null } }, ['body']],
  ['a native message to someone else in other letters', { type: 'native', body: { Body: 'x', to: '+1' } }, ['body.to']],
  ['a native list', { type: 'native', body: [] }, ['body']],
])('%s', (_name, content, wrong) => {
  expect(fields(content)).toEqual(wrong);
});

test('a document has a caption by MMS only', () => {
  const content = { type: 'document', link, caption: 'Your bill' };
  expect(fields(content)).toEqual(['caption']);
  expect(fields(content, twilioSms)).toEqual([]);
});
