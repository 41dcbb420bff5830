import { postgresLedgers } from '../support/postgres-ledgers.ts';
import { describePlacement } from './placement.suite.ts';

const { openMany } = postgresLedgers();

describePlacement('PostgreSQL, two processes', () => openMany(2), 6);
