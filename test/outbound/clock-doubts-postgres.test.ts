import { postgresLedgers } from '../support/postgres-ledgers.ts';
import { describeClockDoubts } from './clock-doubts.suite.ts';

describeClockDoubts('PostgreSQL', postgresLedgers().open);
