import type { HttpReply } from '../kit/http-server.ts';
import { pageOf } from '../kit/paging.ts';
import { objectOf, textOf, type JsonObject } from '../kit/json.ts';
import { ok, type Call } from './call.ts';
import { approvalFault, checkTypes } from './content-types.ts';
import { TWILIO_DEFAULTS } from './defaults.ts';
import { notFound, TwilioError } from './errors.ts';
import { newSid, type StoredContent, type World } from './world.ts';

const UNSUBMITTED = { name: '', category: '', status: 'unsubmitted', rejection_reason: '' };

export interface ContentSeed {
  friendlyName: string;
  language?: string;
  variables?: JsonObject;
  types: JsonObject;
  /** Approved with this category; absent: not submitted. */
  category?: string;
  status?: string;
}

/** Puts a content there without the rules of creation. */
export function seedContent(world: World, { category, status = 'approved', ...seed }: ContentSeed): StoredContent {
  const { friendlyName, language = 'en', variables = {}, types } = seed;
  const approval = category === undefined ? UNSUBMITTED : { ...UNSUBMITTED, name: friendlyName, category, status };
  const content = { sid: newSid(world, 'HX'), friendlyName, language, variables, types, approval: { ...approval } };
  const stored = { ...content, createdAt: world.clock.now() };
  world.contents.set(stored.sid, stored);
  world.changes.notify();
  return stored;
}

function resourceOf({ url }: World, content: StoredContent): JsonObject {
  const self = `${url}/v1/Content/${content.sid}`;
  return {
    sid: content.sid,
    account_sid: TWILIO_DEFAULTS.accountSid,
    friendly_name: content.friendlyName,
    language: content.language,
    variables: content.variables,
    types: content.types,
    url: self,
    date_created: new Date(content.createdAt).toISOString(),
    date_updated: new Date(content.createdAt).toISOString(),
    links: {
      approval_create: `${self}/ApprovalRequests/whatsapp`,
      approval_fetch: `${self}/ApprovalRequests`,
    },
  };
}

function contentOf({ world, params, request }: Call): StoredContent {
  const content = world.contents.get(params['content'] ?? '');
  if (content === undefined) throw notFound(request.path);
  return content;
}

export function createContent({ world, request }: Call): HttpReply {
  const { friendly_name, language, types, variables } = request.body.fields;
  if (textOf(language) === undefined) throw new TwilioError(20001, 'language is required');
  checkTypes(objectOf(types), objectOf(variables));
  const seed = { friendlyName: textOf(friendly_name) ?? '', language: textOf(language) ?? '' };
  const stored = seedContent(world, { ...seed, types: objectOf(types), variables: objectOf(variables) });
  return ok(resourceOf(world, stored), 201);
}

export const readContent = (call: Call): HttpReply => ok(resourceOf(call.world, contentOf(call)));

export function editContent(call: Call): HttpReply {
  const content = contentOf(call);
  if (content.approval.status !== 'unsubmitted') throw new TwilioError(20001, 'Content was submitted for approval');
  const { types, variables } = call.request.body.fields;
  checkTypes(objectOf(types), objectOf(variables));
  Object.assign(content, { types: objectOf(types), variables: objectOf(variables) });
  return ok(resourceOf(call.world, content));
}

export function deleteContent(call: Call): HttpReply {
  call.world.contents.delete(contentOf(call).sid);
  return { status: 204 };
}

const REVIEWS = { approve: 'approved', reject: 'rejected', hold: 'pending' } as const;

export function submitContent(call: Call): HttpReply {
  const content = contentOf(call);
  const { name, category } = call.request.body.fields;
  if (!/^[a-z0-9_]+$/.test(textOf(name) ?? '')) throw new TwilioError(20001, 'name: lower case, digits and _ only');
  if (!['UTILITY', 'MARKETING', 'AUTHENTICATION'].includes(textOf(category) ?? '')) {
    throw new TwilioError(20001, 'category is not known');
  }
  const fault = approvalFault(content);
  if (fault !== undefined) throw new TwilioError(20001, fault);
  content.approval = { name: String(name), category: String(category), status: 'received', rejection_reason: '' };
  const answer = { ...content.approval, content_type: Object.keys(content.types)[0], allow_category_change: true };
  content.approval.status = REVIEWS[call.world.settings.templateReview];
  if (content.approval.status === 'rejected') content.approval.rejection_reason = 'TAG_CONTENT_MISMATCH';
  return ok(answer, 201);
}

export function readApproval(call: Call): HttpReply {
  const { sid, approval } = contentOf(call);
  return ok({ sid, account_sid: TWILIO_DEFAULTS.accountSid, whatsapp: approval, url: call.request.path });
}

/** Both listings of v2: names are patterns; with approvals or without. */
export function listContents(withApprovals: boolean) {
  return ({ world, request }: Call): HttpReply => {
    const { query } = request;
    const pattern = new RegExp(query.get('ContentName') ?? '');
    const languages = query.getAll('Language');
    const all = [...world.contents.values()].filter(
      ({ friendlyName, language }) =>
        pattern.test(friendlyName) && (languages.length === 0 || languages.includes(language)),
    );
    const size = Number(query.get('PageSize') ?? 50);
    const page = Number(query.get('Page') ?? 0);
    const path = `${world.url}${request.path}`;
    const { items, next: more } = pageOf(all, page * size, size);
    const contents = items.map((content) => ({
      ...resourceOf(world, content),
      ...(withApprovals ? { approval_requests: content.approval } : {}),
    }));
    const next = `${path}?PageSize=${size}&Page=${page + 1}&PageToken=PT${page + 1}`;
    return ok({
      contents,
      meta: { page, page_size: size, next_page_url: more === undefined ? null : next, key: 'contents' },
    });
  };
}
