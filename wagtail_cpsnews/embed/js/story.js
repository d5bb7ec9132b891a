// @ts-check
/** One story of the list. */

import { pageWord } from "./attributes.js";
import { http, lead, make } from "./dom.js";

/** @import { Item } from "./cps-news.js" */

/**
 * Puts a story into its list item.
 * @param {HTMLElement} host @param {HTMLLIElement} node @param {Item} item @param {string} lang  of labels and dates
 */
export const fill = (host, node, item, lang) => {
  const link = /** @type {HTMLAnchorElement | null} */ (node.querySelector("a")) ?? node.appendChild(make("a", "link"));
  for (const other of [...node.children]) if (other !== link) other.remove(); // never the link itself: it may have the focus
  node.lang = item.language;
  link.textContent = item.title;
  lead(link, item.url);
  const meta = make("p", "meta", "", { lang });
  meta.append(make("time", "", item.published_display, { dateTime: item.published }));
  const foreign = item.language !== lang && { label: pageWord(host, item.language) || item.language_display };
  for (const term of [foreign, item.kind, item.crime_types, item.areas].flat()) if (term) meta.append(" · ", make("span", "", term.label));
  node.append(meta);
  for (const update of item.latest_updates ?? []) {
    const heading = make("span", "", "", { lang: update.language ?? lang });
    heading.append(make("b", "", update.label), " · ", make("time", "", update.date_display, { dateTime: update.date }));
    const line = make("p", update.kind === "outcome" ? "update outcome" : "update");
    line.append(heading, " ", update.text);
    node.append(line);
  }
  if (item.summary) node.append(make("p", "summary", item.summary));
  if (!item.image) return;
  const { url, alt, width, height } = item.image;
  const image = make("img", "image", "", { loading: "lazy", alt, width, height, src: http(url) });
  image.onerror = () => image.remove(); // the page's policy may forbid it
  node.prepend(image);
};
