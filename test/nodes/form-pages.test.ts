/** Forms by pages, sign-in requests and apps: what is filled in → what the service is asked to send, or what the person at the form is told. */
import { DateTime } from 'luxon';
import { formByPages } from '../../nodes/shared/content/form-pages.ts';
import type { PageForm } from '../../nodes/shared/content/form-page-fields.ts';
import { app, authenticationRequest } from '../../nodes/shared/content/requests.ts';
import { ParameterError, Parameters } from '../../nodes/shared/parameters.ts';
import { outboundContent } from '../../service/src/api/content.schema.ts';

const files = { has: () => false, upload: async () => Promise.resolve({ mediaId: '1' }) };
const ALL: PageForm = {
  ...{ button: true, jumps: true, several: true, images: true, wheel: true },
  ...{ checks: true, frame: true, summary: true },
};
const pages = (...page: object[]) => ({ text: 'Hi', formButton: 'Start', pages: { page } });
const choices = (...choice: object[]) => ({ choices: { choice } });
const form = (own: object[], more: object = {}) => ({
  ...{ type: 'form', text: 'Hi', pages: own, buttonTitle: 'Start', ...more },
});
const build = async (own: PageForm, values: Record<string, unknown>) =>
  await formByPages(own).build(new Parameters(values), files);

const ASKED = { type: 'input', title: 'Why?' };
const SAID = { id: 'Why?', type: 'input', title: 'Why?' };

test.each<[string, PageForm, Record<string, unknown>, object]>([
  ['a text', ALL, pages({ ...ASKED, format: 'any', maxLength: 0, required: false }), form([SAID])],
  [
    'a text with checks',
    ALL,
    pages({ ...ASKED, id: 'why', format: 'email', maxLength: '80', required: true, multiline: true, pattern: '.+' }),
    form([{ ...SAID, id: 'why', format: 'email', maxLength: 80, required: true, multiline: true, pattern: '.+' }]),
  ],
  [
    'choices that lead on',
    ALL,
    pages(
      {
        type: 'select',
        title: 'Size?',
        id: 'size',
        ...choices({ title: 'L', nextPage: 'why' }, { title: 'S', id: 's' }),
      },
      { ...ASKED, id: 'why', subtitle: 'In a word' },
    ),
    form([
      {
        ...{ id: 'size', type: 'select', title: 'Size?' },
        choices: [
          { id: 'L', title: 'L', nextPage: 'why' },
          { id: 's', title: 'S' },
        ],
      },
      { ...SAID, id: 'why', subtitle: 'In a word' },
    ]),
  ],
  [
    'several choices, which lead nowhere',
    ALL,
    pages({ type: 'select', title: 'Which?', multiple: true, ...choices({ title: 'L', nextPage: 'x' }) }),
    form([{ id: 'Which?', type: 'select', title: 'Which?', multiple: true, choices: [{ id: 'L', title: 'L' }] }]),
  ],
  [
    'a wheel with pictures',
    ALL,
    pages({ type: 'picker', title: 'Hue?', ...choices({ title: 'Red', imageUrl: ' https://a.example/r.png ' }) }),
    form([
      {
        ...{ id: 'Hue?', type: 'picker', title: 'Hue?' },
        choices: [{ id: 'Red', title: 'Red', imageUrl: 'https://a.example/r.png' }],
      },
    ]),
  ],
  [
    'a day',
    ALL,
    pages({
      ...{ type: 'date', title: 'When?', hint: 'Any weekday' },
      ...{
        first: '2026-12-01T00:00:00',
        last: DateTime.fromISO('2026-12-24'),
        start: new Date('2026-12-03T00:00:00Z'),
      },
    }),
    form([
      {
        ...{ id: 'When?', type: 'date', title: 'When?', hint: 'Any weekday' },
        ...{ first: '2026-12-01', last: '2026-12-24', start: '2026-12-03' },
      },
    ]),
  ],
  [
    'what stands around it',
    ALL,
    { ...pages(ASKED), headerText: 'Two minutes', footer: 'Thanks', summary: true },
    form([SAID], { header: { type: 'text', text: 'Two minutes' }, footer: 'Thanks', summary: true }),
  ],
  [
    'nothing that the channel does not have, whatever an older workflow holds',
    {},
    {
      ...pages({
        type: 'select',
        title: 'Size?',
        nextPage: 'x',
        multiple: true,
        ...choices({ title: 'L', imageUrl: 'x' }),
      }),
      ...{ headerText: 'H', footer: 'F', summary: true },
    },
    form([{ id: 'Size?', type: 'select', title: 'Size?', choices: [{ id: 'L', title: 'L' }] }], {
      buttonTitle: 'Open',
    }),
  ],
])('%s', async (_name, own, values, expected) => {
  const content = await build(own, values);
  expect(content).toEqual(expected);
  expect(outboundContent.safeParse(content).error).toBeUndefined();
});

const day = (days: object) => pages({ type: 'date', title: 'When?', ...days });

test.each<[string, Record<string, unknown>, RegExp, RegExp]>([
  ['no text', { ...pages(ASKED), text: '' }, /^The field 'Text' is empty/, /Text/],
  ['no button', { ...pages(ASKED), formButton: '' }, /^The field 'Button Title' is empty/, /Button Title/],
  ['no page', pages(), /^The form has no page/, /'Pages'/],
  ['a page without a question', pages(ASKED, { type: 'input' }), /^Page 2 asks nothing/, /'Question'/],
  ['one ID twice', pages(ASKED, ASKED), /^Two pages have the ID 'Why\?'/, /ID of its own/],
  ['no choice', pages({ type: 'select', title: 'Q' }), /^Page 1 has no choice/, /'Choices'/],
  [
    'a choice without a title',
    pages({ type: 'select', title: 'Q', ...choices({ id: 'a' }) }),
    /^Page 1: a choice has no title/,
    /'Title'/,
  ],
  [
    'one choice twice',
    pages({ type: 'picker', title: 'Q', ...choices({ title: 'A' }, { title: 'A' }) }),
    /^Page 1: two choices have the ID 'A'/,
    /ID of its own/,
  ],
  ['a page that goes nowhere', pages({ ...ASKED, nextPage: 'x' }), /^Page 1 goes on to 'x'/, /'Next Page'/],
  [
    'a choice that goes nowhere',
    pages({ type: 'select', title: 'Q', ...choices({ title: 'A', nextPage: 'y' }) }),
    /^Page 1 goes on to 'y'/,
    /'Next Page'/,
  ],
  ['no day', day({ first: 'soon' }), /^Page 1: 'Earliest Day' is not a day: soon/, /a date/],
  ['no day of the calendar', day({ last: '2026-02-30' }), /^Page 1: 'Latest Day' is not a day/, /a date/],
  ['days in the wrong order', day({ first: '2026-12-02', last: '2026-12-01' }), /'Latest Day' is before/, /Change/],
  ['a day outside', day({ first: '2026-12-02', start: '2026-12-01' }), /'Day Shown First' is not between/, /between/],
  ['no length', pages({ ...ASKED, maxLength: -1 }), /^Page 1: 'Max Length' is -1/, /whole number/],
  ['a length in words', pages({ ...ASKED, maxLength: 'long' }), /'Max Length' is not a number: long/, /a number/],
])('%s is told in the words of the form', async (_name, values, message, description) => {
  const error = await build(ALL, values).catch((thrown: unknown) => thrown);
  expect(error).toBeInstanceOf(ParameterError);
  expect((error as ParameterError).message).toMatch(message);
  expect((error as ParameterError).description).toMatch(description);
});

const APP = { text: 'Open it', appId: 'TEAM:com.example', appName: 'Shop', appUrl: ' ?order=42 ' };
const OPENED = { type: 'app', text: 'Open it', appId: 'TEAM:com.example', name: 'Shop', url: '?order=42' };

test.each<[string, typeof app, Record<string, unknown>, object]>([
  ['an app', app, { ...APP, storeId: '' }, OPENED],
  [
    'an app of the store',
    app,
    { ...APP, storeId: '1234567890', appSession: 'o' },
    { ...OPENED, storeId: 1234567890, sessionId: 'o' },
  ],
  [
    'a sign-in',
    authenticationRequest,
    { text: 'Who?', scopes: 'openid, email', responseType: 'token', state: 's', headerType: 'text', headerText: 'H' },
    {
      ...{ type: 'authentication_request', text: 'Who?', header: { type: 'text', text: 'H' } },
      ...{ scopes: ['openid', 'email'], responseType: 'token', state: 's' },
    },
  ],
  [
    'a sign-in by a code',
    authenticationRequest,
    { text: 'Who?' },
    { type: 'authentication_request', text: 'Who?', responseType: 'code' },
  ],
])('asks for %s', async (_name, kind, values, expected) => {
  const content = await kind.build(new Parameters(values), files);
  expect(content).toEqual(expected);
  expect(outboundContent.safeParse(content).error).toBeUndefined();
});

test.each<[string, Record<string, unknown>, RegExp]>([
  ['no app', { ...APP, appId: ' ' }, /'App ID' is empty/],
  ['nothing to give', { ...APP, appUrl: '' }, /'Given to the App' is empty/],
  ['half a number', { ...APP, storeId: '1.5' }, /'Store ID' is not a number of an app/],
  ['no number', { ...APP, storeId: 'id12' }, /'Store ID' is not a number: id12/],
])('an app with %s is told in the words of the form', async (_name, values, message) => {
  const build = async () => await app.build(new Parameters(values), files);
  await expect(build()).rejects.toThrow(message);
});
