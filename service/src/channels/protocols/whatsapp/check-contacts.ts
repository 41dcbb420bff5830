import type { ContactCard } from '../../../../../contract/message.ts';
import type { Checker } from '../../kit/checker.ts';
import { LIMITS } from './limits.ts';

/** `formatted` and at least one part of the name (messages/contacts-messages). */
export function checkContacts(check: Checker, content: { contacts: ContactCard[] }): void {
  check.list('contacts', content.contacts, 1, LIMITS.contacts).forEach((card, index) => {
    const field = `contacts[${index}]`;
    const { formatted, ...parts } = card.name ?? {};
    check.text(`${field}.name.formatted`, formatted, { max: 1024 });
    const hasPart = Object.values(parts).some((part) => part !== undefined && part !== '');
    check.refuse(
      !hasPart,
      `${field}.name`,
      'needs one more part beside formatted: first, last, middle, prefix or suffix',
    );
    const isDate = card.birthday === undefined || /^\d{4}-\d{2}-\d{2}$/.test(card.birthday);
    check.refuse(!isDate, `${field}.birthday`, 'must be a date written YYYY-MM-DD');
    card.phones?.forEach(({ phone }, i) => check.text(`${field}.phones[${i}].phone`, phone, { max: 64 }));
    card.emails?.forEach(({ email }, i) => check.text(`${field}.emails[${i}].email`, email, { max: 320 }));
    card.urls?.forEach(({ url }, i) => check.text(`${field}.urls[${i}].url`, url, { max: LIMITS.url }));
  });
}
