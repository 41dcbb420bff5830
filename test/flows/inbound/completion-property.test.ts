import { tempLedgers } from '../../support/temp-ledger.ts';
import { describeProperty } from './completion-property.suite.ts';

const open = tempLedgers();

describeProperty('one process', async () => [await open()], 60);
