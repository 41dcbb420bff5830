/** Steps of what is set up at a provider, or taken back there, as they are told. */
import type { ProvisioningStep } from '../../../../contract/api.ts';
import { SendError } from '../../core/errors.ts';

export function passed(step: string): ProvisioningStep {
  return { step, ok: true };
}

/** `blocking`: without it no message arrives. */
export function missing(step: string, detail: string, blocking = false): ProvisioningStep {
  return { step, ok: false, detail, ...(blocking && { blocking }) };
}

/** Runs one step; `refused` tells what the provider refuses. */
export async function unlessRefused(
  run: () => Promise<ProvisioningStep>,
  refused: (error: SendError) => ProvisioningStep,
): Promise<ProvisioningStep> {
  try {
    return await run();
  } catch (error) {
    if (!(error instanceof SendError)) throw error;
    return refused(error);
  }
}
