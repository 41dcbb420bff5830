/** Is a webhook from Meta, about a Page? And the GET by which Meta proves the URL. */
import type { Handshake, RawRequest } from '../../connectors/connector.ts';
import { answerHandshake } from '../protocols/meta/handshake.ts';
import { appSecrets } from '../protocols/meta/settings.ts';
import { verifyMetaWebhook } from '../protocols/meta/webhook.ts';
import type { MessengerSettings } from './settings.ts';

/** Throws `VerificationError`. */
export function verify(request: RawRequest, settings: MessengerSettings): void {
  verifyMetaWebhook(request, appSecrets(settings), 'page');
}

export const handshake: Handshake<MessengerSettings> = {
  answer: (request, { verifyToken }) => answerHandshake(request, verifyToken),
};
