/** The end-to-end tests: a real n8n, a real browser. Apart from `npm test`, one file at a time, `npm run test:e2e`. */
export default {
  testEnvironment: 'node',
  testRunner: '<rootDir>/test/runner/run-file.ts',
  transform: {},
  // Not the root folder: Jest would crawl the installed n8n, tens of thousands of files.
  roots: ['<rootDir>/test/e2e'],
  testMatch: ['<rootDir>/test/e2e/**/*.test.ts'],
  maxWorkers: 1,
  // A `beforeAll` that installs n8n for the first time takes minutes: give that hook its own limit.
  testTimeout: 120_000,
};
