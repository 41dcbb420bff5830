import { tempLedgers } from '../../support/temp-ledger.ts';
import { describeGone } from './completion-gone.suite.ts';
import { describeOrder } from './completion-order.suite.ts';

const open = tempLedgers();

describeOrder('sqlite', open);
describeGone('sqlite', open);
