import { postgresLedgers } from '../support/postgres-ledgers.ts';
import { describeClockJumps } from './clock-jumps.suite.ts';

describeClockJumps('PostgreSQL', postgresLedgers().open);
