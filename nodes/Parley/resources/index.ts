import type { INodeProperties } from 'n8n-workflow';
import { resourceProperties, type Resource } from '../../shared/operation.ts';
import { downloadOperation, mediaResource } from '../../shared/operations/media.ts';
import { conversationResource } from './conversation/index.ts';
import { deliveryResource } from './delivery/index.ts';
import { messageResource } from './message/index.ts';
import { sessionResource } from './session/index.ts';

/** The first is what a new node starts with. */
export const PARLEY_RESOURCES: readonly Resource[] = [
  messageResource,
  conversationResource,
  deliveryResource,
  mediaResource(downloadOperation),
  sessionResource,
];

/** n8n saves no value that is the default: a node of version 1 that names no resource was made when deliveries came first. */
function resourceByVersion(resource: INodeProperties): INodeProperties[] {
  return [
    { ...resource, default: deliveryResource.value, displayOptions: { show: { '@version': [1] } } },
    { ...resource, displayOptions: { hide: { '@version': [1] } } },
  ];
}

export const parleyProperties: INodeProperties[] = resourceProperties(PARLEY_RESOURCES).flatMap((property) =>
  property.name === 'resource' ? resourceByVersion(property) : [property],
);
