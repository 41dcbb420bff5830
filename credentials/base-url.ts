/**
 * For the expressions of credential tests: the fields 'Base URL' and 'API Version' as the service takes them. Blanks and closing
 * slashes are no part of a URL, and a field that was emptied is as if it was never changed. `fallback` is an expression.
 */
export const baseUrlOr = (fallback: string): string =>
  `(($credentials.baseUrl || "").trim() || ${fallback}).replace(/\\/+$/, "")`;

export const apiVersionOr = (fallback: string): string => `($credentials.apiVersion || "").trim() || "${fallback}"`;
