import { tempLedgers } from '../support/temp-ledger.ts';
import { describeFacts } from './facts.suite.ts';

describeFacts('sqlite', tempLedgers());
