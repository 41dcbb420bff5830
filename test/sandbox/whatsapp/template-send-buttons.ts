import { listOf, objectOf, textOf, type JsonObject } from '../kit/json.ts';
import { check, open, text, type Check } from '../kit/schema.ts';
import { GraphError, invalid } from './errors.ts';
import { placeholdersOf } from './template-text.ts';

const SUB_TYPES: Record<string, string> = {
  QUICK_REPLY: 'quick_reply',
  URL: 'url',
  COPY_CODE: 'copy_code',
  CATALOG: 'catalog',
  MPM: 'mpm',
  FLOW: 'flow',
  VOICE_CALL: 'voice_call',
  // The button of an authentication template is addressed as a URL button.
  OTP: 'url',
};

/** The parameter of each: its type, and what it holds. */
const PARAMETERS: Record<string, { type: string; value?: Check }> = {
  quick_reply: { type: 'payload', value: text(256) },
  url: { type: 'text', value: text(2000) },
  copy_code: { type: 'coupon_code', value: text(15) },
  mpm: { type: 'action' },
  flow: { type: 'action' },
};

/** Checks button components against the template's buttons. `code`: the one-time code that an OTP button repeats. */
export function checkTemplateButtons(defined: JsonObject[], sent: JsonObject[], code: string | undefined): void {
  const seen = new Set<number>();
  for (const component of sent) {
    const index = Number(component['index']);
    const button = defined[index];
    if (!button || component['index'] === undefined)
      throw new GraphError(132012, `buttons: no button at index ${component['index']}`);
    if (seen.has(index)) throw invalid(`buttons: index ${index} is given twice`);
    seen.add(index);
    checkButton(String(button['type']), component, index);
  }
  for (const [index, button] of defined.entries()) {
    if (!seen.has(index)) refuseIfRequired(button, index);
  }
  if (code !== undefined) checkCode(sent, code);
}

function checkButton(type: string, component: JsonObject, index: number): void {
  const subType = textOf(component['sub_type'])?.toLowerCase();
  if (subType !== SUB_TYPES[type]) {
    throw new GraphError(
      132012,
      `buttons: Button at index ${index} is of type ${type}, received ${subType ?? 'UNKNOWN'}`,
    );
  }
  const parameter = objectOf(listOf(component['parameters'])[0]);
  const rule = PARAMETERS[subType ?? ''];
  if (rule === undefined) return;
  if (parameter['type'] !== rule.type) {
    throw new GraphError(132012, `buttons: Button at index ${index} expects a ${rule.type} parameter`);
  }
  if (rule.value) check(open({ [rule.type]: rule.value }), parameter, undefined, 'parameters');
}

/** A button that cannot be shown without a parameter. */
function refuseIfRequired(button: JsonObject, index: number): void {
  const type = String(button['type']);
  const hasVariable = type === 'URL' && placeholdersOf(String(button['url'])).length > 0;
  if (!hasVariable && !['COPY_CODE', 'MPM', 'OTP', 'FLOW'].includes(type)) return;
  throw new GraphError(131008, `buttons: Button at index ${index} of type ${type} requires a parameter`);
}

function checkCode(sent: JsonObject[], code: string): void {
  const repeated = sent.some((component) => objectOf(listOf(component['parameters'])[0])['text'] === code);
  if (!repeated) throw new GraphError(132018, 'buttons: the one-time password must be the one of the body');
}
