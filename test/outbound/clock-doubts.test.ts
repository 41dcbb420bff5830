import { tempLedgers } from '../support/temp-ledger.ts';
import { describeClockDoubts } from './clock-doubts.suite.ts';

describeClockDoubts('SQLite', tempLedgers());
