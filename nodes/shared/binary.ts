/** Files of n8n items: up to the service, and down from it. */
import type { IExecuteFunctions } from 'n8n-workflow';
import type { UploadedMedia } from '../../contract/api.ts';
import type { AnyAccount } from './account.ts';
import type { Files } from './content/kind.ts';
import { parleyDownload, accountRequest } from './transport.ts';
import type { Output } from './operation.ts';

export interface UploadOptions {
  /** The name the contact sees; absent: that of the file. */
  filename?: string;
  /** `template_example`: the answer's `id` is a handle for creating a template. */
  purpose?: 'message' | 'template_example';
}

/** Uploads the file of a binary field to the account's provider; the service reuses what it uploaded before. */
export async function uploadBinary(
  context: IExecuteFunctions,
  account: AnyAccount,
  itemIndex: number,
  field: string,
  options: UploadOptions = {},
): Promise<UploadedMedia & { filename?: string }> {
  const binary = context.helpers.assertBinaryData(itemIndex, field);
  const filename = options.filename ?? binary.fileName;
  const media = await accountRequest<UploadedMedia>(context, account, {
    method: 'POST',
    path: '/v1/media',
    query: { filename, purpose: options.purpose },
    headers: { 'Content-Type': binary.mimeType },
    body: await context.helpers.getBinaryDataBuffer(itemIndex, field),
    itemIndex,
  });
  return { ...media, filename };
}

/** Uploads the example file of a template; answers the provider's handle of it. */
export function exampleUpload(
  context: IExecuteFunctions,
  account: AnyAccount,
  itemIndex: number,
): (field: string) => Promise<string> {
  return async (field) => (await uploadBinary(context, account, itemIndex, field, { purpose: 'template_example' })).id;
}

/** The files of one item, as the content forms ask for them. */
export function itemFiles(context: IExecuteFunctions, account: AnyAccount, itemIndex: number): Files {
  return {
    has: (field) => context.getInputData()[itemIndex]?.binary?.[field] !== undefined,
    upload: async (field) => {
      const { id, filename } = await uploadBinary(context, account, itemIndex, field);
      return filename === undefined ? { mediaId: id } : { mediaId: id, filename };
    },
  };
}

/** Fetches a file that a contact sent into a binary field. */
export async function downloadToBinary(
  context: IExecuteFunctions,
  itemIndex: number,
  mediaId: string,
  target: { field: string; filename?: string },
): Promise<Output> {
  const path = `/v1/media/${encodeURIComponent(mediaId)}`;
  const file = await parleyDownload(context, { method: 'GET', path, itemIndex });
  const name = target.filename ?? file.fileName;
  const binary = await context.helpers.prepareBinaryData(file.content, name, file.mimeType);
  const json = {
    mediaId,
    mimeType: binary.mimeType,
    fileName: binary.fileName ?? null,
    fileSize: binary.fileSize ?? null,
  };
  return { json, binary: { [target.field]: binary } };
}
