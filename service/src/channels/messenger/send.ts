/** Sends, and what shows while an answer is being written. */
import type { Channel, PresencePower } from '../channel.ts';
import { markRead, sendMessage } from '../protocols/meta/send.ts';
import { accountOf } from './account.ts';
import type { MessengerSettings } from './settings.ts';

export const send: Channel<MessengerSettings>['send'] = (message, settings, io) =>
  sendMessage(message, accountOf(settings), io);

export const presence: PresencePower<MessengerSettings> = {
  markRead: (message, typing, settings, io) => markRead(message, typing, accountOf(settings), io),
};
