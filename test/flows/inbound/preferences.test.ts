/** Webhooks overtake each other: of a contact's wishes the latest counts, not the one that came last. */
import { ANA, BEN, closeApps, startApp, type App } from '../../support/app.ts';
import { postsChange } from '../../support/meta-messages.ts';

afterEach(closeApps);

/** A wish of Ana's, so many minutes after the start. */
const wishes = (app: App, value: 'stop' | 'resume', minute: number) =>
  postsChange(app, 'user_preferences', {
    user_preferences: [
      {
        wa_id: ANA,
        category: 'marketing_messages',
        value,
        timestamp: Math.floor(app.clock.now() / 1000) + 60 * minute,
      },
    ],
  });

async function appWithTemplate(): Promise<App> {
  const app = await startApp();
  app.sandbox.templates.seed({ name: 'news', category: 'MARKETING', components: [{ type: 'BODY', text: 'News' }] });
  return app;
}

const campaign = (app: App, to = ANA) =>
  app.send('', {
    to: `+${to}`,
    purpose: 'campaign',
    content: { type: 'template', name: 'news', language: 'en_US' },
  });

test.each<[string, ['stop' | 'resume', number][], number]>([
  ['stop', [['stop', -5]], 409],
  [
    'stop, then a resume',
    [
      ['stop', -5],
      ['resume', -4],
    ],
    202,
  ],
  [
    'stop, then an older resume',
    [
      ['stop', -5],
      ['resume', -6],
    ],
    409,
  ],
  [
    'stop, an older resume, a newer one',
    [
      ['stop', -5],
      ['resume', -6],
      ['resume', -4],
    ],
    202,
  ],
  [
    'stop twice, then a resume from in between',
    [
      ['stop', -9],
      ['stop', -5],
      ['resume', -7],
    ],
    409,
  ],
  [
    'stop, an older stop, then a resume from in between',
    [
      ['stop', -5],
      ['stop', -9],
      ['resume', -7],
    ],
    409,
  ],
])('%s', async (_name, list, status) => {
  const app = await appWithTemplate();
  for (const [value, minute] of list) await wishes(app, value, minute);
  expect((await campaign(app)).status).toBe(status);
  expect((await campaign(app, BEN)).status).toBe(202);
});
