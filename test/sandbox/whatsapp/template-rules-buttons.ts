import { listOf, textOf, type JsonObject } from '../kit/json.ts';
import { GraphError } from './errors.ts';
import { placeholdersOf } from './template-text.ts';

const LIMITS: Record<string, number> = {
  QUICK_REPLY: 10,
  URL: 2,
  PHONE_NUMBER: 1,
  COPY_CODE: 1,
  FLOW: 1,
  CATALOG: 1,
  MPM: 1,
  SPM: 1,
  VOICE_CALL: 1,
  OTP: 1,
  CALL_PERMISSION_REQUEST: 1,
  REQUEST_CONTACT_INFO: 1,
};

const refusal = (userMessage: string) =>
  new GraphError(100, undefined, {
    message: 'Invalid parameter',
    subcode: 2388060,
    userTitle: 'Buttons are incorrect',
    userMessage,
  });

/** Number, order and content of the buttons of a template (docs: templates/components, buttons). */
export function checkButtonDefinitions(buttons: JsonObject[], isCard: boolean): void {
  if (buttons.length === 0 || buttons.length > (isCard ? 2 : 10)) throw refusal('Too many buttons, or none.');
  const types = buttons.map((button) => String(button['type']));
  for (const type of new Set(types)) {
    const limit = LIMITS[type];
    if (limit === undefined) throw refusal(`Unknown button type ${type}.`);
    if (types.filter((other) => other === type).length > limit) throw refusal(`At most ${limit} ${type} buttons.`);
  }
  checkGrouping(types);
  for (const button of buttons) checkDefinition(button);
}

/** Quick replies are contiguous: all before or all after the others. */
function checkGrouping(types: string[]): void {
  const switches = types.filter(
    (type, index) => index > 0 && (type === 'QUICK_REPLY') !== (types[index - 1] === 'QUICK_REPLY'),
  );
  if (switches.length > 1) throw refusal('Quick replies must not be mixed with other buttons.');
}

function checkDefinition(button: JsonObject): void {
  const type = String(button['type']);
  const text = textOf(button['text']);
  const isLabelled = ['QUICK_REPLY', 'URL', 'PHONE_NUMBER'].includes(type);
  if (isLabelled && !text) throw refusal('A button needs a text.');
  if (text !== undefined && text.length > 25) throw refusal('A button text has at most 25 characters.');
  if (type === 'URL') checkUrlButton(button);
  if (type === 'PHONE_NUMBER' && (textOf(button['phone_number']) ?? '').length === 0)
    throw refusal('phone_number is required.');
  if (type === 'PHONE_NUMBER' && (textOf(button['phone_number']) ?? '').length > 20)
    throw refusal('phone_number is too long.');
  if (type === 'COPY_CODE') {
    const example = textOf(button['example']) ?? textOf(listOf(button['example'])[0]) ?? '';
    if (example.length < 1 || example.length > 15)
      throw refusal('A copy code button needs an example of 1 to 15 characters.');
  }
  if (type === 'OTP' && !['COPY_CODE', 'ONE_TAP', 'ZERO_TAP'].includes(String(button['otp_type']))) {
    throw refusal('otp_type is COPY_CODE, ONE_TAP or ZERO_TAP.');
  }
}

function checkUrlButton(button: JsonObject): void {
  const url = textOf(button['url']) ?? '';
  if (!/^https?:\/\//.test(url) || url.length > 2000) throw refusal('A URL button needs a valid url.');
  const count = placeholdersOf(url).length;
  if (count > 1 || (count === 1 && !url.endsWith('}}'))) throw refusal('A url has one variable, at its end.');
  if (count === 1 && listOf(button['example']).length !== 1) throw refusal('A url with a variable needs an example.');
}
