import { FEATURES } from '../../service/src/features/index.ts';
import { describeRetentionParts } from '../conformance/retention.ts';
import { postgresLedgers } from '../support/postgres-ledgers.ts';

describeRetentionParts('PostgreSQL', postgresLedgers().open, FEATURES);
