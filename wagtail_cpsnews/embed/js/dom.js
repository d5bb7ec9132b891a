// @ts-check
/** Elements, and addresses that are safe to put into them. */

/** The absolute address, or nothing if it is not one to follow (`javascript:`). @param {string | null} [address] */
export const http = (address) => {
  try {
    const url = new URL(address || "none:", document.baseURI);
    return /^https?:$/.test(url.protocol) ? url.href : "";
  } catch {
    return "";
  }
};

/**
 * Text brings its own direction, without which the full stop of an Arabic sentence jumps; boxes have the page's.
 * @template {keyof HTMLElementTagNameMap} T @param {T} tag @param {string} [part] @param {string} [textContent] @param {object} [more]
 * @returns {HTMLElementTagNameMap[T]}
 */
export const make = (tag, part = "", textContent = "", more) => Object.assign(document.createElement(tag), { dir: /^[bipst]|li/.test(tag) ? "auto" : "", part, textContent }, more);
