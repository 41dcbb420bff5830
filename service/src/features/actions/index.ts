/** Gives what only one provider has, by name. */
import type { Feature, Kernel } from '../feature.ts';
import { ActionsController } from './actions.controller.ts';
import { Actions } from './actions.ts';

export function actions(kernel: Kernel): Feature {
  return { name: 'actions', controllers: [ActionsController], services: [new Actions(kernel)] };
}
