/** Tells what the machine has against a start, in one line: a disk without room, a folder that may not be written, a port that is taken. */

/** Says how each is mended, by the code of the system's error. */
const MENDS: Readonly<Record<string, string>> = {
  ENOSPC: 'make room on the disk',
  EDQUOT: 'make room on the disk',
  EFBIG: 'let the process write larger files (ulimit -f)',
  EROFS: 'the disk is read-only; let PARLEY_DATA_DIR name a folder that can be written',
  EACCES: 'let the user that runs Parley read and write there',
  EPERM: 'let the user that runs Parley read and write there',
  ENOENT: 'make the folder that is missing',
  ELOOP: 'let the link lead to a file',
  ENOTDIR: 'let PARLEY_DATA_DIR name a folder',
  EEXIST: 'let PARLEY_DATA_DIR name a folder',
  EISDIR: 'move the folder that is in the place of a file',
  ENAMETOOLONG: 'let PARLEY_DATA_DIR name a shorter path',
  EMFILE: 'let the process open more files (ulimit -n)',
  EIO: 'look for what is wrong with the disk',
  EADDRINUSE: 'end the other program, or let PARLEY_PORT name another port',
  EADDRNOTAVAIL: 'let PARLEY_HOST name an address of this machine',
  ENOTFOUND: 'let PARLEY_HOST name an address of this machine',
};

/** Says how each is mended, by the code of SQLite's error. */
const SQLITE_MENDS: Readonly<Record<number, string>> = {
  5: 'another program holds the database; end it',
  8: 'the database is read-only; let the user that runs Parley write it',
  10: 'look for what is wrong with the disk',
  13: 'make room on the disk',
  14: 'let the user that runs Parley read and write the folder of the database',
};

interface Fault {
  code?: unknown;
  errcode?: unknown;
  syscall?: unknown;
  port?: unknown;
  message?: unknown;
  cause?: unknown;
}

/** Answers the line; undefined for what no operator can mend. */
export function startFault(error: unknown): string | undefined {
  for (let fault = error as Fault | undefined, depth = 0; fault instanceof Error && depth < 5; depth++) {
    const mend = mendOf(fault);
    if (mend !== undefined) return `Parley cannot start: ${firstLine(fault.message)}. To mend it: ${mend}.`;
    fault = fault.cause as Fault | undefined;
  }
  return undefined;
}

function mendOf({ code, errcode, syscall, port }: Fault): string | undefined {
  if (typeof errcode === 'number') return SQLITE_MENDS[errcode & 0xff];
  if (code === 'EACCES' && syscall === 'listen') return `let PARLEY_PORT name another port than ${String(port)}`;
  return typeof code === 'string' ? MENDS[code] : undefined;
}

function firstLine(message: unknown): string {
  return String(message).split('\n', 1)[0] ?? '';
}
