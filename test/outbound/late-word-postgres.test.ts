import { postgresLedgers } from '../support/postgres-ledgers.ts';
import { lateWordSuite } from './late-word.suite.ts';

lateWordSuite(postgresLedgers().open);
