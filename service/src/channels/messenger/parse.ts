/** Webhooks → events. */
import type { ChannelEvent } from '../channel.ts';
import type { RawRequest, SettingsOf } from '../../connectors/connector.ts';
import { parseJsonBody } from '../kit/json-body.ts';
import { compact } from '../kit/json.ts';
import { readersOf, type Reader } from '../protocols/meta/item.ts';
import { parseMetaBody } from '../protocols/meta/parse-body.ts';
import type { MessengerSettings } from './settings.ts';

/** Automatic answers that people set up in the inbox come without an app, too: no person is taken for what may be a machine. */
function readerOf({ pageId, appId, inboxAppId }: MessengerSettings): Reader {
  const people = { inboxAppIds: [inboxAppId], withoutAppIsPerson: false };
  return compact({ accountId: pageId, identityKind: 'psid' as const, appId, ...people });
}

/** Parses the webhook. Total, also for a body that `verify` would have refused. */
export function parse(
  request: RawRequest,
  settings: MessengerSettings,
  settingsOf?: SettingsOf<MessengerSettings>,
): ChannelEvent[] {
  return parseJsonBody(request.body, (body) => parseMetaBody(body, readersOf(readerOf, settings, settingsOf)));
}
