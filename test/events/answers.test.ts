/** What an answer to a delivery proves: see also `deliver.test.ts`, where it has its effects. */
import type { HttpResponse } from '../../service/src/core/http.ts';
import { readAnswer, type Outcome } from '../../service/src/events/answers.ts';

const ID = 'dlv_1';
const HTML = { 'content-type': 'text/html; charset=utf-8' };
const JSON_TYPE = { 'content-type': 'application/json; charset=utf-8' };

function answer(status: number, body?: unknown, headers: Record<string, string> = {}): HttpResponse {
  return { status, headers, body };
}
const page = (title: string, status = 200) =>
  answer(status, `<html lang='en'>\n<head><title>${title}</title></head><body>…</body></html>`, HTML);
const json = (status: number, body: unknown) => answer(status, body, JSON_TYPE);

/** By a receiver that confirms, by one that does not. */
type Case = [string, HttpResponse, Outcome, Outcome];

describe('a trigger', () => {
  test.each<Case>([
    ['repeats the id as a header', answer(200, undefined, { 'webhook-id': ID }), 'taken', 'taken'],
    ['repeats the id in its body', json(200, { 'webhook-id': ID }), 'taken', 'taken'],
    ['repeats the id with a page', answer(200, '<html>', { ...HTML, 'webhook-id': ID }), 'taken', 'taken'],
    ['repeats the id, 202', answer(202, undefined, { 'webhook-id': ID }), 'taken', 'taken'],
    ['repeats another id', answer(200, undefined, { 'webhook-id': 'dlv_2' }), 'away', 'taken'],
    [
      'repeats the id with a status that is no success',
      answer(500, undefined, { 'webhook-id': ID }),
      'refused',
      'refused',
    ],
    ['answers nothing, 200', answer(200), 'away', 'taken'],
    ['answers nothing, 204', answer(204), 'away', 'taken'],
    ["answers n8n's own words", json(200, { message: 'Workflow was started' }), 'away', 'taken'],
    ['answers a word that n8n labels as HTML', answer(200, 'ok', HTML), 'away', 'taken'],
    ['answers nothing as HTML, as PHP does', answer(200, undefined, HTML), 'away', 'taken'],
    ['answers null', json(200, null), 'away', 'taken'],
    ['answers a list', json(200, [ID]), 'away', 'taken'],
    ['is n8n that starts', answer(200, 'n8n is starting up. Please wait', HTML), 'away', 'away'],
    [
      'is n8n that starts, behind a proxy that drops the type',
      answer(200, 'n8n is starting up. Please wait'),
      'away',
      'away',
    ],
    ['is a log-in page', page('Sign in'), 'away', 'away'],
    ['is a page without a type', answer(200, '<!DOCTYPE html><html></html>'), 'away', 'away'],
    [
      'is a page of a type of its own',
      answer(200, '\n<HTML>', { 'content-type': 'application/xhtml+xml' }),
      'away',
      'away',
    ],
    ['is a part of a page', answer(200, 'Please <a href="/">wait</a>', HTML), 'away', 'away'],
    ['answers words with a sign', answer(200, 'a < b', { 'content-type': 'text/plain' }), 'away', 'taken'],
  ])('%s', (_name, given, confirming, other) => {
    expect(readAnswer(given, { confirms: true, once: false }, ID).outcome).toBe(confirming);
    expect(readAnswer(given, { confirms: false, once: false }, ID).outcome).toBe(other);
  });

  test.each<[number, Outcome]>([
    [301, 'away'],
    [302, 'away'],
    [304, 'away'],
    [400, 'refused'],
    [401, 'away'],
    [403, 'refused'],
    [404, 'away'],
    [408, 'away'],
    [410, 'gone'],
    [413, 'too_large'],
    [422, 'refused'],
    [429, 'away'],
    [500, 'refused'],
    [501, 'refused'],
    [502, 'away'],
    [503, 'away'],
    [504, 'away'],
    [521, 'away'],
    [530, 'away'],
  ])('answers %i: %s', (status, outcome) => {
    for (const confirms of [false, true]) {
      for (const given of [answer(status), page('Error', status), json(status, { message: 'Error' })]) {
        expect(readAnswer(given, { confirms, once: false }, ID).outcome).toBe(outcome);
      }
    }
  });

  test('says why, without what it said', () => {
    const reasons = [json(500, { message: 'secret' }), page('secret'), json(200, { message: 'secret' })].map(
      (given) => readAnswer(given, { confirms: true, once: false }, ID).reason,
    );
    expect(reasons).toEqual([
      'The receiver answered 500',
      'The receiver answered 200 with a page',
      'The receiver answered 200 without confirming the delivery',
    ]);
  });
});

describe('an execution that waits', () => {
  test.each<[string, HttpResponse, Outcome, string]>([
    ['is there', answer(200, undefined, { 'webhook-id': ID }), 'taken', ''],
    [
      'runs',
      json(409, { code: 409, message: 'The execution "7" is running already.' }),
      'refused',
      'execution running',
    ],
    [
      'failed',
      json(409, { code: 409, message: 'The execution "7" has finished with error.' }),
      'gone',
      'execution failed',
    ],
    [
      'finished',
      json(409, { code: 409, message: 'The execution "7 has finished already.' }),
      'gone',
      'execution finished',
    ],
    ['finished, told by a page', page('No action required'), 'gone', 'execution finished'],
    ['is unknown', json(404, { code: 404, message: 'The execution "7" does not exist.' }), 'gone', 'execution unknown'],
    [
      'waits elsewhere',
      json(404, {
        message: 'The workflow for execution "7" does not contain a waiting webhook with a matching path/method.',
      }),
      'gone',
      'execution elsewhere',
    ],
    [
      'has no such node',
      json(404, { code: 404, message: 'Could not find node to process webhook.' }),
      'gone',
      'execution elsewhere',
    ],
    ['is of an n8n with another key', json(401, { error: 'Invalid token' }), 'gone', 'signature refused'],
    ['is gone', answer(410), 'gone', 'gone'],
  ])('%s', (_name, given, outcome, reason) => {
    for (const confirms of [false, true])
      expect(readAnswer(given, { confirms, once: true }, ID)).toMatchObject({ outcome, reason });
  });

  test.each<[string, HttpResponse, Outcome]>([
    [
      '404 of a proxy that lost its backend',
      answer(404, '404 page not found', { 'content-type': 'text/plain' }),
      'away',
    ],
    ['404 with a page', page('Not Found', 404), 'away'],
    ['404 of another JSON', json(404, { message: 'no Route matched with those values' }), 'away'],
    ['401 of a proxy', page('Authorization Required', 401), 'away'],
    ['401 of a gateway', json(401, { message: 'No API key found in request' }), 'away'],
    ['409 of somebody else', json(409, { message: 'Conflict' }), 'refused'],
    ['500 of n8n', json(500, { code: 0, message: 'Error in workflow' }), 'refused'],
    ['503 of n8n that starts', json(503, { code: 503, message: 'Database is not ready!' }), 'away'],
    ['502', page('Bad Gateway', 502), 'away'],
    ['504', page('Gateway Time-out', 504), 'away'],
    ['200 of n8n that starts', answer(200, 'n8n is starting up. Please wait', HTML), 'away'],
    ['200 with another page', page('Sign in'), 'away'],
  ])('is not known to be over by %s', (_name, given, outcome) => {
    expect(readAnswer(given, { confirms: false, once: true }, ID).outcome).toBe(outcome);
  });

  test('of nodes of before answers a word', () => {
    expect(readAnswer(answer(200, 'ok', HTML), { confirms: false, once: true }, ID).outcome).toBe('taken');
  });
});

test('the words of an execution count on resume URLs only', () => {
  const given = json(409, { message: 'The execution "7" has finished with error.' });
  expect(readAnswer(given, { confirms: false, once: false }, ID).outcome).toBe('refused');
});
