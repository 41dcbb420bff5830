import { takenSuite } from './taken.suite.ts';

takenSuite();
