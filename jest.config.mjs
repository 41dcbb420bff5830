export default {
  testEnvironment: 'node',
  // Node.js itself loads what the tests import, and the product only once for each worker.
  testRunner: '<rootDir>/test/runner/run-file.ts',
  globalSetup: '<rootDir>/test/runner/start.ts',
  globalTeardown: '<rootDir>/test/runner/end.ts',
  transform: {},
  // Every core works; many tests wait for servers meanwhile.
  maxWorkers: '100%',
  // Servers of the machine's own and a noisy machine: a wait says by itself what it waited for.
  testTimeout: 30_000,
  // Modules of ES stay in memory when a test file is done: the process that runs the files is replaced now and then.
  workerIdleMemoryLimit: '2GB',
  roots: ['<rootDir>/test'],
  testMatch: ['<rootDir>/test/**/*.test.ts'],
  testPathIgnorePatterns: ['/node_modules/', '<rootDir>/test/e2e/'],
};
