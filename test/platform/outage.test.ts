import { Outage } from '../../service/src/platform/outage.ts';
import { LedgerUnavailable } from '../../service/src/store/unavailable.ts';
import { eventually } from '../support/eventually.ts';

const full = () => new LedgerUnavailable(new Error('database or disk is full'));

function makeOutage(attempt: () => Promise<unknown>) {
  const told: unknown[] = [];
  const note = (level: string) => (fields: Record<string, unknown>, message: string) =>
    void told.push([level, fields['err'] ? String(fields['err']) : Object.keys(fields), message]);
  const changes: boolean[] = [];
  const log = { error: note('error'), info: note('info') };
  const outage = new Outage({ log, attempt, changed: (isOn) => changes.push(isOn) });
  return { outage, told, changes };
}

test('is told once with its cause, however much fails, and once when it is over', async () => {
  let broken = true;
  let attempts = 0;
  const { outage, told, changes } = makeOutage(async () => {
    attempts += 1;
    if (broken) throw full();
  });
  for (let i = 0; i < 100; i++) expect(outage.took(full())).toBe(true);
  expect(outage.isOn).toBe(true);
  expect(told).toEqual([['error', 'Error: database or disk is full', expect.stringContaining('cannot be used')]]);
  await eventually(() => attempts >= 2, 'the database to be tried');
  broken = false;
  await eventually(() => !outage.isOn, 'the end of the outage');
  expect(told.slice(1)).toEqual([['info', ['seconds'], expect.stringContaining('can be used again')]]);
  expect(changes).toEqual([true, false]);
});

test('what is small and fits does not end it as long as other things fail', () => {
  const { outage } = makeOutage(async () => undefined);
  outage.took(full());
  outage.worked();
  expect(outage.isOn).toBe(true);
  outage.stop();
});

test.each([new Error('a defect'), 'a text', undefined])('%s is none', (error) => {
  const { outage, told } = makeOutage(async () => undefined);
  expect(outage.took(error)).toBe(false);
  expect(outage.isOn).toBe(false);
  expect(told).toEqual([]);
});
