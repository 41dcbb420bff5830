/** A feature to throw away: it counts who writes, greets them by a job, forgets visits in small steps, and lets no campaign go to whom it greeted. */
import { z } from '../../platform/service-zod.ts';
import type { Job } from '../../../service/src/outbox/outbox.ts';
import type { PayloadSchema } from '../../../service/src/outbox/payload.ts';
import type { Feature, Kernel } from '../../../service/src/features/feature.ts';
import { VisitsController } from './visits.controller.ts';
import { TASK, Visits } from './visits.ts';

declare module '../../../contract/problem.ts' {
  interface ProblemCodes {
    heard_enough: true;
  }
  interface RefusalReasons {
    heard_enough: true;
  }
}

interface Visitor {
  contactId: string;
}
const VISITOR: PayloadSchema<Visitor> = z.object({ contactId: z.string() });

export function visits(kernel: Kernel): Feature {
  const { ledger, outbox } = kernel;
  const service = new Visits(kernel);
  return {
    name: 'visits',
    reactions: [
      {
        on: ['message.received'],
        async react(tx, _event, { contact }) {
          if (contact === undefined || (await service.add(tx, contact.id)) > 1) return;
          await outbox.enqueue(tx, { kind: 'greet', key: `greet:${contact.id}`, payload: { contactId: contact.id } });
        },
      },
    ],
    jobs: [
      {
        kind: 'greet',
        payload: VISITOR,
        concurrency: 1,
        run: (job: Job<Visitor>) =>
          ledger.write(async (tx) => {
            await service.greet(tx, job.payload.contactId);
            await outbox.finish(tx, job);
          }),
      },
    ],
    codes: ['heard_enough'],
    tasks: [
      {
        name: TASK,
        payload: VISITOR,
        async step(tx, { contactId }: Visitor) {
          await service.forget(tx, contactId);
          return 'done';
        },
      },
    ],
    permissionRules: [
      {
        about: 'cap',
        async refuses({ purpose, contactId }, db) {
          if (purpose !== 'campaign' || contactId === undefined || !(await service.of(contactId, db)).greeted) return;
          return { code: 'heard_enough', detail: 'Who was greeted has heard enough.' };
        },
      },
    ],
    erase: [
      {
        name: 'visits',
        async erase(tx, { contactId }) {
          await service.forget(tx, contactId);
          return {};
        },
        async step(tx, { contactId }) {
          await service.forget(tx, contactId);
          return 'done';
        },
      },
    ],
    metrics: [{ name: 'visits_kinds', help: 'Made up', label: 'kind', read: async () => ({ made_up: 7 }) }],
    controllers: [VisitsController],
    services: [service],
  };
}
