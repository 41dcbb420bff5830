import { postgresLedgers } from '../../support/postgres-ledgers.ts';
import { describeProperty } from './completion-property.suite.ts';

const { openMany } = postgresLedgers();

describeProperty('two processes', () => openMany(2), 15);
