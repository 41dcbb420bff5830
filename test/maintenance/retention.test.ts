import { join } from 'node:path';
import { sqlite } from '../../service/src/store/sqlite.ts';
import { tempFolder } from '../support/temp-ledger.ts';
import { describeRetention } from './retention.suite.ts';

const folder = tempFolder();
let files = 0;

describeRetention('sqlite', () => sqlite(join(folder, `${++files}.db`)));
