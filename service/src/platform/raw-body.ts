/**
 * Reads bodies: webhooks as the very bytes that were signed (inflated, where they are compressed), uploads as a stream, everything else as JSON. Nest's own parsers must be off
 * (`NestFactory.create(…, { bodyParser: false })`). Fastify picks parsers by content type only, and Nest puts every route into one Fastify context,
 * so one parser for all types looks at the address; nothing is parsed twice.
 */
import { isUtf8 } from 'node:buffer';
import type { IncomingMessage } from 'node:http';
import type { Server, Socket } from 'node:net';
import { type Readable, Transform } from 'node:stream';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import { ParleyError } from '../core/errors.ts';
import { isWithinDepth, MAX_JSON_DEPTH } from '../core/json-depth.ts';
import { BodyBudget } from './body-budget.ts';
import { Inflater } from './inflater.ts';
import { wellFormed } from './well-formed.ts';

/** Bounds the bytes of a body. */
export interface BodyLimits {
  maxMediaBytes: number;
  /** Default 1 MiB. */
  maxJsonBytes?: number;
}

type WithHeaders = Pick<IncomingMessage, 'headers'>;
type Done = (error: Error | null, body?: unknown) => void;

const encoded = () =>
  new ParleyError(415, 'invalid_body', 'Compressed bodies are not accepted; send it without Content-Encoding.');
const encodedOtherwise = () =>
  new ParleyError(415, 'invalid_body', 'Send the webhook with the Content-Encoding gzip or deflate, or without one.');

/** A body that is kept in memory has to come within this time. */
const MAX_READ_MS = 30_000;
/** Bounds all bodies together that are on their way in. */
const bodyBudget = new BodyBudget(64 * 1024 * 1024);
const inflater = new Inflater(bodyBudget);

const tooMany = () =>
  new ParleyError(503, 'overloaded', 'Too much is being sent at the same time', { retryAfterMs: 1_000 });
const tooSlow = () => new ParleyError(408, 'invalid_body', 'The body came too slowly.');

const JSON_TYPE = /^application\/(?:[\w.-]+\+)?json\s*(?:;|$)/i;

const UPLOADS = '/v1/media';

/** Registers the parsers: at `/v1/media` the body is a `Readable`, elsewhere parsed JSON (`undefined` when empty). */
export function registerBodies(fastify: FastifyInstance, limits: BodyLimits): void {
  const parseJson = fastify.getDefaultJsonParser('error', 'error');
  fastify.removeAllContentTypeParsers();
  fastify.addContentTypeParser('*', (request: FastifyRequest, payload: Readable, done: Done) => {
    if (encodingOf(request) !== undefined) done(encoded());
    // The route, not the address as it was written.
    else if (request.routeOptions.url === UPLOADS) capped(request, payload, limits.maxMediaBytes, done);
    else readJson(request, payload, limits.maxJsonBytes ?? 1024 * 1024, parseJson as JsonParser, done);
  });
}

/** Bytes of a refused upload that are still read, so that the caller gets to read the answer. */
const MAX_DRAINED_BYTES = 8 * 1024 * 1024;
const MAX_DRAIN_MS = 2_000;

/** Reads away the rest of an upload that is answered before it was read, or cuts the connection: the rest would jam it. */
export function drainRefused(fastify: FastifyInstance): void {
  fastify.addHook('onResponse', (request, _reply, done) => {
    drainRest(request.raw);
    done();
  });
}

/** Reads away what is left of a body that was refused, or cuts the connection when that is much. */
export function drainRest(raw: IncomingMessage): void {
  if (raw.complete || raw.destroyed) return;
  let bytes = 0;
  const late = setTimeout(() => raw.destroy(), MAX_DRAIN_MS).unref();
  raw.unpipe();
  raw.on('data', (chunk: Buffer) => {
    bytes += chunk.length;
    if (bytes > MAX_DRAINED_BYTES) raw.destroy();
  });
  raw.once('close', () => clearTimeout(late));
  raw.once('end', () => {
    // It would be idle from now on, and nobody looks for idle connections any more once the server is being closed.
    const { server } = raw.socket as Socket & { server?: Server };
    if (server?.listening === false) raw.socket.destroy();
  });
  raw.resume();
}

type JsonParser = (request: FastifyRequest, text: string, done: Done) => void;

function readJson(request: FastifyRequest, payload: Readable, limit: number, parse: JsonParser, done: Done): void {
  readAll(request, payload, limit, (error, body) => {
    if (error !== null || body === undefined) done(error);
    // Clients send a content type with bodiless calls, too.
    else if (body.length === 0) done(null, undefined);
    else if (!JSON_TYPE.test(request.headers['content-type'] ?? ''))
      done(new ParleyError(415, 'invalid_body', 'Send the body as application/json.'));
    else if (!isWithinDepth(body))
      done(new ParleyError(400, 'invalid_body', `The body nests deeper than ${MAX_JSON_DEPTH} levels.`));
    // What was lost of other letters would be missed by the recipient of the message.
    else if (!isUtf8(body)) done(new ParleyError(400, 'invalid_body', 'The body is not in UTF-8; encode its text so.'));
    else parse(request, body.toString('utf8'), (failed, value) => done(failed, wellFormed(value)));
  });
}

/** Reads the whole body without its compression, at most `limit` bytes before and after. It calls `done` once. */
export function readBytes(request: IncomingMessage, limit: number, done: (error: Error | null, body?: Buffer) => void) {
  const encoding = encodingOf(request);
  if (encoding === undefined) return readAll(request, request, limit, done);
  if (!inflater.knows(encoding)) return done(encodedOtherwise());
  readAll(request, request, limit, (error, body) => {
    if (error !== null || body === undefined) return done(error);
    inflater.inflate(body, encoding, limit).then((inflated) => done(null, inflated), done);
  });
}

function encodingOf({ headers }: WithHeaders): string | undefined {
  const encoding = headers['content-encoding']?.trim().toLowerCase();
  return encoding === '' || encoding === 'identity' ? undefined : encoding;
}

function readAll(
  request: WithHeaders,
  payload: Readable,
  limit: number,
  done: (error: Error | null, body?: Buffer) => void,
) {
  const tooLarge = () => new ParleyError(413, 'body_too_large', `The body is larger than ${limit} bytes.`);
  if (announcedBytes(request) > limit) return done(tooLarge());
  const chunks: Buffer[] = [];
  let bytes = 0;
  let isSettled = false;
  const settle = (error: Error | null, body?: Buffer) => {
    if (isSettled) return;
    isSettled = true;
    clearTimeout(late);
    reservation.release();
    done(error, body);
    chunks.length = 0;
  };
  const reservation = bodyBudget.reserve(() => settle(tooMany()));
  const late = setTimeout(() => settle(tooSlow()), MAX_READ_MS);
  payload.on('data', (chunk: Buffer) => {
    if (isSettled) return;
    bytes += chunk.length;
    if (bytes > limit) return settle(tooLarge());
    chunks.push(chunk);
    reservation.grow(chunk.length);
  });
  payload.once('end', () => settle(null, chunks.length === 1 ? chunks[0] : Buffer.concat(chunks, bytes)));
  // Every request is closed in the end: an error that nobody gets would cost its stack.
  const brokeOff = () => {
    if (!isSettled) settle(new ParleyError(400, 'invalid_body', 'The body broke off.'));
  };
  payload.once('error', brokeOff);
  payload.once('close', brokeOff);
}

function capped(request: FastifyRequest, payload: Readable, limit: number, done: Done): void {
  const tooLarge = () => new ParleyError(413, 'media_too_large', `Files may be at most ${limit} bytes.`);
  if (announcedBytes(request) > limit) return done(tooLarge());
  let bytes = 0;
  const cap = new Transform({
    transform(chunk: Buffer, _encoding, next) {
      bytes += chunk.length;
      next(bytes > limit ? tooLarge() : null, chunk);
    },
  });
  // Not `pipeline`: it would close the connection, over which the caller is to learn what was wrong.
  payload.once('error', (error) => cap.destroy(error));
  done(null, payload.pipe(cap));
}

function announcedBytes(request: WithHeaders): number {
  return Number(request.headers['content-length'] ?? 0);
}
