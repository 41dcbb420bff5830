/** Shows conversations to people and workflows, and hands them from a program to a person and back. */
import type { Feature, Kernel } from '../feature.ts';
import { ConversationsController } from './conversations.controller.ts';
import { Conversations } from './conversations.ts';

export function conversations(kernel: Kernel): Feature {
  return {
    name: 'conversations',
    controllers: [ConversationsController],
    services: [new Conversations(kernel)],
  };
}
