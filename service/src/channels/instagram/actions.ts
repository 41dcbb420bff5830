/** What an Instagram account has beside messages: its questions, its menu, its links. */
import { SendError } from '../../core/errors.ts';
import type { ChannelAction } from '../channel.ts';
import { graph } from '../protocols/meta/account.ts';
import { linkInput, linkTo } from '../protocols/meta/links.ts';
import { usernameOf } from '../protocols/meta/payloads.ts';
import { instagramProfile, profileActions } from '../protocols/meta/profile.ts';
import { accountOf } from './account.ts';
import type { InstagramSettings } from './settings.ts';

type Action = ChannelAction<InstagramSettings>;

const igLink = linkInput.omit({ text: true });

const makeLink: Action = {
  input: igLink,
  changes: false,
  async run(input, settings, io) {
    const query = { fields: 'username' };
    const answer = await graph({ method: 'GET', path: settings.igUserId, query }, accountOf(settings), io);
    const username = usernameOf(answer);
    if (username === undefined) throw new SendError('rejected', 'Meta does not tell the username of the account.');
    return linkTo(`https://ig.me/m/${encodeURIComponent(username)}`, igLink.parse(input));
  },
};

export const actions: Readonly<Record<string, Action>> = {
  ...profileActions(accountOf, ['iceBreakers', 'menus'], instagramProfile),
  'link.make': makeLink,
};
