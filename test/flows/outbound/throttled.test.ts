import { throttledSuite } from './throttled.suite.ts';

throttledSuite();
