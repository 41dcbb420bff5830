import { tempLedgers } from '../support/temp-ledger.ts';
import { describeUntaken } from './untaken.suite.ts';

describeUntaken('SQLite', tempLedgers());
