import { fileURLToPath } from 'node:url';

/** The repository's root: its package.json and `dist/` are what n8n would install. Run `npm run build` first. */
export const PACKAGE_DIR = fileURLToPath(new URL('../..', import.meta.url));
