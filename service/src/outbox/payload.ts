/** Reads the payloads of jobs: each kind's handler declares by a schema what its jobs know. */
import type { Job } from '../store/job.store.ts';

/** Reads what a job knows: a schema of zod's. */
export interface PayloadSchema<Payload> {
  safeParse(
    value: unknown,
  ):
    | { success: true; data: Payload }
    | { success: false; error: { issues: readonly { path: PropertyKey[]; message: string }[] } };
}

/** Says that a job's payload is none that its handler can read. Trying again would change nothing: the worker buries the job. */
export class BrokenPayload extends Error {
  constructor({ seq, kind, key }: Job, wrong: string) {
    const name = `job ${seq} (kind '${kind}'${key === null ? '' : `, key '${key}'`})`;
    const stays = "The job is never run: it stays in the table 'jobs' with the state 'dead', to be mended or deleted";
    super(`The payload of ${name} cannot be read: ${wrong}. ${stays}`);
  }
}

/** Answers the job with its payload as the schema reads it. Throws `BrokenPayload`, which names what is wrong and repeats no value. */
export function readPayload<Payload>(schema: PayloadSchema<Payload>, job: Job): Job<Payload> {
  const result = schema.safeParse(job.payload);
  if (result.success) return { ...job, payload: result.data };
  const wrong = result.error.issues.map(
    ({ path, message }) => `${path.map(String).join('.') || 'payload'}: ${message}`,
  );
  throw new BrokenPayload(job, wrong.join('; '));
}
