/** What only Sunshine has, called by name: conversations, the switchboard, first messages to numbers. */
import { z } from 'zod';
import { SendError } from '../../core/errors.ts';
import type { ChannelAction } from '../channel.ts';
import { compact, idOf, objectOf, objectsOf } from '../kit/json.ts';
import { pathSegment } from '../kit/path-segment.ts';
import { conversationPath, sunshine } from './call.ts';
import type { SunshineSettings } from './settings.ts';

type Action = ChannelAction<SunshineSettings>;

const thread = z.string().min(1).max(100);
const flat = z.record(z.string().max(255), z.union([z.string().max(4096), z.number(), z.boolean()]));

const openInput = z.strictObject({
  userId: z.string().min(1).max(500),
  metadata: flat.optional(),
  anew: z.boolean().optional(),
});

const USER_ID = /^[0-9a-f]{24}$/;

/** Finds the user's newest personal conversation, or makes one: the thread to write in. */
const openThread: Action = {
  input: openInput,
  changes: true,
  async run(input, settings, io) {
    const { userId, metadata, anew = false } = openInput.parse(input);
    const byId = USER_ID.test(userId);
    if (!anew) {
      const query = byId ? { 'filter[userId]': userId } : { 'filter[userExternalId]': userId };
      const found = await sunshine({ method: 'GET', path: '/conversations', query }, settings, io);
      const personal = objectsOf(found.conversations).find(({ type }) => type === 'personal');
      const id = idOf(personal?.id);
      if (id !== undefined) return { thread: id, isNew: false };
    }
    const participants = [byId ? { userId } : { userExternalId: userId }];
    const json = compact({ type: 'personal', participants, metadata });
    const answer = await sunshine({ method: 'POST', path: '/conversations', json }, settings, io);
    const id = idOf(objectOf(answer.conversation).id);
    if (id === undefined) throw new SendError('rejected', 'Sunshine made the conversation, but its answer has no ID.');
    return { thread: id, isNew: true };
  },
};

const controlInput = z.strictObject({ thread, to: z.string().min(1).max(128).optional(), metadata: flat.optional() });

/** A step of the switchboard; `takesTarget`: it names who is next. */
function control(act: string, takesTarget: boolean): Action {
  return {
    input: takesTarget ? controlInput.required({ to: true }) : controlInput.omit({ to: true }),
    changes: true,
    async run(input, settings, io) {
      const { thread: id, to, metadata } = controlInput.parse(input);
      const json = compact({ switchboardIntegration: takesTarget ? to : undefined, metadata });
      await sunshine({ method: 'POST', path: conversationPath(id, `/${act}`), json, repeatable: true }, settings, io);
      return { done: true };
    },
  };
}

const userInput = z.strictObject({ userId: z.string().min(1).max(500) });
const userPath = (userId: string): string => `/users/${pathSegment(userId)}`;

const getUser: Action = {
  input: userInput,
  changes: false,
  async run(input, settings, io) {
    const { userId } = userInput.parse(input);
    const { user } = await sunshine({ method: 'GET', path: userPath(userId) }, settings, io);
    return { user: objectOf(user) };
  },
};

const updateInput = userInput.extend({
  metadata: flat.optional(),
  profile: z.record(z.string(), z.string().max(500)).optional(),
});

const updateUser: Action = {
  input: updateInput,
  changes: true,
  async run(input, settings, io) {
    const { userId, metadata, profile } = updateInput.parse(input);
    const json = compact({ metadata, profile });
    const { user } = await sunshine({ method: 'PATCH', path: userPath(userId), json, repeatable: true }, settings, io);
    return { user: objectOf(user) };
  },
};

const notifyInput = z.strictObject({
  /** Whom the channel knows by it: a phone number with + and its country's code. */
  to: z.string().min(1).max(200),
  integrationId: z.string().min(1).max(100).optional(),
  text: z.string().min(1).max(4096).optional(),
  /** The channel's own message, such as a WhatsApp template. */
  message: z.record(z.string(), z.unknown()).optional(),
});

/** Writes first to somebody whom the app does not know yet (API v1.1, "Notification API"). What they answer is a conversation. */
const notify: Action = {
  input: notifyInput,
  changes: true,
  async run(input, settings, io) {
    const { to, integrationId = settings.integrationId, text, message } = notifyInput.parse(input);
    if (integrationId === undefined)
      throw new SendError('invalid', 'Name the integration that sends: the account has none.');
    if ((text === undefined) === (message === undefined))
      throw new SendError('invalid', 'Give either a text or a message.');
    const native = message === undefined ? {} : { messageSchema: 'whatsapp' };
    const json = {
      ...{ destination: { integrationId, destinationId: to }, author: { role: 'appMaker' }, ...native },
      message: message ?? { type: 'text', text },
    };
    const said = text === undefined ? [] : [text];
    const answer = await sunshine(
      { method: 'POST', version: 'v1.1', path: '/notifications', json, said },
      settings,
      io,
    );
    return compact({ notificationId: idOf(answer._id) ?? idOf(objectOf(answer.notification)._id) });
  },
};

export const actions: Readonly<Record<string, Action>> = {
  'thread.open': openThread,
  'control.pass': control('passControl', true),
  'control.offer': control('offerControl', true),
  'control.accept': control('acceptControl', false),
  'control.release': control('releaseControl', false),
  'user.get': getUser,
  'user.update': updateUser,
  'notification.send': notify,
};
