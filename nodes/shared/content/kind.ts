/** One kind of content as a form: its fields, and how they become what the service sends. */
import type { INodeProperties } from 'n8n-workflow';
import type { OutboundContent, OutboundKind } from '../../../contract/message.ts';
import { ParameterError, type Parameters } from '../parameters.ts';

/** Where files of the current item come from. */
export interface Files {
  /** Whether the item has a binary field of that name. */
  has(binaryField: string): boolean;
  /** Uploads the file in a binary field; `mediaId` goes into the content. */
  upload(binaryField: string): Promise<{ mediaId: string; filename?: string }>;
}

export interface ContentKind {
  type: OutboundKind;
  /** As the list of content types shows it. */
  name: string;
  description: string;
  /** Without the condition on the kind: `contentFields` adds it. */
  fields: INodeProperties[];
  /** Throws `ParameterError` when a field is missing or wrong. Lengths and counts are the channel's to check. */
  build(parameters: Parameters, files: Files): OutboundContent | Promise<OutboundContent>;
}

/** The parameter that holds the kind. */
export const KIND_PARAMETER = 'kind';

/** Shows fields only under conditions, in addition to those they have. */
export function showFor(fields: INodeProperties[], show: Record<string, string[]>): INodeProperties[] {
  return fields.map((field) => ({
    ...field,
    displayOptions: { ...field.displayOptions, show: { ...field.displayOptions?.show, ...show } },
  }));
}

/** The list of kinds, the notices that a channel puts below it, and the fields of each kind. */
export function contentFields(
  kinds: readonly ContentKind[],
  notices: readonly INodeProperties[] = [],
): INodeProperties[] {
  const byName = [...kinds].sort((a, b) => a.name.localeCompare(b.name));
  return [
    {
      displayName: 'Content Type',
      name: KIND_PARAMETER,
      type: 'options',
      noDataExpression: true,
      options: byName.map(({ name, type, description }) => ({ name, value: type, description })),
      default: 'text',
      description: 'What to send',
    },
    ...notices,
    ...byName.flatMap((kind) => showFor(kind.fields, { [KIND_PARAMETER]: [kind.type] })),
  ];
}

/** The kind that the form chose. Throws when it is none of these. */
export function kindOf(kinds: readonly ContentKind[], parameters: Parameters): ContentKind {
  const type = parameters.text(KIND_PARAMETER);
  const kind = kinds.find((each) => each.type === type);
  if (kind) return kind;
  throw new ParameterError(`There is no content type '${type}'`, "Choose one in 'Content Type'.");
}

/** Notices with a channel's limits, each below its content type; the service checks them. */
export function limitNotices(limits: Partial<Record<OutboundKind, string>>): INodeProperties[] {
  return Object.entries(limits).map(([kind, displayName]) => ({
    displayName,
    name: `${kind}Notice`,
    type: 'notice',
    default: '',
    displayOptions: { show: { [KIND_PARAMETER]: [kind] } },
  }));
}
