import { tempLedgers } from '../support/temp-ledger.ts';
import { describePlacement } from './placement.suite.ts';

const open = tempLedgers();

describePlacement('SQLite', async () => [await open()], 30);
