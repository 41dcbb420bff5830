/** Opens files that providers keep behind credentials, and behind redirects to a storage that must not get them. */
import type { ConnectorIo } from '../../connectors/connector.ts';
import type { HttpStreamResponse } from '../../core/http.ts';

/** To the storage, and on from there. */
const MAX_REDIRECTS = 3;

/** Where the storage has the file. Plain http only from a stand-in that is on it too. */
function nextHop({ status, headers }: HttpStreamResponse, from: string): string | undefined {
  const location = headers['location'];
  if (status < 300 || status > 399 || location === undefined || !URL.canParse(location, from)) return undefined;
  const next = new URL(location, from);
  return next.protocol === 'https:' || new URL(from).protocol === 'http:' ? next.href : undefined;
}

/**
 * Opens a file: the first request has the headers with the credentials, those after a redirect to another host have none. Answers the last response,
 * whose stream is destroyed where its status is not 200.
 */
export async function openFile(
  url: string,
  headers: Readonly<Record<string, string>>,
  io: ConnectorIo,
): Promise<HttpStreamResponse> {
  let at = url;
  let response = await io.http.stream({ method: 'GET', url: at, headers: { ...headers } });
  for (let hops = 0; hops < MAX_REDIRECTS; hops++) {
    const next = nextHop(response, at);
    if (next === undefined) break;
    response.stream.destroy();
    at = next;
    response = await io.http.stream({ method: 'GET', url: at });
  }
  if (response.status !== 200) response.stream.destroy();
  return response;
}
