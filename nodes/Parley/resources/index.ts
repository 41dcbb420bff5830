import type { Resource } from '../../shared/operation.ts';
import { deliveryResource } from './delivery/index.ts';

/** The first is what a new node starts with. */
export const PARLEY_RESOURCES: readonly Resource[] = [deliveryResource];
