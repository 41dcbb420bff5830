/** Is a webhook from Meta, about a WhatsApp account? And the GET by which Meta proves the URL (webhooks/create-webhook-endpoint). */
import type { Handshake, RawRequest } from '../../connectors/connector.ts';
import { answerHandshake } from '../protocols/meta/handshake.ts';
import { verifyMetaWebhook } from '../protocols/meta/webhook.ts';
import { appSecrets, type WhatsAppSettings } from './settings.ts';

/** Throws `VerificationError`. */
export function verify(request: RawRequest, settings: WhatsAppSettings): void {
  verifyMetaWebhook(request, appSecrets(settings), 'whatsapp_business_account');
}

export const handshake: Handshake<WhatsAppSettings> = {
  answer: (request, { verifyToken }) => answerHandshake(request, verifyToken),
};
