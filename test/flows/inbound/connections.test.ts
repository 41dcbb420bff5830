import { describeConnections } from './connections.suite.ts';

describeConnections('sqlite', async () => ({}));
