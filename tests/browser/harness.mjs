// Debian's Chromium, and a person in front of it.
import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';

import { chromium } from 'playwright-core';

const AXE = await readFile(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');

// Longer than anything here takes on a busy machine.
const LIMIT_MS = 20_000;

export async function launch() {
  return chromium.launch({
    executablePath: '/usr/bin/chromium',
    // In a container its sandbox has nothing to stand on; it only loads what the test serves.
    args: ['--no-sandbox'],
  });
}

export const SIZES = { desktop: { width: 1280, height: 800 }, phone: { width: 390, height: 844 } };

// One visitor of the dashboard of `mesh`. `complaints` gathers what nobody should see: errors in the
// console and of scripts, and requests to hosts other than the dashboard's.
export class Visitor {
  static async come(browser, mesh, { scheme = 'light', size = SIZES.desktop } = {}) {
    const visitor = new Visitor();
    visitor.url = mesh.run.dashboard_url;
    visitor.context = await browser.newContext({
      viewport: size, colorScheme: scheme, reducedMotion: 'reduce', permissions: ['clipboard-read', 'clipboard-write'] });
    visitor.context.setDefaultTimeout(LIMIT_MS);
    visitor.complaints = [];
    visitor.page = await visitor.context.newPage();
    const { origin } = new URL(visitor.url);
    visitor.page.on('pageerror', (error) => visitor.complaints.push(error.message));
    visitor.page.on('console', (message) => {
      // An answer that is an error is shown to the person, and by the browser to the console.
      if (message.type() === 'error' && !message.text().startsWith('Failed to load resource')) {
        visitor.complaints.push(message.text());
      }
    });
    visitor.page.on('request', (request) => {
      if (new URL(request.url()).origin !== origin) visitor.complaints.push(`request to ${request.url()}`);
    });
    return visitor;
  }

  // Opens a page of the dashboard by its address.
  async open(path = '') {
    await this.page.goto(this.url + path);
  }

  async logIn(key) {
    await this.open();
    await this.page.getByLabel('API key').fill(key);
    await this.page.getByRole('button', { name: 'Log in' }).click();
    await this.page.getByRole('heading', { name: 'Integrated accounts' }).waitFor();
  }

  // Waits until the page shows what it asked for.
  async settle() {
    await this.page.getByRole('heading', { level: 1 }).first().waitFor();
    await this.page.waitForFunction(() => document.querySelector('[aria-label=Loading]') === null);
    // What came last is drawn.
    await this.page.evaluate(() => new Promise((drawn) => { requestAnimationFrame(() => requestAnimationFrame(drawn)); }));
  }

  // What axe finds, serious or worse.
  async seriousFindings() {
    const { violations } = await this.page.evaluate(`${AXE}; axe.run()`);
    return violations.filter(({ impact }) => ['serious', 'critical'].includes(impact)).map(
      ({ id, nodes }) => `${id}: ${nodes.map(({ target, failureSummary }) => `${target} ${failureSummary}`).join('; ')}`);
  }

  async clipboard() {
    return this.page.evaluate(() => navigator.clipboard.readText());
  }

  async leave() {
    await this.context.close();
    assert.deepEqual(this.complaints, []);
  }
}
