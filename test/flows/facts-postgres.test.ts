import { postgresLedgers } from '../support/postgres-ledgers.ts';
import { describeFacts } from './facts.suite.ts';

describeFacts('postgres', postgresLedgers().open);
