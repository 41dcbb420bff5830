import { dialog360 } from '../../../service/src/channels/dialog360/index.ts';
import type { HttpRequest } from '../../../service/src/core/http.ts';
import { alwaysAnswering, answering, inOrder, json } from '../../conformance/fake-io.ts';
import { API, proxyError, SETTINGS } from './support.ts';

const templates = dialog360.templates;
if (!templates) throw new Error('360dialog has templates');

const URL_OF_LIST = `${API}/v1/configs/templates`;
const listed = (index: number, change: Record<string, unknown> = {}) => ({
  ...{
    id: String(1000 + index),
    name: `template_${index}`,
    language: 'en_US',
    category: 'UTILITY',
    status: 'approved',
  },
  components: [{ type: 'BODY', text: 'Hi {{1}}', example: { body_text: [['Ana']] } }],
  ...{ rejected_reason: 'NONE', namespace: 'c8ae5f90', ...change },
});
const many = (count: number, change: (index: number) => Record<string, unknown> = () => ({})) =>
  Array.from({ length: count }, (_, index) => listed(index, change(index)));

/** A provider with these templates. */
function holding(all: unknown[], withTotal = true) {
  return answering(({ query }: HttpRequest) => {
    const offset = Number(query?.offset);
    const page = all.slice(offset, offset + Number(query?.limit));
    return json(200, { waba_templates: page, count: page.length, ...(withTotal ? { total: all.length } : {}) });
  });
}

test('lists in the words of the contract', async () => {
  const { io, requests } = holding([listed(1), listed(2, { status: 'rejected', rejected_reason: 'INVALID_FORMAT' })]);
  await expect(templates.list({}, SETTINGS, io)).resolves.toEqual({
    data: [
      {
        ...{ id: '1001', name: 'template_1', language: 'en_US', status: 'APPROVED', category: 'UTILITY' },
        components: [{ type: 'BODY', text: 'Hi {{1}}', example: { body_text: [['Ana']] } }],
        variables: [{ key: 'body.1', part: 'body', name: '1', type: 'text', example: 'Ana' }],
      },
      expect.objectContaining({ status: 'REJECTED', rejectedReason: 'INVALID_FORMAT' }),
    ],
  });
  expect(requests).toMatchObject([{ method: 'GET', url: URL_OF_LIST, query: { limit: 100, offset: 0 } }]);
});

test.each([[true], [false]])('pages by our own cursor, told a total: %s', async (withTotal) => {
  const names: string[] = [];
  let after: string | undefined;
  do {
    const page = await templates.list({ limit: 40, after }, SETTINGS, holding(many(150), withTotal).io);
    names.push(...page.data.map(({ name }) => name));
    after = page.next;
  } while (after !== undefined);
  expect(names).toEqual(many(150).map(({ name }) => name));
});

test('a list that just fills a page is over when nothing follows', async () => {
  const page = await templates.list({ limit: 100 }, SETTINGS, holding(many(100), false).io);
  expect(page.data).toHaveLength(100);
  expect(page.next).toBeUndefined();
});

test.each([
  [{ status: 'APPROVED' }, 75],
  [{ status: 'approved' }, 75],
  [{ status: 'PAUSED' }, 75],
  [{ name: 'template_149' }, 1],
  [{ language: 'de' }, 50],
  [{ category: 'MARKETING' }, 15],
  [{ category: 'MARKETING', language: 'de' }, 5],
])('filters %j here, over all pages', async (query, count) => {
  const change = (index: number) => ({
    ...(index % 2 === 0 && { status: 'paused' }),
    ...(index % 3 === 0 && { language: 'de' }),
    ...(index % 10 === 0 && { category: 'MARKETING' }),
  });
  const page = await templates.list({ ...query, limit: 100 }, SETTINGS, holding(many(150, change)).io);
  expect(page.data).toHaveLength(count);
  expect(page.next).toBeUndefined();
});

test.each(['x', '-1', '999999', ''])('%j is no cursor', async (after) => {
  await expect(templates.list({ after }, SETTINGS, holding([]).io)).rejects.toMatchObject({ kind: 'invalid' });
});

test('gets one by looking through the list', async () => {
  await expect(templates.get('1120', SETTINGS, holding(many(150)).io)).resolves.toMatchObject({ name: 'template_120' });
  await expect(templates.get('7', SETTINGS, holding(many(150)).io)).rejects.toMatchObject({
    ...{ status: 404, code: 'not_found' },
  });
});

test('creates', async () => {
  const { io, requests } = alwaysAnswering(json(200, { id: '7', status: 'submitted', category: 'MARKETING' }));
  const components = [{ type: 'BODY', text: 'Hi' }];
  const draft = { name: 'promo', language: 'de', category: 'UTILITY', components, allowCategoryChange: true };
  await expect(templates.create(draft, SETTINGS, io)).resolves.toEqual({
    ...{ id: '7', status: 'SUBMITTED', category: 'MARKETING' },
  });
  const { allowCategoryChange: allow_category_change, ...rest } = draft;
  expect(requests).toMatchObject([{ method: 'POST', url: URL_OF_LIST, json: { ...rest, allow_category_change } }]);
});

test('removes all languages by name', async () => {
  const { io, requests } = alwaysAnswering(json(200, {}));
  await templates.remove({ name: 'promo/../x' }, SETTINGS, io);
  expect(requests).toMatchObject([{ method: 'DELETE', url: `${URL_OF_LIST}/promo%2F..%2Fx` }]);
});

test('removes a single language only when there is no other', async () => {
  const alone = json(200, { waba_templates: [listed(1), listed(2)], total: 2 });
  const { io, requests } = inOrder(alone, json(200, {}));
  await templates.remove({ name: 'template_1', id: '1001' }, SETTINGS, io);
  expect(requests[1]).toMatchObject({ method: 'DELETE', url: `${URL_OF_LIST}/template_1` });

  const two = json(200, { waba_templates: [listed(1), listed(2, { name: 'template_1', language: 'de' })], total: 2 });
  const other = inOrder(two);
  await expect(templates.remove({ name: 'template_1', id: '1001' }, SETTINGS, other.io)).rejects.toMatchObject({
    ...{ status: 400, code: 'unsupported_by_channel', message: expect.stringContaining('all its languages') },
  });
  expect(other.requests).toHaveLength(1);
});

test('refuses to edit, by name and without a call', async () => {
  const { io, requests } = alwaysAnswering(json(200, {}));
  await expect(templates.edit('7', { category: 'UTILITY' }, SETTINGS, io)).rejects.toMatchObject({
    ...{ status: 400, code: 'unsupported_by_channel', message: expect.stringContaining('360dialog cannot edit') },
  });
  expect(requests).toEqual([]);
});

test('a refusal is a SendError', async () => {
  const { io } = alwaysAnswering(proxyError(401, 'Invalid api_key'));
  await expect(templates.list({}, SETTINGS, io)).rejects.toMatchObject({ kind: 'settings' });
});
