/** Writes logs: one JSON object per line on stdout, redacted by construction. */
import type { LoggerService } from '@nestjs/common';
import { pino } from 'pino';
import type { Bindings, ChildLoggerOptions, DestinationStream, Logger as PinoLogger, LoggerOptions } from 'pino';
import { isError, redact } from './redact.ts';

/** Writes log lines of one level each. */
export type Logger = PinoLogger;
/** Is the injection token of the `Logger`. */
export const LOGGER = Symbol('Logger');

/** Makes a logger that passes every argument and every child's bindings through `redact`. `destination` defaults to stdout. */
export function makeLogger(options: { level: string; name?: string; destination?: DestinationStream }): Logger {
  const settings: LoggerOptions = {
    level: options.level,
    base: { name: options.name ?? 'parley' },
    timestamp: () => `,"time":"${new Date().toISOString()}"`,
    formatters: { level: (label) => ({ level: label }) },
    // pino's own would take the redacted copy for an error of the type "Object".
    serializers: { err: (error: unknown) => error },
    hooks: {
      logMethod(args, method) {
        // pino would not know the redacted copy of an error given first for one.
        const [first, ...rest] = args.map((argument) => redact(argument));
        const cleaned = isError(args[0]) ? [{ err: first }, ...errorMessage(first, rest)] : [first, ...rest];
        method.apply(this, cleaned as Parameters<typeof method>);
      },
    },
  };
  const logger = options.destination === undefined ? pino(settings) : pino(settings, options.destination);
  // A formatter of bindings does not reach children; children inherit this method.
  const makeChild = logger.child;
  const child = function (this: Logger, bindings: Bindings, childOptions?: ChildLoggerOptions): Logger {
    return Reflect.apply(makeChild, this, [redact(bindings), childOptions]) as Logger;
  };
  Object.assign(logger, { child });
  return logger;
}

function errorMessage(error: unknown, rest: unknown[]): unknown[] {
  return rest.length > 0 ? rest : [(error as { message: string }).message];
}

/** Writes Nest's own messages through the same logger. Nest gives the context last, and errors their stack before it. */
export class NestLogger implements LoggerService {
  readonly #logger: Logger;

  constructor(logger: Logger) {
    this.#logger = logger;
  }

  log(message: unknown, ...rest: unknown[]): void {
    this.#write('debug', message, rest);
  }

  error(message: unknown, ...rest: unknown[]): void {
    this.#write('error', message, rest);
  }

  warn(message: unknown, ...rest: unknown[]): void {
    this.#write('warn', message, rest);
  }

  debug(message: unknown, ...rest: unknown[]): void {
    this.#write('debug', message, rest);
  }

  verbose(message: unknown, ...rest: unknown[]): void {
    this.#write('trace', message, rest);
  }

  fatal(message: unknown, ...rest: unknown[]): void {
    this.#write('fatal', message, rest);
  }

  #write(level: 'trace' | 'debug' | 'warn' | 'error' | 'fatal', message: unknown, rest: unknown[]): void {
    const context = typeof rest.at(-1) === 'string' ? rest.at(-1) : undefined;
    const stack = rest.length > 1 && typeof rest[0] === 'string' ? rest[0] : undefined;
    const isText = typeof message === 'string';
    this.#logger[level](
      { context, ...(stack === undefined ? {} : { stack }), ...(isText ? {} : { detail: message }) },
      isText ? message : String(context ?? 'Nest'),
    );
  }
}
