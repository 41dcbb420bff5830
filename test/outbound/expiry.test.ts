import { tempLedgers } from '../support/temp-ledger.ts';
import { describeExpiry } from './expiry.suite.ts';

describeExpiry('SQLite', tempLedgers());
