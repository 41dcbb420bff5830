import { describeOutboxDriver } from '../conformance/outbox.ts';
import { embedded } from '../conformance/outbox-bench.ts';
import { postgresLedgers } from '../support/postgres-ledgers.ts';

const ledgers = postgresLedgers();

describeOutboxDriver('embedded, with leases', embedded, ledgers.open);
