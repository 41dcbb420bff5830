import type { Readable } from 'node:stream';
import { Controller, Get, Headers, Inject, Param, Post, Query, Req, StreamableFile } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import type { z } from 'zod';
import type { UploadedMedia } from '../../../../contract/api.ts';
import { ParleyError } from '../../core/errors.ts';
import { Media } from './media.ts';
import { Describe } from '../../platform/openapi.ts';
import { ZodPipe } from '../../platform/zod.pipe.ts';
import { uploadQuery } from './media.schema.ts';

/** Serves files that contacts sent, and files to send. */
@Controller('v1/media')
export class MediaController {
  readonly #media: Media;

  constructor(@Inject(Media) media: Media) {
    this.#media = media;
  }

  @Describe({
    summary: 'Upload a file to send',
    description:
      'The same bytes are uploaded to the provider once. `id` goes into `mediaId` of a content. Should the provider lose it, it is given the same bytes anew.',
    query: uploadQuery,
    upload: true,
    answer: { status: 201, description: 'Uploaded, or known already' },
    problems: [409, 413, 415, 422, 429, 502],
  })
  @Post()
  upload(
    @Req() request: FastifyRequest,
    @Headers('content-type') contentType: string | undefined,
    @Query(new ZodPipe(uploadQuery)) query: z.output<typeof uploadQuery>,
  ): Promise<UploadedMedia> {
    const body = request.body as Readable | undefined;
    if (body === undefined || contentType === undefined) {
      throw new ParleyError(400, 'invalid_body', 'Send the bytes of the file as the body, with its Content-Type');
    }
    const { filename, purpose, ...account } = query;
    return this.#media.upload({ account, filename, purpose, mimeType: contentType.trim().toLowerCase(), body });
  }

  @Describe({
    summary: "Get a contact's file",
    answer: { description: 'The bytes', contentType: 'application/octet-stream' },
    problems: [404, 410, 413, 502],
  })
  @Get(':id')
  async download(@Param('id') id: string): Promise<StreamableFile> {
    const file = await this.#media.download(id);
    return new StreamableFile(file.stream, {
      type: file.mimeType,
      ...(file.bytes !== undefined && { length: file.bytes }),
      disposition: `attachment; filename*=UTF-8''${encodeURIComponent(file.filename ?? id)}`,
    });
  }
}
