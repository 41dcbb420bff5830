import { FEATURES } from '../../service/src/features/index.ts';
import { describeRetentionParts } from '../conformance/retention.ts';
import { tempLedgers } from '../support/temp-ledger.ts';

describeRetentionParts('SQLite', tempLedgers(), FEATURES);
