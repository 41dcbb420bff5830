/** The same on PostgreSQL and Redis, as for many processes. */
import { onServers } from '../../support/engines.ts';
import { takenSuite } from './taken.suite.ts';

onServers();
takenSuite();
