/** Is a webhook from Meta, about an Instagram account? And the GET by which Meta proves the URL. */
import type { Handshake, RawRequest } from '../../connectors/connector.ts';
import { answerHandshake } from '../protocols/meta/handshake.ts';
import { appSecrets } from '../protocols/meta/settings.ts';
import { verifyMetaWebhook } from '../protocols/meta/webhook.ts';
import type { InstagramSettings } from './settings.ts';

/** Throws `VerificationError`. With the log-in of Instagram the secret is that of the Instagram app: either may stand in the settings. */
export function verify(request: RawRequest, settings: InstagramSettings): void {
  verifyMetaWebhook(request, appSecrets(settings), 'instagram');
}

export const handshake: Handshake<InstagramSettings> = {
  answer: (request, { verifyToken }) => answerHandshake(request, verifyToken),
};
