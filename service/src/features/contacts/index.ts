/** Finds who somebody is by an address, and erases a person who is to be forgotten. */
import type { Feature, Kernel } from '../feature.ts';
import { ContactsController } from './contacts.controller.ts';
import { Directory } from './directory.ts';

export function contacts(kernel: Kernel): Feature {
  return {
    name: 'contacts',
    controllers: [ContactsController],
    services: [kernel.eraser, new Directory(kernel)],
  };
}
