/** Runs actions, what a provider has beyond messages: at once, and never repeated. */
import { z } from 'zod';
import type { ActionDescription } from '../../../../contract/api.ts';
import type { AccountRef } from '../../../../contract/channel.ts';
import type { Channel } from '../../channels/channel.ts';
import type { Accounts } from '../../connectors/accounts.ts';
import type { ConnectorIo } from '../../connectors/connector.ts';
import { ParleyError } from '../../core/errors.ts';
import { validate } from '../../core/validation.ts';

/** Lists what the actions work with. */
export interface ActionsDeps {
  accounts: Pick<Accounts, 'required'>;
  io: ConnectorIo;
}

/** Lists and runs actions. Every member throws `account_required`. */
export class Actions {
  readonly #deps: ActionsDeps;

  constructor(deps: ActionsDeps) {
    this.#deps = deps;
  }

  /** Lists an account's actions, with a JSON Schema of the input of each. */
  async list(ref: AccountRef): Promise<ActionDescription[]> {
    const { channel } = await this.#deps.accounts.required(ref);
    return Object.entries(channel.actions ?? {}).map(([name, { changes, input }]) => {
      const { $schema: _dialect, ...schema } = z.toJSONSchema(input, { io: 'input', unrepresentable: 'any' });
      return { name, changes, input: schema };
    });
  }

  /** Answers what the provider tells. Throws `not_found` for a name that the channel does not have, and `invalid_request`. */
  async run(ref: AccountRef, name: string, input: unknown): Promise<Record<string, unknown>> {
    const { channel, settings } = await this.#deps.accounts.required(ref);
    const action = actionOf(channel, name);
    return action.run(validate(action.input, input), settings, this.#deps.io);
  }
}

function actionOf(channel: Channel, name: string) {
  const { actions = {} } = channel;
  const action = Object.hasOwn(actions, name) ? actions[name] : undefined;
  if (action !== undefined) return action;
  const known = Object.keys(actions);
  const others = known.length === 0 ? 'It has none' : `It has: ${known.join(', ')}`;
  throw new ParleyError(404, 'not_found', `${channel.name} has no such action. ${others}.`, { actions: known });
}
