/** What a channel's node says of itself, so that the operations which every channel has are written once. */
import type { INodeProperties } from 'n8n-workflow';
import type { OutboundContent, ReplyButton } from '../../../contract/message.ts';
import type { AccountGetter } from '../account-getter.ts';
import type { ContentKind } from '../content/kind.ts';
import type { RecipientWords } from '../descriptions.ts';

/** A question with buttons to answer it. */
export interface Question {
  text: string;
  footer?: string;
  buttons: ReplyButton[];
}

export interface ChannelForm {
  account: AccountGetter;
  /** Kinds of content that the channel can send. */
  kinds: readonly ContentKind[];
  /** Shown below the content type, see `limitNotices`. */
  notices: readonly INodeProperties[];
  recipient: RecipientWords;
  /** Says what can be sent, and when. */
  sendDescription: string;
  /** Templates may be sent when the session is closed; the node has `templateMethods`. */
  templates: boolean;
  /** People may write for longer than programs: offers 'Written by a Person'. */
  people: boolean;
  /** False: a message cannot quote another. */
  quotes?: boolean;
  /** What only this channel's sends know: members of `SendMessage.options`, by the field's name. */
  options: readonly INodeProperties[];
  /**
   * What the account's channel lacks is sent in its nearest form. For a node of several channels, and for a channel without buttons, which Send and
   * Wait asks with.
   */
  degrades?: boolean;
  /** A line in small letters can stand below buttons. */
  footer: boolean;
  /** How a question is asked, when not with buttons. */
  ask?: (question: Question) => OutboundContent;
}
