// What Firefox makes of a page with the widget: `node firefox.mjs FIREFOX URL` writes it down as JSON.
import puppeteer from "puppeteer-core";

const [executablePath, url] = process.argv.slice(2);
const browser = await puppeteer.launch({ browser: "firefox", executablePath, headless: true });
const found = { messages: [] };
try {
  const page = await browser.newPage();
  page.on("console", (message) => found.messages.push(message.text()));
  page.on("pageerror", (error) => found.messages.push(String(error)));
  const look = () =>
    page.evaluate(() => {
      const host = document.querySelector("cps-news");
      const root = host.shadowRoot;
      return {
        state: host.state,
        matches: host.matches(`:state(${host.state})`),
        titles: [...root.querySelectorAll("li a")].map((node) => node.textContent),
        focus: root.activeElement?.textContent ?? "",
        status: root.querySelector("[part=status]").textContent,
        height: root.querySelector("li a")?.getBoundingClientRect().height ?? 0,
        link: host.querySelector("a").checkVisibility(),
      };
    });
  const until = (test, ...values) => page.waitForFunction(test, { timeout: 20_000 }, ...values);
  const many = (number) => until((n) => document.querySelector("cps-news").shadowRoot.querySelectorAll("li").length === n, number);
  await page.goto(url, { waitUntil: "domcontentloaded" });
  await until(() => /ready|error/.test(document.querySelector("cps-news")?.state));
  found.first = await look();
  if (found.first.state === "ready") {
    await page.evaluate(() => [...document.querySelector("cps-news").shadowRoot.querySelectorAll("button")].at(-1).click());
    await many(6);
    found.more = await look();
    await page.evaluate(() => document.querySelector("cps-news").shadowRoot.querySelector("input[value=kent]").click());
    await many(1);
    found.filtered = await look();
    await page.evaluate(() => document.querySelector("cps-news").refresh());
    found.refreshed = await look();
  }
} finally {
  await browser.close();
}
console.log(JSON.stringify(found));
