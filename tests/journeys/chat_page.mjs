// Opens the page on which Ben and Ada talk, and has them write to each other there.
// usage: node chat_page.mjs --api http://127.0.0.1:8000/graphql/ --out chat.png [--browser …]
import { existsSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { chromium } from 'playwright-core';
import { serve } from './chat_page/serve.mjs';

const BROWSERS = ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'];
const PATIENCE = 20_000;

const { values: options } = parseArgs({
  options: {
    api: { type: 'string' },
    out: { type: 'string' },
    browser: { type: 'string', default: process.env.CHROMIUM ?? BROWSERS.find(existsSync) },
  },
});

/** What one of the two sees at last. */
async function sees(phone) {
  const last = phone.locator('#messages li').last();
  return {
    other: await phone.textContent('#other'),
    state: await phone.textContent('#state'),
    words: await last.evaluate(({ firstChild }) => firstChild.textContent),
    messages: await phone.locator('#messages li:not(.day)').count(),
    isOwn: await last.evaluate(({ classList }) => classList.contains('own')),
  };
}

/** The newest message of some words. */
const saying = (phone, words) => phone.locator('#messages li', { hasText: words }).last();
const shown = (phone, words) => saying(phone, words).waitFor({ timeout: PATIENCE });
const tick = (phone, words, state) =>
  saying(phone, words).locator(`.tick[data-state=${state}]`).waitFor({ timeout: PATIENCE });
const here = (phone) => phone.locator('#face.here').waitFor({ timeout: PATIENCE });

async function say(phone, words) {
  await phone.locator('#words').pressSequentially(words, { delay: 5 });
  await phone.locator('#writer button').click();
}

async function story(page) {
  await page.goto(await serve(options.api));
  await page.waitForFunction(() => frames.length === 2);
  const [ben, ada] = ['ben', 'ada'].map((name) => page.frame({ name }));
  await Promise.all([here(ben), here(ada)]);
  await say(ben, 'Tomorrow morning is fine, shall we say nine?');
  await shown(ada, 'shall we say nine?');
  await tick(ben, 'shall we say nine?', 'read');
  await say(ada, 'Nine it is. I bring the cartridge.');
  await shown(ben, 'Nine it is.');
  await tick(ada, 'Nine it is.', 'read');
  await ada.locator('#words').pressSequentially('See you');
  await ben.locator('#typing:not(:empty)').waitFor({ timeout: PATIENCE });
  const typing = await ben.textContent('#typing');
  if (options.out) await page.screenshot({ path: options.out });
  return { ben: await sees(ben), ada: await sees(ada), typing };
}

const browser = await chromium.launch({
  executablePath: options.browser,
  args: ['--no-sandbox', '--disable-gpu', '--disable-quic', '--disable-background-networking', '--disable-sync'],
});
try {
  const page = await browser.newPage({ viewport: { width: 1000, height: 860 }, timezoneId: 'Africa/Johannesburg' });
  const errors = [];
  page.on('console', (message) => message.type() === 'error' && errors.push(message.text()));
  page.on('pageerror', (error) => errors.push(String(error)));
  const saw = await story(page).catch((error) => {
    throw new Error([error, ...errors].join('\n'));
  });
  console.log(JSON.stringify({ ...saw, errors }));
} finally {
  await browser.close();
}
process.exit(0);
