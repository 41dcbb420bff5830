/** What the template form says, as Meta's components. Pure but for the upload of the example file. */
import { compact, ParameterError, type Parameters } from '../../../shared/parameters.ts';

type Component = Record<string, unknown>;

export interface TemplateParts {
  components: Component[];
  parameterFormat?: 'named' | 'positional';
}

/** `Hello {{1}}, {{first_name}}` → `['1', 'first_name']`, each once. */
function variableNames(text: string): string[] {
  return [...new Set([...text.matchAll(/\{\{\s*(\w+)\s*\}\}/g)].map((match) => match[1] ?? ''))];
}

interface Examples {
  named: boolean;
  of(variable: string): string;
}

function examplesOf(parameters: Parameters, texts: string[]): Examples {
  const given = new Map(
    parameters
      .list('examples', 'example')
      .map((entry) => [entry.text('name').replace(/[{}\s]/g, ''), entry.text('value')]),
  );
  const names = texts.flatMap(variableNames);
  const named = names.some((name) => !/^\d+$/.test(name));
  return {
    named,
    of: (variable) => {
      const example = given.get(variable);
      if (example) return example;
      throw new ParameterError(
        `The variable {{${variable}}} has no example`,
        `Add one in 'Variable Examples' with '${variable}' as 'Variable'. Meta refuses templates without.`,
      );
    },
  };
}

function textHeader(text: string, examples: Examples): Component {
  const [variable] = variableNames(text);
  const header: Component = { type: 'HEADER', format: 'TEXT', text };
  if (variable === undefined) return header;
  const example = examples.of(variable);
  if (!examples.named) return { ...header, example: { header_text: [example] } };
  return { ...header, example: { header_text_named_params: [{ param_name: variable, example }] } };
}

async function headerComponent(
  parameters: Parameters,
  examples: Examples,
  exampleHandle: (field: string) => Promise<string>,
): Promise<Component | undefined> {
  const format = parameters.text('headerFormat');
  if (format === '' || format === 'NONE') return undefined;
  if (format === 'LOCATION') return { type: 'HEADER', format };
  if (format === 'TEXT') return textHeader(parameters.required('headerText', 'Header Text'), examples);
  const handle = await exampleHandle(parameters.required('headerBinaryField', 'Example File Field'));
  return { type: 'HEADER', format, example: { header_handle: [handle] } };
}

function bodyComponent(text: string, examples: Examples): Component {
  const variables = variableNames(text);
  const body: Component = { type: 'BODY', text };
  if (variables.length === 0) return body;
  if (!examples.named) return { ...body, example: { body_text: [variables.map((name) => examples.of(name))] } };
  const named = variables.map((name) => ({ param_name: name, example: examples.of(name) }));
  return { ...body, example: { body_text_named_params: named } };
}

function urlButton(button: Parameters, text: string): Component {
  const url = button.required('url', 'URL').trim();
  const example = button.optional('example');
  if (variableNames(url).length > 0 && example === undefined) {
    throw new ParameterError(
      `The URL ${url} has no example`,
      "Fill in 'Example' of the button: what the variable becomes.",
    );
  }
  return compact({ type: 'URL', text, url, example: example === undefined ? undefined : [example] });
}

function buttonComponent(button: Parameters): Component {
  const type = button.text('type');
  if (type === 'COPY_CODE') return { type, example: button.required('example', 'Example') };
  const text = button.required('text', 'Title');
  if (type === 'URL') return urlButton(button, text);
  if (type === 'PHONE_NUMBER') return { type, text, phone_number: button.required('phone', 'Phone Number').trim() };
  return { type: 'QUICK_REPLY', text };
}

function codeComponents(parameters: Parameters): Component[] {
  const minutes = parameters.optionalNumber('expiryMinutes', 'Code Expires After Minutes');
  const button = compact({ type: 'OTP', otp_type: 'COPY_CODE', text: parameters.optional('copyTitle') });
  return [
    { type: 'BODY', add_security_recommendation: parameters.flag('securityAdvice') },
    ...(minutes === undefined ? [] : [{ type: 'FOOTER', code_expiration_minutes: minutes }]),
    { type: 'BUTTONS', buttons: [button] },
  ];
}

async function formComponents(
  parameters: Parameters,
  exampleHandle: (field: string) => Promise<string>,
): Promise<TemplateParts> {
  const body = parameters.required('body', 'Body');
  const examples = examplesOf(parameters, [body, parameters.text('headerText')]);
  const footer = parameters.optional('footer');
  const buttons = parameters.list('templateButtons', 'button').map(buttonComponent);
  const components = [
    await headerComponent(parameters, examples, exampleHandle),
    bodyComponent(body, examples),
    footer === undefined ? undefined : { type: 'FOOTER', text: footer },
    buttons.length === 0 ? undefined : { type: 'BUTTONS', buttons },
  ].filter((component) => component !== undefined);
  return { components, parameterFormat: examples.named ? 'named' : 'positional' };
}

/** Whether JSON components name their variables; Meta has to be told. */
function jsonFormat(components: Component[]): 'named' | 'positional' {
  const names = variableNames(JSON.stringify(components));
  return names.some((name) => !/^\d+$/.test(name)) ? 'named' : 'positional';
}

/** The components of the form or of the JSON. `exampleHandle` uploads a binary field and answers Meta's handle. */
export async function templateParts(
  parameters: Parameters,
  exampleHandle: (field: string) => Promise<string>,
): Promise<TemplateParts> {
  if (parameters.text('componentsFrom') === 'json') {
    const components = parameters.objects('componentsJson', 'Components') ?? [];
    if (components.length === 0) throw new ParameterError("The field 'Components' is empty", "Fill in 'Components'.");
    return { components, parameterFormat: jsonFormat(components) };
  }
  if (parameters.text('category') === 'AUTHENTICATION') return { components: codeComponents(parameters) };
  return await formComponents(parameters, exampleHandle);
}
