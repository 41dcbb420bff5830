import { postgresLedgers } from '../support/postgres-ledgers.ts';
import { describeTries } from './tries.suite.ts';

describeTries(postgresLedgers().open);
