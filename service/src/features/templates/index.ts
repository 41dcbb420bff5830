/** Lists, makes, changes and deletes templates at the provider. */
import type { Feature, Kernel } from '../feature.ts';
import { TemplatesController } from './templates.controller.ts';
import { Templates } from './templates.ts';

export function templates(kernel: Kernel): Feature {
  return { name: 'templates', controllers: [TemplatesController], services: [new Templates(kernel)] };
}
