/**
 * Asks Twilio to repeat a webhook that was not taken. By itself it tries a second time where it could not connect, and never tells again what was
 * answered with an error, or too late. It reads the wish in the fragment of the URL, which it neither sends nor signs (page "Webhook connection overrides").
 */
const OVERRIDES = '#rc=5&rp=all';

/** The webhook URL as Twilio gets it: what fails is tried five times more, within 15 seconds in all. */
export const repeated = (url: string): string => url + OVERRIDES;

/** Tells whether a URL that is set at Twilio is this one, whatever it asks for. */
export const isSameUrl = (set: unknown, url: string): boolean => typeof set === 'string' && set.split('#')[0] === url;
