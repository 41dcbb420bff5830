import { Controller, Delete, HttpCode, Inject, Param, Query } from '@nestjs/common';
import type { z } from 'zod';
import type { ErasedContact } from '../../../../contract/api.ts';
import { Eraser } from '../../maintenance/erase.ts';
import { Directory } from './directory.ts';
import { Describe } from '../../platform/openapi.ts';
import { ZodPipe } from '../../platform/zod.pipe.ts';
import { contactQuery } from './contacts.schema.ts';

const ERASED = { status: 202, description: 'Erased; events and long conversations follow in small steps' };

/** Erases people. */
@Controller('v1/contacts')
export class ContactsController {
  readonly #eraser: Eraser;
  readonly #directory: Directory;

  constructor(@Inject(Eraser) eraser: Eraser, @Inject(Directory) directory: Directory) {
    this.#eraser = eraser;
    this.#directory = directory;
  }

  @Describe({
    summary: 'Erase a contact',
    description:
      'Identities, conversations, messages of both directions, waiting workflows, files and events are forgotten. What is queued or held is not sent.',
    answer: ERASED,
    problems: [404],
  })
  @Delete(':id')
  @HttpCode(202)
  erase(@Param('id') id: string): Promise<ErasedContact> {
    return this.#eraser.erase(id);
  }

  @Describe({
    summary: 'Erase the contact with this address',
    description:
      'The address as it is written to send to it. Without externalId, that of any account of the channel will do.',
    query: contactQuery,
    answer: ERASED,
    problems: [404, 409],
  })
  @Delete()
  @HttpCode(202)
  async eraseByAddress(@Query(new ZodPipe(contactQuery)) query: z.output<typeof contactQuery>): Promise<ErasedContact> {
    const { address, ...account } = query;
    return this.#eraser.erase(await this.#directory.contactIdOf(account, address));
  }
}
