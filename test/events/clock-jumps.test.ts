import { tempLedgers } from '../support/temp-ledger.ts';
import { describeClockJumps } from './clock-jumps.suite.ts';

describeClockJumps('SQLite', tempLedgers());
