/** Describes requests about actions, as the API checks and documents them. */
import { object } from '../../api/schemas.ts';

export const actionInput = object.default({});
