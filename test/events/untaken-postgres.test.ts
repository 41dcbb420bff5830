import { postgresLedgers } from '../support/postgres-ledgers.ts';
import { describeUntaken } from './untaken.suite.ts';

describeUntaken('PostgreSQL', postgresLedgers().open);
