import { GraphError } from './errors.ts';
import type { PhoneNumber, WhatsAppUser, World } from './world.ts';

/** The customer service window: 24 h from the last message of the user (docs: pricing, service windows). */
export const SERVICE_WINDOW_MS = 24 * 3_600_000;
const PAIR_RATE = { burst: 45, refillMs: 6_000 };

const pairOf = (number: PhoneNumber, user: WhatsAppUser): string => `${number.id}|${user.userId}`;

/** When the window with this user ends, in milliseconds; undefined when the user never wrote. */
export function windowEndsAt(number: PhoneNumber, user: WhatsAppUser): number | undefined {
  const last = number.lastInboundAt.get(user.userId);
  return last === undefined ? undefined : last + SERVICE_WINDOW_MS;
}

/** Notes that the user wrote at `at`. Webhooks carry whole seconds, so the window counts from the whole second. */
export function openWindow(number: PhoneNumber, user: WhatsAppUser, at: number): void {
  const from = Math.floor(at / 1000) * 1000;
  number.lastInboundAt.set(user.userId, Math.max(from, number.lastInboundAt.get(user.userId) ?? 0));
}

/** True while free-form messages may be sent to the user. */
export function isWindowOpen(world: World, number: PhoneNumber, user: WhatsAppUser): boolean {
  const endsAt = windowEndsAt(number, user);
  return endsAt !== undefined && world.clock.now() < endsAt;
}

/** Refuses by 130429 and 131056; takes nothing from the budgets. */
export function checkRates(world: World, number: PhoneNumber, user: WhatsAppUser): void {
  const now = world.clock.now();
  const { throughputPerSecond, limitPairRate } = world.settings;
  number.recentTraffic = number.recentTraffic.filter((at) => at > now - 1000);
  if (throughputPerSecond !== null && number.recentTraffic.length >= throughputPerSecond) {
    throw new GraphError(130429, 'Cloud API message throughput has been reached.', { subcode: 2494055 });
  }
  if (limitPairRate && world.limiter.waitMs(pairOf(number, user), now, PAIR_RATE) > 0) {
    throw new GraphError(131056, 'Message failed to send because there were too many messages sent to this user.');
  }
}

/** Takes an accepted message from both budgets. */
export function spendRates(world: World, number: PhoneNumber, user: WhatsAppUser): void {
  countTraffic(world, number);
  world.limiter.spend(pairOf(number, user), world.clock.now(), PAIR_RATE);
}

/** Counts a message, in or out, towards the number's throughput. */
export function countTraffic(world: World, number: PhoneNumber): void {
  if (world.settings.throughputPerSecond !== null) number.recentTraffic.push(world.clock.now());
}
