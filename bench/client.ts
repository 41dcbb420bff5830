/** One connection of the load generator, used again and again. */
import { connect, type Socket } from 'node:net';

export class Client {
  readonly #socket: Socket;
  #received = '';
  #answered: (status: number) => void = () => undefined;
  #failed: (error: Error) => void = () => undefined;

  constructor(port: number) {
    this.#socket = connect({ port, host: '127.0.0.1', noDelay: true });
    this.#socket.on('error', (error) => this.#failed(error));
    this.#socket.on('close', () => this.#failed(new Error('The server closed a connection')));
    this.#socket.on('data', (chunk) => this.#read(chunk));
  }

  /** Resolves with the status when the answer is complete. */
  request(bytes: Buffer): Promise<number> {
    return new Promise((answered, failed) => {
      this.#answered = answered;
      this.#failed = failed;
      this.#socket.write(bytes);
    });
  }

  close(): void {
    this.#socket.destroy();
  }

  #read(chunk: Buffer): void {
    this.#received += chunk.toString('latin1');
    const head = this.#received.indexOf('\r\n\r\n');
    if (head === -1) return;
    const length = /\r\ncontent-length: (\d+)/i.exec(this.#received)?.[1] ?? chunkedEnd(this.#received);
    if (length === undefined || this.#received.length < head + 4 + Number(length)) return;
    const status = Number(this.#received.slice(9, 12));
    this.#received = '';
    this.#answered(status);
  }
}

/** Bytes of a short chunked body, once it is complete. */
function chunkedEnd(received: string): string | undefined {
  return received.endsWith('0\r\n\r\n') ? '0' : undefined;
}
