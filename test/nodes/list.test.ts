/** Menus of choices: what is filled in → what the service is asked to send, or what the person at the form is told. */
import { richList, type ListForm } from '../../nodes/shared/content/list.ts';
import type { ParameterError } from '../../nodes/shared/parameters.ts';
import { Parameters } from '../../nodes/shared/parameters.ts';
import { outboundContent } from '../../service/src/api/content.schema.ts';
import { caught } from '../conformance/probes.ts';

const files = { has: () => false, upload: async () => Promise.resolve({ mediaId: '1' }) };
const build = (form: ListForm, values: Record<string, unknown>) =>
  richList(form).build(new Parameters({ text: 'Which?', buttonTitle: 'Choose', ...values }), files);

const ALL = { groups: true, several: true, images: true, frame: true };
const rows = (...row: object[]) => ({ rows: { row } });
const sections = (...section: object[]) => ({ sections: { section } });
const picture = 'https://shop.example/a.png';
const list = (first: object[], more: object = {}) => ({
  ...{ type: 'list', text: 'Which?', buttonTitle: 'Choose', sections: first, ...more },
});

test.each<[string, ListForm, Record<string, unknown>, object]>([
  ['rows alone', {}, rows({ title: 'A' }), list([{ rows: [{ id: 'A', title: 'A' }] }])],
  [
    'several picks of rows alone',
    { several: true },
    { ...rows({ title: 'A', id: 7 }), multiple: true },
    list([{ multiple: true, rows: [{ id: '7', title: 'A' }] }]),
  ],
  [
    'several picks in one section and one in another',
    ALL,
    sections(
      { title: 'Shoes', multiple: true, ...rows({ title: 'Red', id: 'r', imageUrl: ` ${picture} ` }) },
      { title: 'Bag', multiple: 'false', ...rows({ title: 'Yes', description: 'Paper' }) },
    ),
    list([
      { title: 'Shoes', multiple: true, rows: [{ id: 'r', title: 'Red', imageUrl: picture }] },
      { title: 'Bag', rows: [{ id: 'Yes', title: 'Yes', description: 'Paper' }] },
    ]),
  ],
  [
    'what stands around it',
    ALL,
    { ...sections(rows({ title: 'A' })), headerText: 'New', footer: 'Until Friday' },
    list([{ rows: [{ id: 'A', title: 'A' }] }], { header: { type: 'text', text: 'New' }, footer: 'Until Friday' }),
  ],
  [
    'nothing that the channel does not have, whatever an older workflow holds',
    {},
    { ...rows({ title: 'A', imageUrl: picture }), multiple: true, title: 'T', headerText: 'H', footer: 'F' },
    list([{ rows: [{ id: 'A', title: 'A' }] }]),
  ],
])('%s', async (_name, form, values, expected) => {
  const content = await build(form, values);
  expect(content).toEqual(expected);
  expect(outboundContent.safeParse(content).error).toBeUndefined();
});

test.each<[string, ListForm, Record<string, unknown>, RegExp, RegExp]>([
  ['no text', {}, { ...rows({ title: 'A' }), text: ' ' }, /^The field 'Text' is empty/, /Text/],
  ['no menu button', {}, { ...rows({ title: 'A' }), buttonTitle: '' }, /^The field 'Menu Button' is empty/, /Menu/],
  ['no row', {}, rows(), /^The list has no choices/, /'Rows'/],
  ['no section', ALL, sections(), /^The list has no choices/, /'Sections'/],
  ['a section without rows', ALL, sections(rows({ title: 'A' }), { title: 'B' }), /^A section has no row/, /each/],
  ['a row without a title', ALL, sections(rows({ id: 'a' })), /^The field 'Title' is empty/, /Title/],
  [
    'one ID in two sections',
    ALL,
    sections(rows({ title: 'A', id: 'x' }), rows({ title: 'B', id: 'x' })),
    /^Two rows have the ID 'x'/,
    /ID of its own/,
  ],
  ['one title twice', {}, rows({ title: 'A' }, { title: 'A' }), /^Two rows have the ID 'A'/, /ID of its own/],
])('%s is told in the words of the form', (_name, form, values, message, description) => {
  const error = caught(() => build(form, values)) as ParameterError;
  expect(error.message).toMatch(message);
  expect(error.description).toMatch(description);
});
