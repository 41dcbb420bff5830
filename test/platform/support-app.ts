import { Module, type Provider, type Type } from '@nestjs/common';
import { APP_FILTER, NestFactory } from '@nestjs/core';
import { FastifyAdapter, type NestFastifyApplication } from '@nestjs/platform-fastify';
import { Writable } from 'node:stream';
import { LOGGER, makeLogger, NestLogger } from '../../service/src/platform/logger.ts';
import { ProblemFilter } from '../../service/src/platform/problem.filter.ts';

/** What a logger wrote, as parsed lines. */
export class LogLines {
  readonly lines: Record<string, unknown>[] = [];
  readonly destination = new Writable({
    write: (chunk: Buffer, _encoding, done) => {
      this.lines.push(JSON.parse(chunk.toString('utf8')) as Record<string, unknown>);
      done();
    },
  });

  /** The lines whose message begins so. */
  of(message: string): Record<string, unknown>[] {
    return this.lines.filter(({ msg }) => typeof msg === 'string' && msg.startsWith(message));
  }

  get text(): string {
    return JSON.stringify(this.lines);
  }
}

export interface TestApp {
  app: NestFastifyApplication;
  /** Origin, after `listen`. */
  url: string;
  log: LogLines;
}

/** An application of the given parts with the service's filter and logger, listening on 127.0.0.1. */
export async function startApp(options: {
  controllers: Type[];
  providers?: Provider[];
  setUp?: (app: NestFastifyApplication) => void;
}): Promise<TestApp> {
  const log = new LogLines();
  const logger = makeLogger({ level: 'warn', destination: log.destination });
  class TestModule {}
  Module({
    controllers: options.controllers,
    providers: [
      { provide: LOGGER, useValue: logger },
      { provide: APP_FILTER, useClass: ProblemFilter },
      ...(options.providers ?? []),
    ],
  })(TestModule);
  const app = await NestFactory.create<NestFastifyApplication>(TestModule, new FastifyAdapter(), {
    bodyParser: false,
    logger: new NestLogger(logger),
  });
  options.setUp?.(app);
  await app.listen(0, '127.0.0.1');
  return { app, url: await app.getUrl(), log };
}
