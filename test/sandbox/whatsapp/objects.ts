import type { HttpReply } from '../kit/http-server.ts';
import { isObject, textOf } from '../kit/json.ts';
import { appTokenOf } from './auth.ts';
import { badParameter, GraphError, unknownObject } from './errors.ts';
import { ok, requireWaba, selectFields, type GraphCall } from './graph-call.ts';
import { deleteMedia, resolveMedia } from './media.ts';
import { configureNumber } from './provisioning.ts';
import { editTemplate, getTemplate, templateOf } from './templates.ts';
import { writeUpload } from './uploads.ts';
import type { PhoneNumber, World } from './world.ts';

const NUMBER_DEFAULTS = ['verified_name', 'code_verification_status', 'display_phone_number', 'quality_rating'];

/** GET /{id}: a phone number, the WABA, a template or a media file. */
export function readNode(call: GraphCall): HttpReply {
  const { world, id, request } = call;
  const number = world.numbers.get(id);
  if (number) return ok(selectFields(call, numberNode(world, number), 'WhatsAppBusinessPhoneNumber', NUMBER_DEFAULTS));
  if (id === world.settings.wabaId) return ok(selectFields(call, wabaNode(world), 'WhatsAppBusinessAccount', ['name']));
  const template = world.templates.get(id);
  if (template) return getTemplate(call, template);
  if (world.media.has(id)) return resolveMedia(call);
  throw unknownObject(id, request.method);
}

/** POST /{id}: number settings, a template edit, or the bytes of an upload. */
export function writeNode(call: GraphCall): HttpReply | Promise<HttpReply> {
  if (call.id.startsWith('upload:')) return writeUpload(call);
  if (!call.world.numbers.has(call.id)) return editTemplate(call, templateOf(call));
  const configuration = call.fields['webhook_configuration'];
  if (isObject(configuration)) return configureNumber(call, configuration);
  throw new GraphError(100, 'webhook_configuration is required.');
}

/** DELETE /{id}: a media file. */
export function deleteNode(call: GraphCall): HttpReply {
  return deleteMedia(call);
}

/** GET /{wabaId}/phone_numbers. */
export function listNumbers(call: GraphCall): HttpReply {
  requireWaba(call);
  const data = [...call.world.numbers.values()].map((number) => {
    return selectFields(call, numberNode(call.world, number), 'WhatsAppBusinessPhoneNumber', NUMBER_DEFAULTS);
  });
  const cursor = Buffer.from('0').toString('base64url');
  return ok({ data, paging: { cursors: { before: cursor, after: cursor } } });
}

function numberNode(world: World, number: PhoneNumber) {
  const levels = {
    phone_number: number.override?.callbackUrl,
    whatsapp_business_account: world.wabaOverride?.callbackUrl,
    application: world.appSubscription?.callbackUrl,
  };
  return {
    id: number.id,
    display_phone_number: `+${number.displayPhoneNumber}`,
    verified_name: number.verifiedName,
    quality_rating: 'GREEN',
    code_verification_status: 'VERIFIED',
    name_status: 'APPROVED',
    status: 'CONNECTED',
    platform_type: 'CLOUD_API',
    throughput: { level: world.settings.throughputLevel },
    is_on_biz_app: world.settings.isOnBizApp,
    whatsapp_business_manager_messaging_limit: 'TIER_2K',
    health_status: { can_send_message: 'AVAILABLE', entities: [] },
    webhook_configuration: levels,
  };
}

function wabaNode(world: World) {
  return {
    id: world.settings.wabaId,
    name: 'Parley Sandbox',
    currency: 'USD',
    timezone_id: '1',
    health_status: { can_send_message: 'AVAILABLE', entities: [] },
  };
}

/** GET /debug_token: what a token may do. */
export function debugToken({ world, fields }: GraphCall): HttpReply {
  const { appId, accessToken, scopes, wabaId } = world.settings;
  const inspected = textOf(fields['input_token']);
  if (!inspected) throw badParameter('The parameter input_token is required.');
  if (inspected === appTokenOf(world)) return ok({ data: { app_id: appId, type: 'APP', is_valid: true, scopes: [] } });
  if (inspected !== accessToken) {
    const error = { code: 190, message: 'Invalid OAuth access token.' };
    return ok({ data: { is_valid: false, error, scopes: [] } });
  }
  const granular = scopes.map((scope) => ({ scope, target_ids: [wabaId] }));
  return ok({
    data: {
      app_id: appId,
      type: 'SYSTEM_USER',
      application: 'Parley Sandbox',
      expires_at: 0,
      data_access_expires_at: 0,
      is_valid: true,
      scopes: [...scopes],
      granular_scopes: granular,
      user_id: '122100000000000',
    },
  });
}

/** GET /oauth/access_token: the app token for the app's own credentials. */
export function issueAppToken({ world, fields }: GraphCall): HttpReply {
  const { appId, appSecret } = world.settings;
  const isApp = fields['client_id'] === appId && fields['client_secret'] === appSecret;
  if (!isApp || fields['grant_type'] !== 'client_credentials') {
    throw new GraphError(1, undefined, { message: 'Error validating client secret.' });
  }
  return ok({ access_token: appTokenOf(world), token_type: 'bearer' });
}
