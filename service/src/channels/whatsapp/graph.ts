/** The Graph API as a WhatsApp account calls it. */
import type { SendError } from '../../core/errors.ts';
import type { ConnectorIo } from '../../connectors/connector.ts';
import type { HttpResponse } from '../../core/http.ts';
import type { JsonObject } from '../kit/json.ts';
import { answerErrorOf, callGraph, type GraphAccess, type GraphCall } from '../protocols/meta/graph.ts';
import { faultOf } from '../protocols/whatsapp/errors.ts';
import { appSecrets, type WhatsAppSettings } from './settings.ts';

export function accessOf(settings: WhatsAppSettings): GraphAccess {
  const { baseUrl, apiVersion, accessToken, appId, verifyToken } = settings;
  return {
    baseUrl,
    apiVersion,
    token: accessToken,
    appId,
    appSecrets: appSecrets(settings),
    isProved: true,
    otherSecrets: verifyToken === undefined ? [] : [verifyToken],
    readFault: faultOf,
  };
}

/** The error of a request that goes to a URL of Meta's own choice, like a file download. */
export function answerError(response: Pick<HttpResponse, 'status' | 'headers'>, settings: WhatsAppSettings): SendError {
  return answerErrorOf(response, accessOf(settings));
}

/** Answers the JSON object of a success; throws `SendError`, whose message repeats neither secrets nor what was said. */
export function graph(call: GraphCall, settings: WhatsAppSettings, io: ConnectorIo): Promise<JsonObject> {
  return callGraph(call, accessOf(settings), io);
}
