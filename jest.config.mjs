import { availableParallelism } from 'node:os';

export default {
  testEnvironment: 'node',
  // Node.js itself loads what the tests import, and the product only once for each worker.
  testRunner: '<rootDir>/test/runner/run-file.ts',
  globalSetup: '<rootDir>/test/runner/start.ts',
  globalTeardown: '<rootDir>/test/runner/end.ts',
  testSequencer: '<rootDir>/test/runner/sequencer.ts',
  transform: {},
  // One more than there are cores: many tests wait for processes and for real time.
  maxWorkers: availableParallelism() + 1,
  // Servers of the machine's own and a noisy machine: a wait says by itself what it waited for.
  testTimeout: 30_000,
  // Modules of ES stay in memory when a test file is done: the process that runs the files is replaced now and then.
  workerIdleMemoryLimit: '2GB',
  roots: ['<rootDir>/test'],
  testMatch: ['<rootDir>/test/**/*.test.ts'],
  testPathIgnorePatterns: ['/node_modules/', '<rootDir>/test/e2e/'],
};
