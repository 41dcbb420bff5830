import { type ArgumentsHost, Catch, type ExceptionFilter, Inject } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { LOGGER, type Logger } from './logger.ts';
import { toProblem } from './problem.ts';

/** Answers every error as `application/problem+json`; logs those that nobody foresaw. */
@Catch()
export class ProblemFilter implements ExceptionFilter {
  readonly #logger: Logger;

  constructor(@Inject(LOGGER) logger: Logger) {
    this.#logger = logger;
  }

  catch(error: unknown, host: ArgumentsHost): void {
    const request = host.switchToHttp().getRequest<FastifyRequest>();
    const reply = host.switchToHttp().getResponse<FastifyReply>();
    const { problem, headers, unexpected } = toProblem(error, request.id);
    if (unexpected) {
      const route = request.routeOptions?.url;
      this.#logger.error({ err: error, requestId: request.id, method: request.method, route }, 'request failed');
    }
    if (reply.raw.headersSent) {
      // A body was being streamed: cutting it is the only way left to say that it is not whole.
      reply.raw.destroy();
      return;
    }
    void reply
      .status(problem.status)
      .headers({ ...headers, 'content-type': 'application/problem+json; charset=utf-8' })
      .send(JSON.stringify(problem));
  }
}
