import { withNotices, type Resource } from '../../shared/operation.ts';
import { downloadOperation, mediaResource, uploadOperation } from '../../shared/operations/media.ts';
import { sessionResource } from '../../shared/operations/session.ts';
import { whatsAppAccount } from '../account.ts';
import { providerNotice } from '../connect-through.ts';
import { WHATSAPP_FORM } from '../form.ts';
import { messageResource } from './message.ts';
import { templateResource } from './template/index.ts';

const upload = uploadOperation(whatsAppAccount, { templateExamples: true });

const noticedUpload = withNotices(
  upload,
  providerNotice('dialog360', 'dialog360UploadNotice', '360dialog takes no example files of templates.'),
  providerNotice(
    'twilio',
    'twilioUploadNotice',
    'Twilio takes no files: it fetches them itself, so send them by a link.',
  ),
);

/** The first is what a new node starts with. */
export const WHATSAPP_RESOURCES: readonly Resource[] = [
  messageResource,
  mediaResource(downloadOperation, noticedUpload),
  sessionResource(WHATSAPP_FORM),
  templateResource,
];
