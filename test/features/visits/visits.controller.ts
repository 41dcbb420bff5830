import { Controller, Delete, Get, Inject, Param } from '@nestjs/common';
import { Visits } from './visits.ts';

/** How often somebody wrote. */
@Controller('v1/visits')
export class VisitsController {
  readonly #visits: Visits;

  constructor(@Inject(Visits) visits: Visits) {
    this.#visits = visits;
  }

  @Get(':contactId')
  async get(@Param('contactId') contactId: string): Promise<{ visits: number; greeted: boolean }> {
    return this.#visits.of(contactId);
  }

  @Delete(':contactId')
  async forget(@Param('contactId') contactId: string): Promise<object> {
    await this.#visits.promiseToForget(contactId);
    return {};
  }
}
