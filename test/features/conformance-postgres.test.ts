import { FEATURES } from '../../service/src/features/index.ts';
import { describeFeatures } from '../conformance/features.ts';
import { postgresLedgers } from '../support/postgres-ledgers.ts';
import { visits } from './visits/index.ts';

describeFeatures('PostgreSQL', postgresLedgers().open, [...FEATURES, visits]);
