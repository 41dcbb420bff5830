import { join } from 'node:path';
import { describeStore } from '../conformance/store.ts';
import { tempFolder } from '../support/temp-ledger.ts';
import { sqlite } from '../../service/src/store/sqlite.ts';

const folder = tempFolder();
let files = 0;

describeStore('sqlite', () => sqlite(join(folder, `${++files}.db`)));
