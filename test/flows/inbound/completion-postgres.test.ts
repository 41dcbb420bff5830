import { postgresLedgers } from '../../support/postgres-ledgers.ts';
import { describeGone } from './completion-gone.suite.ts';
import { describeOrder } from './completion-order.suite.ts';

const { open } = postgresLedgers();

describeOrder('postgres', open);
describeGone('postgres', open);
