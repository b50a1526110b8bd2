// Goes through the admin as one of the staff: signs in, looks for a row, opens it with its look-ups and calendars,
// then the lists of permissions, and signs out. Prints what it saw as JSON, the browser's complaints among it.
//
//   node admin.mjs --url http://127.0.0.1:8000/admin/ --email … --password … --out admin.png [--browser …]
import { existsSync } from "node:fs";
import { parseArgs } from "node:util";
import { chromium } from "playwright-core";

const BROWSERS = ["/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome"];

const { values: options } = parseArgs({
  options: {
    url: { type: "string" },
    email: { type: "string" },
    password: { type: "string" },
    out: { type: "string" },
    browser: { type: "string", default: process.env.CHROMIUM ?? BROWSERS.find(existsSync) },
  },
});
const saw = { complaints: [] };

async function signIn(page) {
  await page.goto(options.url);
  const [field, form] = [page.locator("#id_code"), page.locator("#id_username")];
  saw.widths = [(await field.boundingBox()).width, (await form.boundingBox()).width];
  await page.fill("#id_username", options.email);
  await page.fill("#id_password", options.password);
  await page.click("input[type=submit]");
  saw.index = await page.textContent("#content h1");
}

// The look-up of a related row asks the server; it and the calendars are made by the admin's scripts.
async function openAPackage(page) {
  await page.goto(`${options.url}catalog/servicepackage/?q=a`);
  await page.click("#result_list tbody tr:first-child th a");
  await page.locator(".select2-selection").first().click();
  const offered = page.locator(".select2-results__option:not(.loading-results)");
  await offered.first().waitFor();
  saw.offered = await offered.count();
  await page.keyboard.press("Escape");
  await page.locator(".datetimeshortcuts a").nth(1).click();
  saw.calendars = await page.locator(".calendarbox:visible").count();
  if (options.out) await page.screenshot({ path: options.out });
}

// So are the two lists side by side.
async function openAGroup(page) {
  await page.goto(`${options.url}auth/group/add/`);
  saw.permissions = await page.locator("#id_permissions_from option").count();
  await page.goto(`${options.url}orders/order/`);
  saw.orders = await page.locator("#result_list tbody tr").count();
}

const browser = await chromium.launch({
  executablePath: options.browser,
  args: ["--no-sandbox", "--disable-gpu", "--disable-quic", "--disable-background-networking", "--disable-sync"],
});
try {
  const page = await browser.newPage({ viewport: { width: 1440, height: 900 }, colorScheme: "light" });
  page.on("console", (message) => ["error", "warning"].includes(message.type()) && saw.complaints.push(message.text()));
  page.on("pageerror", (error) => saw.complaints.push(String(error)));
  await signIn(page);
  await openAPackage(page);
  await openAGroup(page);
  await page.click("#logout-form button");
  saw.left = await page.textContent("#content");
  console.log(JSON.stringify(saw));
} finally {
  await browser.close();
}
