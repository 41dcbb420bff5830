export default {
  testEnvironment: 'node',
  // Servers of the machine's own and a noisy machine: a wait says by itself what it waited for.
  testTimeout: 30_000,
  // Modules of ES stay in memory when a test file is done: the process that runs the files is replaced now and then.
  workerIdleMemoryLimit: '1GB',
  roots: ['<rootDir>/test'],
  extensionsToTreatAsEsm: ['.ts'],
  testMatch: ['<rootDir>/test/**/*.test.ts'],
  testPathIgnorePatterns: ['/node_modules/', '<rootDir>/test/e2e/'],
  transform: { '^.+\\.ts$': ['ts-jest', { useESM: true, tsconfig: 'test/tsconfig.json', diagnostics: false }] },
};
