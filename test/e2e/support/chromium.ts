import { existsSync } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { delimiter, join } from 'node:path';
import { type Browser, type Locator, type Page, chromium, selectors } from 'playwright-core';
import type { Owner } from './n8n-rest.ts';
import { artifactsFolder } from './places.ts';

const flags = [
  '--headless',
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];

/** Generous: the editor is a large application and the machine may be slow. */
const patienceMs = 60_000;

/** What distributions and Google call the program, in the order of preference. */
const programNames = ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable'];

/**
 * Opens n8n's editor in headless Chromium (`$CHROMIUM_PATH`, else the first of its names on the path) and signs in
 * through the editor's form. Throws when there is no Chromium or the sign-in does not go through within a minute.
 */
export async function openEditor(n8nUrl: string, owner: Owner): Promise<Editor> {
  selectors.setTestIdAttribute('data-test-id');
  const browser = await chromium.launch({ executablePath: chromiumPath(), args: flags });
  try {
    const page = await browser.newPage({ viewport: { width: 1440, height: 900 }, colorScheme: 'light' });
    page.setDefaultTimeout(patienceMs);
    const editor = new Editor(browser, page, n8nUrl);
    await editor.signIn(owner);
    return editor;
  } catch (error) {
    await browser.close();
    throw error;
  }
}

function chromiumPath(): string {
  if (process.env.CHROMIUM_PATH !== undefined) return process.env.CHROMIUM_PATH;
  const folders = (process.env.PATH ?? '').split(delimiter);
  const found = programNames
    .flatMap((name) => folders.map((folder) => join(folder, name)))
    .find((path) => existsSync(path));
  if (found === undefined) {
    throw new Error('No Chromium on the path: install it (apt-get install chromium) or set CHROMIUM_PATH');
  }
  return found;
}

/** One signed-in browser window. Its selectors are n8n's own test ids, pinned with n8n's version. */
export class Editor {
  /** For anything that has no method here. */
  readonly page: Page;
  private readonly browser: Browser;
  private readonly url: string;

  constructor(browser: Browser, page: Page, url: string) {
    this.browser = browser;
    this.page = page;
    this.url = url;
  }

  async signIn(owner: Owner): Promise<void> {
    await this.page.goto(`${this.url}/signin`);
    await this.page.locator('input[type="email"], input[name="emailOrLdapLoginId"]').fill(owner.email);
    await this.page.locator('input[type="password"]').fill(owner.password);
    await this.page.getByTestId('form-submit-button').click();
    await this.page.waitForURL((address) => !address.pathname.startsWith('/signin'));
  }

  /** Opens a saved workflow and waits until its nodes are drawn. */
  async openWorkflow(workflowId: string): Promise<void> {
    await this.page.goto(`${this.url}/workflow/${workflowId}`);
    await this.page.getByTestId('canvas-node').first().waitFor();
  }

  /** The names of the nodes on the canvas. */
  async nodeNames(): Promise<string[]> {
    const nodes = await this.page.getByTestId('canvas-node').all();
    return await Promise.all(nodes.map(async (node) => (await node.getAttribute('data-node-name')) ?? ''));
  }

  /**
   * The address of the image that a node on the canvas shows, e.g. `/icons/<package>/dist/….svg`. Throws when it shows
   * none (n8n does not know the type) or when n8n does not serve it.
   */
  async nodeIcon(nodeName: string): Promise<string> {
    const image = this.node(nodeName).locator('img').first();
    await image.waitFor({ timeout: 10_000 });
    const address = new URL((await image.getAttribute('src')) ?? '', this.url);
    const response = await this.page.request.get(address.href);
    const type = response.headers()['content-type'] ?? 'no type';
    if (!response.ok() || !type.startsWith('image/')) {
      throw new Error(`The icon of ${nodeName}, ${address.pathname}, answers ${response.status()} ${type}`);
    }
    return address.pathname;
  }

  /** Opens a node's detail panel, where its parameters are, and answers the panel. */
  async openNode(nodeName: string): Promise<Locator> {
    await this.node(nodeName).dblclick();
    const panel = this.page.getByTestId('ndv');
    await panel.waitFor();
    return panel;
  }

  /** Closes the detail panel. */
  async closeNode(): Promise<void> {
    await this.page.keyboard.press('Escape');
    await this.page.getByTestId('ndv').waitFor({ state: 'hidden' });
  }

  /** Writes `artifacts/<name>.png` and answers its path. */
  async screenshot(name: string): Promise<string> {
    await mkdir(artifactsFolder, { recursive: true });
    const path = join(artifactsFolder, `${name}.png`);
    await this.page.screenshot({ path, animations: 'disabled' });
    return path;
  }

  async close(): Promise<void> {
    await this.browser.close();
  }

  private node(name: string): Locator {
    return this.page.locator(`[data-test-id="canvas-node"][data-node-name="${name}"]`);
  }
}
