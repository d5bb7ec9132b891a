// @ts-check
/** What an element's attributes, and its place in the page, say. */

import { http } from "./dom.js";
import { TAXONOMIES, WORDS } from "./words.js";

// In the order of the address: a page that preloads the list has to write the same one.
export const PARAMETERS =
  `q ${TAXONOMIES} published-after published-before language language-only lang order page page-size`.split(" ");

/** The name that the API has for an attribute. @param {string} name */
export const parameter = (name) => name.replaceAll("-", "_");

/** Not so short that it hammers the publisher, not so long that it overflows a timer. @param {number} seconds */
export const milliseconds = (seconds) => Math.min(Math.max(seconds, 10), 1e6) * 1000;

/** @param {HTMLElement} host @param {string} name */
export const text = (host, name) => host.getAttribute(name)?.trim() ?? "";

/** @param {HTMLElement} host @param {string} name */
export const yes = (host, name) => !/^(no|false|0)$/.test(host.getAttribute(name) ?? "no");

/** A time in seconds, as milliseconds. @param {HTMLElement} host @param {string} name @param {number} usual */
export const delay = (host, name, usual) => milliseconds(parseFloat(text(host, name)) || usual);

/** @param {HTMLElement} host @param {string} name */
export const several = (host, name) => text(host, name).split(/\s+/);

/** @param {HTMLElement} host */
export const language = (host) =>
  /** @type {HTMLElement | null} */ (host.closest("[lang]"))?.lang || document.documentElement.lang;

/** The page's language if it is shipped: of labels and dates unless `lang` says another. @param {HTMLElement} host */
export const shipped = (host) => {
  const code = language(host).split("-")[0];
  return WORDS[code] && code;
};

/** @param {HTMLElement} host @param {string} name */
export const word = (host, name) => pageWord(host, name) || WORDS[shipped(host) ?? "en"][name];

/** The page's own word. @param {HTMLElement} host @param {string} name */
export const pageWord = (host, name) =>
  /** @type {HTMLTemplateElement | null} */ (host.querySelector(`template[data-msg="${name}"]`))?.content.textContent?.trim();

/**
 * The API's address of the list; nothing without a usable `src`.
 * @param {HTMLElement} host @param {Record<string, string | number>} chosen
 */
export const listAddress = (host, chosen) => {
  const base = http(text(host, "src"));
  const query = new URLSearchParams();
  /** @type {Record<string, string>} the publisher's own taxonomies: `filter="court=leeds court=hull"` */
  const own = {};
  for (const pair of several(host, "filter")) {
    const [name, value] = pair.replaceAll("_", "-").split("="); // no slug has an underscore
    if (value) own[name] = `${own[name] ?? ""} ${value}`;
  }
  for (const name of new Set([...PARAMETERS, ...Object.keys({ ...own, ...chosen })])) {
    let value = `${chosen[name] ?? own[name] ?? text(host, name)}`;
    // Of a search the API lists the best match first unless it is told.
    value ||= /** @type {Record<string, any>} */ ({ lang: shipped(host), order: query.has("q") && "-published" })[name] || "";
    for (const one of name === "q" ? [value] : value.split(/\s+/)) if (one) query.append(parameter(name), one);
  }
  const fields = `id,title,url,published,published_display,language,language_display,kind,crime_types,areas,latest_updates${yes(host, "summary") ? ",summary" : ""}${yes(host, "images") ? ",image" : ""}`;
  return base && `${base.replace(/\/*([?#].*)?$/, "/")}api/v1/items/?${query}&facets=${text(host, "filters") ? "all" : "none"}&fields=${fields}`;
};
