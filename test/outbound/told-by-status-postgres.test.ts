import { postgresLedgers } from '../support/postgres-ledgers.ts';
import { toldByStatusSuite } from './told-by-status.suite.ts';

toldByStatusSuite(postgresLedgers().open);
