/** Jest's `testSequencer`: files that wait for processes and real time start first, so that none of them is left alone at the end. */
import { createRequire } from 'node:module';
import type { Test } from '@jest/test-result';

const require = createRequire(import.meta.url);
const { default: Sequencer } = require('@jest/test-sequencer') as typeof import('@jest/test-sequencer');
const FIRST = ['/test/demo/', '/test/flows/operations/', '/test/outbox/'];

export default class WaitingFirst extends Sequencer {
  override sort(tests: Test[]): Test[] {
    const sorted = super.sort(tests) as Test[];
    const first = FIRST.flatMap((folder) => sorted.filter(({ path }) => path.includes(folder)));
    return [...first, ...sorted.filter((test) => !first.includes(test))];
  }
}
