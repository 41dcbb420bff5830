import { postgres } from '../../../service/src/store/postgres.ts';
import { databases } from '../../support/databases.ts';
import { describeEventReplay } from './event-replay.suite.ts';

const { migrated } = databases();

describeEventReplay('postgres', async () => postgres(await migrated()));
