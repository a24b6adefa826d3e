// Somebody at a browser: node browser.mjs URL LOGIN. Prints where they get, and what went wrong.
import { chromium } from "playwright-core";

const [url, login] = process.argv.slice(2);
const browser = await chromium.launch({
  executablePath: "/usr/bin/chromium",
  args: ["--no-sandbox", "--disable-gpu", "--disable-background-networking"],
});
const page = await browser.newPage();
const complaints = [];
page.on("console", (message) => {
  if (message.type() === "error") complaints.push(message.text());
});
await page.goto(url);
await page.getByRole("link", { name: "Log in by Astro ID" }).click();
await page.locator("[name=login]").fill(login);
await page.locator("[name=password]").fill("any");
await page.locator("[type=submit]").click();
await page.locator("[type=submit]").click(); // consent
await page.waitForURL((now) => now.pathname.startsWith("/account"));
const reached = page.url();
const heading = await page.locator("h1").textContent();
await page.setViewportSize({ width: 390, height: 800 });
const beyond = await page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth);
const cookies = await page.context().cookies();
const session = cookies.find((cookie) => cookie.name === "SESSION");
await page.getByRole("button", { name: "Log out", exact: true }).click();
await page.getByRole("link", { name: "Log out at Astro ID too" }).click();
await page.locator("[name=logout][value=yes]").click();
await page.waitForURL((now) => now.pathname === "/");
console.log(JSON.stringify({
  url: reached,
  heading,
  beyond, // pixels that the page is wider than a small screen
  session: session && { httpOnly: session.httpOnly, sameSite: session.sameSite },
  flow: cookies.some((cookie) => cookie.name === "OIDC"),
  afterwards: page.url(),
  complaints: complaints.filter((text) => text.includes("Security")),
}));
await browser.close();
