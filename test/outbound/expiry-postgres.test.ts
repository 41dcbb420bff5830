import { postgresLedgers } from '../support/postgres-ledgers.ts';
import { describeExpiry } from './expiry.suite.ts';

describeExpiry('PostgreSQL', postgresLedgers().open);
