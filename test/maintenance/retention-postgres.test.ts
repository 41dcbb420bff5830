import { postgres } from '../../service/src/store/postgres.ts';
import { databases } from '../support/databases.ts';
import { describeRetention } from './retention.suite.ts';

const { migrated } = databases();

describeRetention('postgres', async () => postgres(await migrated()));
