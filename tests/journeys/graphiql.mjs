// Opens GraphiQL as a newcomer does: signs in by the form, runs the first example, then an example that subscribes.
// Prints what it saw as JSON; ends with 1 when something of it went wrong.
//
//   node graphiql.mjs --url http://127.0.0.1:8000/graphql/ --email … --password … [--code …] --out graphiql.png [--browser …]
//
// The browser is --browser, else $CHROMIUM, else a Chromium or Chrome where systems keep them.
import { existsSync } from "node:fs";
import { parseArgs } from "node:util";
import { chromium } from "playwright-core";

const BROWSERS = ["/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome"];
const PATIENCE = 20_000;

const { values: options } = parseArgs({
  options: {
    url: { type: "string" },
    email: { type: "string" },
    password: { type: "string" },
    code: { type: "string" },
    out: { type: "string" },
    browser: { type: "string", default: process.env.CHROMIUM ?? BROWSERS.find(existsSync) },
  },
});

async function signIn(page) {
  await page.click("#sign-in-open");
  await page.fill("#email", options.email);
  await page.fill("#password", options.password);
  await page.click("#sign-in button[type=submit]");
  if (options.code) await showCode(page);
  await page.waitForSelector("#status[data-state=in], #sign-in-error:not(:empty)", { timeout: PATIENCE });
  const refusal = await page.textContent("#sign-in-error");
  if (refusal) throw new Error(`The sign-in form says: ${refusal}`);
  return page.textContent("#status");
}

// Who has a second factor is asked for it: a wrong code is told, and the right one lets in.
async function showCode(page) {
  await page.waitForSelector("#code:visible", { timeout: PATIENCE });
  await page.fill("#code", "wrong");
  await page.click("#sign-in button[type=submit]");
  await page.waitForSelector("#sign-in-error:not(:empty)", { timeout: PATIENCE });
  if (options.out) await page.screenshot({ path: options.out.replace(".png", "-code.png") });
  await page.fill("#code", options.code);
  await page.click("#sign-in button[type=submit]");
}

async function openTab(page, title) {
  await page.locator(".graphiql-tab-button").getByText(title, { exact: true }).click();
  // GraphiQL reads the new tab's operation a tenth of a second later; until then it would run the old one's name.
  await page.waitForTimeout(500);
}

function run(page) {
  return page.click(".graphiql-execute-button");
}

async function runQuery(page, { title }) {
  await openTab(page, title);
  const answered = page.waitForResponse((response) => response.request().method() === "POST", { timeout: PATIENCE });
  await run(page);
  return (await answered).json();
}

// Started: the server has confirmed the socket, taken the subscription, and neither refused nor ended it at once.
async function runSubscription(page, { title }, frames) {
  await openTab(page, title);
  await run(page);
  const started = () => frames.sent.includes("subscribe") && frames.received.includes("connection_ack");
  const end = Date.now() + PATIENCE;
  while (!started() && Date.now() < end) await page.waitForTimeout(50);
  await page.waitForTimeout(2_000);
  return started() && !frames.received.some((type) => type === "error" || type === "complete");
}

function listen(page) {
  const heard = { errors: [], frames: { sent: [], received: [] } };
  page.on("console", (message) => message.type() === "error" && heard.errors.push(message.text()));
  page.on("pageerror", (error) => heard.errors.push(String(error)));
  page.on("websocket", (socket) => {
    socket.on("framesent", ({ payload }) => heard.frames.sent.push(JSON.parse(payload).type));
    socket.on("framereceived", ({ payload }) => heard.frames.received.push(JSON.parse(payload).type));
  });
  return heard;
}

async function story(page) {
  const { errors, frames } = listen(page);
  await page.goto(options.url);
  await page.waitForSelector(".graphiql-tab-button", { timeout: PATIENCE });
  const signedIn = await signIn(page);
  const { examples } = JSON.parse(await page.textContent("#page"));
  const answer = await runQuery(page, examples[0]);
  if (options.out) await page.screenshot({ path: options.out });
  const live = examples.find(({ query }) => /^subscription\b/m.test(query));
  const subscriptionStarted = live ? await runSubscription(page, live, frames) : false;
  const events = frames.received.filter((type) => type === "next").length;
  return { signedIn, query: answer, subscriptionStarted, events, console_errors: errors };
}

const browser = await chromium.launch({
  executablePath: options.browser,
  args: ["--no-sandbox", "--disable-gpu", "--disable-quic", "--disable-background-networking", "--disable-sync"],
});
try {
  const page = await browser.newPage({ viewport: { width: 1440, height: 900 }, colorScheme: "light" });
  const saw = await story(page);
  console.log(JSON.stringify(saw));
  process.exitCode = saw.query.errors || !saw.subscriptionStarted || saw.console_errors.length ? 1 : 0;
} finally {
  await browser.close();
}
