import { answerControl, type Control } from './control.ts';
import type { SandboxClock } from './clock.ts';
import type { Answered } from './faulty.ts';
import { startHttpServer, type HttpReply, type HttpRequest, type HttpServer } from './http-server.ts';
import { recordOf } from './request-log.ts';
import type { SandboxWorld } from './sandbox.ts';

/** Listens for the provider's calls, which are recorded, and for the controls of the sandbox. */
export function startSandboxServer<S>(
  { host = '127.0.0.1', port = 0 }: { host?: string | undefined; port?: number | undefined },
  world: Omit<SandboxWorld<object>, 'settings' | 'faults'> & { clock: SandboxClock },
  control: { sandbox: S; controls: readonly Control<S>[] },
  answer: (request: HttpRequest) => Promise<Answered>,
): Promise<HttpServer> {
  return startHttpServer({ host, port }, async (request) => {
    if (request.path.startsWith('/_sandbox/')) return answerControl(control.controls, control.sandbox, request);
    const answered = await answer(request);
    world.requests.push(recordOf(request, answered, world.clock.now()));
    world.changes.notify();
    return dated(answered.reply, world.clock.now());
  });
}

/** Answers tell the time of the provider. */
function dated(reply: HttpReply, now: number): HttpReply {
  return reply.dropped ? reply : { ...reply, headers: { date: new Date(now).toUTCString(), ...reply.headers } };
}
