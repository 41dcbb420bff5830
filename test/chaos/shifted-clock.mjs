/**
 * Shows the service another time than the machine's: loaded into its processes before anything else. The file named by `CHAOS_CLOCK`
 * holds by how many milliseconds; a change is seen within `LOOK_MS`. Timers go on as they do when a real clock is set.
 */
import { readFileSync } from 'node:fs';

const LOOK_MS = 25;
const { CHAOS_CLOCK = '' } = process.env;
const RealDate = Date;
const realNow = Date.now;
let offsetMs = read();

function read() {
  return Number(readFileSync(CHAOS_CLOCK, 'utf8'));
}

const now = () => realNow() + offsetMs;
RealDate.now = now;
globalThis.Date = new Proxy(RealDate, {
  construct: (date, args, target) => Reflect.construct(date, args.length === 0 ? [now()] : args, target),
  apply: () => new RealDate(now()).toString(),
});

setInterval(() => (offsetMs = read()), LOOK_MS).unref();
