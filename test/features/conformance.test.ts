import { FEATURES } from '../../service/src/features/index.ts';
import { describeFeatures } from '../conformance/features.ts';
import { tempLedgers } from '../support/temp-ledger.ts';
import { visits } from './visits/index.ts';

describeFeatures('SQLite', tempLedgers(), [...FEATURES, visits]);
