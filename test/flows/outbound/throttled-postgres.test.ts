/** The same on PostgreSQL and Redis, as for many processes. */
import { onServers } from '../../support/engines.ts';
import { CASES, throttledSuite } from './throttled.suite.ts';

onServers();
throttledSuite(CASES.slice(0, 1));
