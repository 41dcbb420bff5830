/** Features are modules of their own: none reaches into another one, and no two do the same work. */
import { Controller, Get, Inject } from '@nestjs/common';
import type { MakeFeature } from '../../service/src/features/feature.ts';
import { FEATURES } from '../../service/src/features/index.ts';
import { z } from '../platform/service-zod.ts';
import { closeApps, startApp } from '../support/app.ts';
import { visits } from './visits/index.ts';
import { TASK, Visits } from './visits/visits.ts';

afterEach(closeApps);

@Controller('v1/intruders')
class IntruderController {
  readonly #visits: Visits;

  constructor(@Inject(Visits) visits_: Visits) {
    this.#visits = visits_;
  }

  @Get()
  list() {
    return this.#visits.of('con');
  }
}

const intruder: MakeFeature = () => ({ name: 'intruder', controllers: [IntruderController] });
const twin: MakeFeature = () => ({
  name: 'twin',
  tasks: [{ name: TASK, payload: z.unknown(), step: async () => 'done' }],
});

test("a feature's services are given to its own controllers only", async () => {
  await expect(startApp({ features: [...FEATURES, visits, intruder] })).rejects.toThrow(/IntruderController/);
});

test('no two features share a task of maintenance', async () => {
  await expect(startApp({ features: [...FEATURES, visits, twin] })).rejects.toThrow(`'${TASK}'`);
});
