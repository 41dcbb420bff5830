/** Webhooks → events. */
import type { ChannelEvent } from '../channel.ts';
import type { RawRequest, SettingsOf } from '../../connectors/connector.ts';
import { parseJsonBody } from '../kit/json-body.ts';
import { compact } from '../kit/json.ts';
import { readersOf, type Reader } from '../protocols/meta/item.ts';
import { parseMetaBody } from '../protocols/meta/parse-body.ts';
import type { InstagramSettings } from './settings.ts';

/** The inbox of the linked Page, in which Instagram is answered as well. */
const PAGE_INBOX_APP_ID = '263902037430900';

/** What is typed in the Instagram app comes without an app. */
function readerOf({ igUserId, appId, inboxAppId }: InstagramSettings): Reader {
  const people = { inboxAppIds: [inboxAppId, PAGE_INBOX_APP_ID], withoutAppIsPerson: true };
  return compact({ accountId: igUserId, identityKind: 'igsid' as const, appId, ...people });
}

/** Parses the webhook. Total, also for a body that `verify` would have refused. */
export function parse(
  request: RawRequest,
  settings: InstagramSettings,
  settingsOf?: SettingsOf<InstagramSettings>,
): ChannelEvent[] {
  return parseJsonBody(request.body, (body) => parseMetaBody(body, readersOf(readerOf, settings, settingsOf)));
}
