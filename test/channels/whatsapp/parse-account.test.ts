import { ACCOUNT_CASES } from './fixtures/account-fields.ts';
import { parseBody, parseChange, WABA_ID } from './support.ts';

const AT = 1_739_321_024_000;

describe('templates and the account', () => {
  test.each(ACCOUNT_CASES.map((sample) => [sample.field, String(sample.value.event ?? ''), sample] as const))(
    '%s %s',
    (_field, _event, { field, value, type, data }) => {
      const [event, ...others] = parseChange({ field, value });
      expect(others).toEqual([]);
      const waba = (value.waba_info as { waba_id?: string } | undefined)?.waba_id ?? WABA_ID;
      expect(event).toMatchObject({ type, address: [`waba:${waba}`, 'any waba'], at: AT });
      expect(event && 'data' in event ? event.data : undefined).toEqual(data);
      expect(event?.dedupeKey.startsWith(`${field}:${WABA_ID}:${AT}:`)).toBe(true);
    },
  );

  test('are about the connection when no WABA is named', () => {
    const changes = [{ field: 'account_review_update', value: { decision: 'APPROVED' } }];
    const [event] = parseBody({ object: 'whatsapp_business_account', entry: [{ changes }] });
    expect(event).not.toHaveProperty('address');
  });
});
