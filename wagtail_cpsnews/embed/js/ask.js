// @ts-check
/** Requests of all the page's elements. */

/** @type {Record<string, Promise<[Response, string]>>} under way, by address: what several elements show is asked for once */
const asked = {};

/** The publisher's answer and its text. @param {string} address */
export const ask = (address) => {
  const limit = new AbortController();
  setTimeout(() => limit.abort(), 20_000);
  return (asked[address] ??= fetch(address, { cache: "no-cache", signal: limit.signal })
    .then(async (response) => /** @type {[Response, string]} */ ([response, await response.text()]))
    .finally(() => delete asked[address]));
};
