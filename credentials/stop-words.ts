import type { INodeProperties } from 'n8n-workflow';

/** For credentials of every channel: what Parley makes of a stop that somebody writes. */
export const stopWords: INodeProperties = {
  displayName: 'Stop Words',
  name: 'stopWords',
  type: 'options',
  options: [
    {
      name: 'Stop Everything but Answers',
      value: 'all',
      description: 'Whoever writes STOP gets no campaigns, no marketing and no notices, from any of your accounts',
    },
    {
      name: 'Stop Marketing',
      value: 'marketing',
      description: 'Whoever writes STOP gets no campaigns and no marketing, from any of your accounts',
    },
    { name: 'Do Not Read', value: 'off', description: 'Only what the provider tells by itself counts' },
  ],
  default: 'all',
  description: "What to do when a contact writes STOP, in any of some forty languages. 'START' takes it back.",
};
