import { tempLedgers } from '../../support/temp-ledger.ts';
import { describeAnswering } from './facts-answering.suite.ts';
import { describeSaid } from './facts-said.suite.ts';
import { describeSent } from './facts-sent.suite.ts';

const open = tempLedgers();

describeAnswering('sqlite', open);
describeSent('sqlite', open);
describeSaid('sqlite', open);
