/** Personas: names and pictures under which messages of a Page stand. */
import type { IDataObject } from 'n8n-workflow';
import { accountAction } from '../actions.ts';
import { limitField, limitOf, returnAllField } from '../descriptions.ts';
import { itemParameters, type Operation, type Resource } from '../operation.ts';
import type { AccountGetter } from '../account-getter.ts';

function createOperation(accountOf: AccountGetter): Operation {
  return {
    value: 'create',
    name: 'Create',
    action: 'Create a persona',
    description: "Make a name and a picture under which messages can stand, by the option 'Persona ID' of a send",
    fields: [
      {
        displayName: 'Name',
        name: 'personaName',
        type: 'string',
        default: '',
        required: true,
        placeholder: 'e.g. Ana from Sales',
        description: 'What the contact sees above the message',
      },
      {
        displayName: 'Image URL',
        name: 'imageUrl',
        type: 'string',
        default: '',
        required: true,
        placeholder: 'e.g. https://example.com/ana.jpg',
        description: 'The picture beside the message; it must be reachable from the internet',
      },
    ],
    run: async (context, itemIndex) => {
      const account = await accountOf(context);
      const parameters = itemParameters(context, itemIndex);
      const input = {
        name: parameters.required('personaName', 'Name'),
        imageUrl: parameters.required('imageUrl', 'Image URL').trim(),
      };
      const { id } = await accountAction<{ id: string }>(context, account, itemIndex, 'persona.create', input);
      return [{ json: { personaId: id, ...input } }];
    },
  };
}

function deleteOperation(accountOf: AccountGetter): Operation {
  return {
    value: 'delete',
    name: 'Delete',
    action: 'Delete a persona',
    description: 'Remove a persona; messages that stand under it stay',
    fields: [
      {
        displayName: 'Persona ID',
        name: 'personaId',
        type: 'string',
        default: '',
        required: true,
        placeholder: 'e.g. {{ $json.personaId }}',
        description: "The 'personaId' that 'Create' or 'Get Many' gave",
      },
    ],
    run: async (context, itemIndex) => {
      const account = await accountOf(context);
      const id = itemParameters(context, itemIndex).required('personaId', 'Persona ID').trim();
      await accountAction(context, account, itemIndex, 'persona.remove', { id });
      return [{ json: { deleted: true, personaId: id } }];
    },
  };
}

function getManyOperation(accountOf: AccountGetter): Operation {
  return {
    value: 'getAll',
    name: 'Get Many',
    action: 'Get many personas',
    description: 'List the personas of the Page',
    fields: [returnAllField, limitField],
    run: async (context, itemIndex) => {
      const account = await accountOf(context);
      const parameters = itemParameters(context, itemIndex);
      const limit = limitOf(parameters);
      const { personas } = await accountAction<{ personas: IDataObject[] }>(
        context,
        account,
        itemIndex,
        'persona.list',
      );
      return personas.slice(0, limit).map(({ id, ...persona }) => ({ json: { personaId: id, ...persona } }));
    },
  };
}

export function personaResource(accountOf: AccountGetter): Resource {
  const create = createOperation(accountOf);
  return {
    value: 'persona',
    name: 'Persona',
    operations: [create, deleteOperation(accountOf), getManyOperation(accountOf)],
    defaultOperation: create.value,
  };
}
