/** The channels behind Sunshine, and what each adds to what Sunshine does on all. */
import type { WindowRule } from '../../../../contract/channel.ts';

const HOUR = 3_600_000;

/** Sessions are the channel's own: Sunshine has none. Meta's two messengers, WhatsApp and WeChat have one. */
export const WINDOWS: Readonly<Record<string, WindowRule>> = {
  whatsapp: { lengthMs: 24 * HOUR, outside: ['template'] },
  messenger: { lengthMs: 24 * HOUR, outside: [] },
  instagram: { lengthMs: 24 * HOUR, outside: [] },
  wechat: { lengthMs: 48 * HOUR, outside: [] },
};

export const WINDOWED: ReadonlySet<string> = new Set(Object.keys(WINDOWS));
