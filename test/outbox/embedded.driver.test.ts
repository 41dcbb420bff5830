import { describeOutboxDriver } from '../conformance/outbox.ts';
import { embedded } from '../conformance/outbox-bench.ts';

describeOutboxDriver('embedded', embedded);
