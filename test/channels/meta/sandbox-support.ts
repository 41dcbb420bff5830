/** What the channels have when they call the stand-in for the Graph API: the service's own HTTP client over real loopback HTTP. */
import type { ConnectorIo } from '../../../service/src/connectors/connector.ts';
import { systemClock } from '../../../service/src/core/clock.ts';
import { watchedClock } from '../../../service/src/core/watched-clock.ts';
import { GuardedHttp } from '../../../service/src/platform/guarded-http.ts';
import { manualClock } from '../../sandbox/kit/clock.ts';
import { META_DEFAULTS } from '../../sandbox/meta/defaults.ts';

export const DAY_MS = 24 * 3_600_000;
const { appId, appSecret, verifyToken } = META_DEFAULTS;
export const APP = { appId, appSecret, verifyToken };

const http = new GuardedHttp({ allow: { loopback: true, private: false, cidrs: [] } });
export const io: ConnectorIo = {
  http,
  clock: watchedClock(systemClock),
  log: { info: () => undefined, warn: () => undefined },
};
/** Of the stand-in. */
export const clock = manualClock(Date.UTC(2026, 10, 22));
