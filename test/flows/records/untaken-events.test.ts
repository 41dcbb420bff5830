import { describeUntakenEvents } from './untaken-events.suite.ts';

describeUntakenEvents('sqlite', async () => ({}));
