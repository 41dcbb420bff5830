/** One route: `path` segments beginning with a colon match anything and become parameters. */
export interface Route<H> {
  method: string;
  path: string;
  handler: H;
}

/** A route that fits a request, with the values of its parameters. */
export interface RouteMatch<H> {
  handler: H;
  params: Record<string, string>;
}

/** Finds the first route for a method and a path as it was written; undefined when there is none. */
export function matchRoute<H>(routes: readonly Route<H>[], method: string, path: string): RouteMatch<H> | undefined {
  const segments = path.split('/').filter(Boolean).map(decodeURIComponent);
  for (const route of routes) {
    if (route.method !== method) continue;
    const params = matchSegments(route.path.split('/').filter(Boolean), segments);
    if (params) return { handler: route.handler, params };
  }
  return undefined;
}

/** The methods that a path is there for. */
export function methodsAt(routes: readonly Route<unknown>[], path: string): string[] {
  const fitting = routes.filter((route) => matchRoute([route], route.method, path) !== undefined);
  return [...new Set(fitting.map(({ method }) => method))];
}

function matchSegments(pattern: string[], segments: string[]): Record<string, string> | undefined {
  if (pattern.length !== segments.length) return undefined;
  const params: Record<string, string> = {};
  for (const [index, part] of pattern.entries()) {
    const segment = segments[index] ?? '';
    if (part.startsWith(':')) params[part.slice(1)] = segment;
    else if (part !== segment) return undefined;
  }
  return params;
}
