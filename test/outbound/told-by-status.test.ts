import { tempLedgers } from '../support/temp-ledger.ts';
import { toldByStatusSuite } from './told-by-status.suite.ts';

toldByStatusSuite(tempLedgers());
