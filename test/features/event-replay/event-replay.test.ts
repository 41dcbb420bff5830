import { join } from 'node:path';
import { sqlite } from '../../../service/src/store/sqlite.ts';
import { tempFolder } from '../../support/temp-ledger.ts';
import { describeEventReplay } from './event-replay.suite.ts';

const folder = tempFolder();
let count = 0;

describeEventReplay('sqlite', () => sqlite(join(folder, `${++count}.db`)));
