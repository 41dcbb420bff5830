import { tempLedgers } from '../support/temp-ledger.ts';
import { describeTries } from './tries.suite.ts';

describeTries(tempLedgers());
