/** What a Page has beside messages: its greeting, its links, its personas. */
import { z } from 'zod';
import { SendError } from '../../core/errors.ts';
import type { ChannelAction } from '../channel.ts';
import { idOf } from '../kit/json.ts';
import { graph } from '../protocols/meta/account.ts';
import { linkInput, linkTo } from '../protocols/meta/links.ts';
import { personasOf } from '../protocols/meta/payloads.ts';
import { messengerProfile, profileActions } from '../protocols/meta/profile.ts';
import { metaId } from '../protocols/meta/settings.ts';
import { accountOf } from './account.ts';
import type { MessengerSettings } from './settings.ts';

type Action = ChannelAction<MessengerSettings>;

const makeLink: Action = {
  input: linkInput,
  changes: false,
  run: async (input, { pageId }) => linkTo(`https://m.me/${pageId}`, linkInput.parse(input)),
};

const personaInput = z.strictObject({
  name: z.string().min(1).max(100),
  imageUrl: z.url({ protocol: /^https$/ }).max(2000),
});

const createPersona: Action = {
  input: personaInput,
  changes: true,
  async run(input, settings, io) {
    const { name, imageUrl } = personaInput.parse(input);
    const json = { name, profile_picture_url: imageUrl };
    const account = accountOf(settings);
    const answer = await graph({ method: 'POST', path: `${account.node}/personas`, json }, account, io);
    const id = idOf(answer.id);
    if (id === undefined) throw new SendError('rejected', 'Meta made the persona but its answer has no id.');
    return { id };
  },
};

const listPersonas: Action = {
  input: z.strictObject({}),
  changes: false,
  async run(_input, settings, io) {
    const account = accountOf(settings);
    const query = { fields: 'id,name,profile_picture_url', limit: 100 };
    const answer = await graph({ method: 'GET', path: `${account.node}/personas`, query }, account, io);
    return { personas: personasOf(answer) };
  },
};

const removeInput = z.strictObject({ id: metaId });

const removePersona: Action = {
  input: removeInput,
  changes: true,
  async run(input, settings, io) {
    await graph({ method: 'DELETE', path: removeInput.parse(input).id }, accountOf(settings), io);
    return { removed: true };
  },
};

export const actions: Readonly<Record<string, Action>> = {
  ...profileActions(accountOf, ['getStarted', 'greetings', 'iceBreakers', 'menus'], messengerProfile),
  'link.make': makeLink,
  'persona.create': createPersona,
  'persona.list': listPersonas,
  'persona.remove': removePersona,
};
