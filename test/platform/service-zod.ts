import { createRequire } from 'node:module';

const require = createRequire(new URL('../../service/package.json', import.meta.url));
/**
 * The service's own zod: n8n brings another version, which a bare import from `test/` would find. The types are that other
 * version's: TypeScript would compare every schema of the two, which takes it minutes.
 */
export const { z } = require('zod') as typeof import('zod/v4');
