import { postgresLedgers } from '../../support/postgres-ledgers.ts';
import { describeAnswering } from './facts-answering.suite.ts';
import { describeSaid } from './facts-said.suite.ts';
import { describeSent } from './facts-sent.suite.ts';

const { open } = postgresLedgers();

describeAnswering('postgres', open);
describeSent('postgres', open);
describeSaid('postgres', open);
