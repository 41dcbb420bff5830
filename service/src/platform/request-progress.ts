/**
 * Says how far one HTTP request came, read from its socket. This decides whether a failed send may be repeated.
 *
 * Node keeps what is written to a socket in memory until TCP is connected, and for TLS until the certificate was accepted. So a
 * request that failed before `connect` (`secureConnect`) certainly never left; after that, any part of it may have arrived. A
 * kept-alive socket is past that point from the start: a reset there may come from a server that had already read the request.
 */
import http from 'node:http';
import https from 'node:https';
import type { Socket } from 'node:net';
import { TLSSocket } from 'node:tls';

/** Bounds one try, in milliseconds. */
export interface RequestTimeouts {
  /** Until the connection stands, waiting for a free socket included. */
  connectMs: number;
  /** From then until the answer is complete (`request`) or has begun (`stream`). */
  answerMs: number;
}

/** Says why Parley itself gave up; `timedOut` tells. */
const GAVE_UP = 'time-out';

/** Follows one try of one request. Give `transport` to axios; call `finish` when the answer is complete. */
export class RequestProgress {
  /** Tells that bytes may have reached the other side. */
  written = false;
  timedOut = false;
  readonly #timeouts: RequestTimeouts;
  #request: http.ClientRequest | undefined;
  #timer: NodeJS.Timeout | undefined;

  constructor(timeouts: RequestTimeouts) {
    this.#timeouts = timeouts;
  }

  /** Holds the `transport` option of axios: Node's own client, watched. */
  readonly transport = {
    request: (
      options: https.RequestOptions,
      onResponse: (response: http.IncomingMessage) => void,
    ): http.ClientRequest => {
      const secure = options.protocol === 'https:';
      const request = secure ? https.request(options, onResponse) : http.request(options, onResponse);
      this.#request = request;
      this.#startTimer(this.#timeouts.connectMs);
      request.once('socket', (socket) => this.#watch(socket));
      request.once('upgrade', (_response, socket) => {
        // Nobody asked for it. Without this Node would close the connection, and tell nothing.
        socket.destroy();
        request.emit('error', Object.assign(new Error('other protocol'), { code: 'HPE_INVALID_STATUS' }));
      });
      return request;
    },
  };

  finish(): void {
    clearTimeout(this.#timer);
  }

  /** Lets only silence end the answer from now on, not its length: for streamed bodies. */
  finishWhenSilent(silenceMs: number): void {
    clearTimeout(this.#timer);
    this.#request?.setTimeout(silenceMs, () => this.#giveUp());
  }

  /**
   * Waits until the socket is connected: it may be new, kept alive, or already lost; `reusedSocket` does not tell of one that was handed over from a
   * queue.
   */
  #watch(socket: Socket): void {
    if (socket.destroyed) return;
    if (socket instanceof TLSSocket) {
      // Not in Node's types: true until the certificate was accepted.
      const { secureConnecting } = socket as TLSSocket & { secureConnecting?: boolean };
      if (secureConnecting === true) socket.once('secureConnect', () => this.#connected());
      else this.#connected();
    } else if (socket.connecting) socket.once('connect', () => this.#connected());
    else this.#connected();
  }

  #connected(): void {
    this.written = true;
    this.#startTimer(this.#timeouts.answerMs);
  }

  #startTimer(afterMs: number): void {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.#giveUp(), afterMs);
  }

  #giveUp(): void {
    this.timedOut = true;
    this.#request?.destroy(new Error(GAVE_UP));
  }
}
