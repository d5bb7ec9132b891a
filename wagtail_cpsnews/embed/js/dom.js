// @ts-check
/** Elements, and addresses that are safe to put into them. */

/**
 * Leads a link to an address, made absolute; one that is not to be followed (`javascript:`) leaves plain text.
 * @param {HTMLAnchorElement} link @param {string | null} [address]
 */
export const lead = (link, address) => {
  link.href = address || "none:";
  if (!/^https?:/.test(link.href)) link.removeAttribute("href");
  return link.href;
};

/** The absolute address, or nothing if it is not one to follow. @param {string | null} [address] */
export const http = (address) => lead(make("a"), address);

/**
 * Text brings its own direction, without which the full stop of an Arabic sentence jumps; boxes have the page's.
 * @template {keyof HTMLElementTagNameMap} T @param {T} tag @param {string} [part] @param {string} [textContent] @param {object} [more]
 * @returns {HTMLElementTagNameMap[T]}
 */
export const make = (tag, part = "", textContent = "", more) => Object.assign(document.createElement(tag), { dir: /^[bipst]|li/.test(tag) ? "auto" : "", part, textContent }, more);
