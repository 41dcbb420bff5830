/** A form that is said page by page: each page asks one thing, and the answers come back together. */
import type { INodeProperties } from 'n8n-workflow';
import type { FormChoice, FormPage, FormPageBase } from '../../../contract/message.ts';
import { compact, ParameterError, type Parameters } from '../parameters.ts';
import { pagesField, type PageForm } from './form-page-fields.ts';
import { headerTextField, textHeaderOf } from './header.ts';
import type { ContentKind } from './kind.ts';
import { footerField, textField } from './text.ts';

/** What channels without a button above a form are told of it. */
const NO_BUTTON = 'Open';

const buttonField: INodeProperties = {
  displayName: 'Button Title',
  name: 'formButton',
  type: 'string',
  default: 'Open',
  required: true,
  placeholder: 'e.g. Answer',
  description: 'The button that opens the form',
};

const summaryField: INodeProperties = {
  displayName: 'Show Summary',
  name: 'summary',
  type: 'boolean',
  default: false,
  description: 'Whether to show the answers once more before they are sent',
};

const FORMATS = ['email', 'phone', 'integer', 'decimal'] as const;
const DAY = /^(\d{4}-\d\d-\d\d)(?:[T ]|$)/;

/** Throws for a day that the calendar does not have. */
function dayOf(page: Parameters, name: string, label: string, place: string): string | undefined {
  const value = page.value(name);
  if (value === undefined || value === null || value === '') return undefined;
  const written = value instanceof Date ? value.toISOString() : String(value);
  const day = DAY.exec(written.trim())?.[1];
  if (day !== undefined && isDay(day)) return day;
  throw new ParameterError(
    `${place}: '${label}' is not a day: ${written}`,
    `Give '${label}' a date, or leave it empty.`,
  );
}

function isDay(day: string): boolean {
  const at = Date.parse(`${day}T00:00:00Z`);
  return !Number.isNaN(at) && new Date(at).toISOString().startsWith(day);
}

/** The earliest day, the latest, and the one that is shown first, in this order. */
function daysOf(page: Parameters, place: string): Pick<FormPage & { type: 'date' }, 'first' | 'last' | 'start'> {
  const first = dayOf(page, 'first', 'Earliest Day', place);
  const last = dayOf(page, 'last', 'Latest Day', place);
  const start = dayOf(page, 'start', 'Day Shown First', place);
  if (first !== undefined && last !== undefined && last < first) {
    throw new ParameterError(
      `${place}: 'Latest Day' is before 'Earliest Day'`,
      'Change one of the two, or leave it empty.',
    );
  }
  if (start !== undefined && (start < (first ?? start) || start > (last ?? start))) {
    throw new ParameterError(
      `${place}: 'Day Shown First' is not between 'Earliest Day' and 'Latest Day'`,
      "Choose a day between them, or leave 'Day Shown First' empty.",
    );
  }
  return compact({ first, last, start });
}

/** Throws when two have the same ID, which is the name of what comes back. */
function unique<T extends { id: string }>(all: T[], words: string): T[] {
  const ids = new Set<string>();
  for (const { id } of all) {
    if (ids.has(id)) throw new ParameterError(`${words} have the ID '${id}'`, 'Give each an ID of its own.');
    ids.add(id);
  }
  return all;
}

function choicesOf(page: Parameters, form: PageForm, place: string): FormChoice[] {
  const choices = page.list('choices', 'choice').map((choice): FormChoice => {
    const title = choice.optional('title');
    if (title === undefined)
      throw new ParameterError(`${place}: a choice has no title`, "Fill in 'Title' of each choice.");
    return compact({
      ...{ id: choice.optional('id') ?? title, title },
      nextPage: form.jumps ? choice.optional('nextPage')?.trim() : undefined,
      imageUrl: form.images ? choice.optional('imageUrl')?.trim() : undefined,
    });
  });
  if (choices.length === 0) throw new ParameterError(`${place} has no choice`, "Add one in its 'Choices'.");
  return unique(choices, `${place}: two choices`);
}

function lengthOf(page: Parameters, place: string): number | undefined {
  const most = page.optionalNumber('maxLength', 'Max Length') ?? 0;
  if (most === 0) return undefined;
  if (Number.isInteger(most) && most > 0) return most;
  throw new ParameterError(`${place}: 'Max Length' is ${most}`, "Give 'Max Length' a whole number; 0 is no limit.");
}

function inputOf(page: Parameters, base: FormPageBase, place: string): FormPage {
  const format = FORMATS.find((each) => each === page.text('format'));
  return compact({
    ...{ ...base, type: 'input' as const, hint: page.optional('hint'), placeholder: page.optional('placeholder') },
    ...{ required: page.flag('required') || undefined, multiline: page.flag('multiline') || undefined },
    ...{ maxLength: lengthOf(page, place), format, pattern: page.optional('pattern') },
  });
}

function pageOf(page: Parameters, index: number, form: PageForm): FormPage {
  const place = `Page ${index + 1}`;
  const title = page.optional('title');
  if (title === undefined) throw new ParameterError(`${place} asks nothing`, "Fill in 'Question' of each page.");
  const base: FormPageBase = compact({
    ...{ id: page.optional('id')?.trim() ?? title, title, subtitle: page.optional('subtitle') },
    nextPage: form.jumps ? page.optional('nextPage')?.trim() : undefined,
  });
  switch (page.text('type')) {
    case 'date':
      return compact({ ...base, type: 'date', hint: page.optional('hint'), ...daysOf(page, place) });
    case 'picker':
      return { ...base, type: 'picker', choices: choicesOf(page, { ...form, jumps: false }, place) };
    case 'select': {
      const multiple = (form.several === true && page.flag('multiple')) || undefined;
      const choices = choicesOf(page, { ...form, jumps: form.jumps && multiple === undefined }, place);
      return compact({ ...base, type: 'select', multiple, choices });
    }
    default:
      return inputOf(page, base, place);
  }
}

/** The pages that one may go on to from here. */
function nextOf(page: FormPage): (string | undefined)[] {
  const chosen = page.type === 'select' ? page.choices.map(({ nextPage }) => nextPage) : [];
  return [page.nextPage, ...chosen];
}

function pagesOf(parameters: Parameters, form: PageForm): FormPage[] {
  const pages = parameters.list('pages', 'page').map((page, index) => pageOf(page, index, form));
  if (pages.length === 0) throw new ParameterError('The form has no page', "Add one in 'Pages'.");
  const ids = new Set(unique(pages, 'Two pages').map(({ id }) => id));
  pages.forEach((page, index) => {
    const lost = nextOf(page).find((next) => next !== undefined && !ids.has(next));
    if (lost === undefined) return;
    const message = `Page ${index + 1} goes on to '${lost}', which is no page of this form`;
    throw new ParameterError(message, "Give 'Next Page' the ID of one of the pages, or leave it empty.");
  });
  return pages;
}

/** A form by its pages, as far as the channel's forms go. */
export function formByPages(form: PageForm): ContentKind {
  return {
    type: 'form',
    name: 'Form',
    description: "Questions to answer on pages of their own; the answers come back as 'formData'",
    fields: [
      textField,
      ...(form.button ? [buttonField] : []),
      pagesField(form),
      ...(form.summary ? [summaryField] : []),
      ...(form.frame ? [{ ...headerTextField, required: false }, footerField] : []),
    ],
    build: (parameters) =>
      compact({
        type: 'form' as const,
        text: parameters.required('text', 'Text'),
        header: form.frame ? textHeaderOf(parameters) : undefined,
        footer: form.frame ? parameters.optional('footer') : undefined,
        pages: pagesOf(parameters, form),
        summary: (form.summary === true && parameters.flag('summary')) || undefined,
        buttonTitle: form.button ? parameters.required('formButton', 'Button Title') : NO_BUTTON,
      }),
  };
}
