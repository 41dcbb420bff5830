import { tempLedgers } from '../support/temp-ledger.ts';
import { lateWordSuite } from './late-word.suite.ts';

lateWordSuite(tempLedgers());
