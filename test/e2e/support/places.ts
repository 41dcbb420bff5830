import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** The repository's root folder, absolute, without a slash at its end. */
export const repositoryFolder = fileURLToPath(new URL('../../..', import.meta.url)).replace(/\/$/, '');

/** What a run leaves for people to look at: screenshots, n8n's log. Ignored by git, kept by CI. */
export const artifactsFolder = join(repositoryFolder, 'artifacts');
