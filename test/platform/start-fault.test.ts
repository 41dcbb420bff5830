import { startFault } from '../../service/src/platform/start-fault.ts';
import { LedgerUnavailable } from '../../service/src/store/unavailable.ts';

const failed = (members: object, message = 'it failed') => Object.assign(new Error(message), members);

test.each([
  [
    'a full disk',
    failed({ code: 'ENOSPC' }, "ENOSPC: no space left on device, mkdir '/data'"),
    /no space left.*make room on the disk/,
  ],
  [
    'a read-only disk',
    failed({ code: 'EROFS' }, "EROFS: read-only file system, open '/data/x'"),
    /read-only.*PARLEY_DATA_DIR/,
  ],
  [
    'a folder of somebody else',
    failed({ code: 'EACCES', syscall: 'open' }),
    /let the user that runs Parley read and write/,
  ],
  ['a folder that is missing', failed({ code: 'ENOENT', syscall: 'open' }), /make the folder/],
  ['a port of the system', failed({ code: 'EACCES', syscall: 'listen', port: 80 }), /another port than 80/],
  ['a port that is taken', failed({ code: 'EADDRINUSE', syscall: 'listen' }), /PARLEY_PORT/],
  [
    'a database without room',
    failed({ code: 'ERR_SQLITE_ERROR', errcode: 13 }, 'database or disk is full'),
    /make room/,
  ],
  ['an error of the disk, with its details', failed({ code: 'ERR_SQLITE_ERROR', errcode: 778 }), /wrong with the disk/],
  ['what lies behind an outage', new LedgerUnavailable(failed({ errcode: 14 })), /read and write the folder/],
])('%s: one line that says how to mend it', (_name, error, expected) => {
  const line = startFault(error);
  expect(line).toMatch(expected);
  expect(line).not.toContain('\n');
});

test.each([
  ['a defect', new TypeError('x is not a function')],
  ['no error', 'x'],
  ['nothing', undefined],
])('%s is no fault of the machine', (_name, error) => {
  expect(startFault(error)).toBeUndefined();
});
