// @ts-check
/** The style sheet, shared by all lists of a page. */

/** @type {CSSStyleSheet[]} */
export const sheets = [];
try {
  const sheet = new CSSStyleSheet();
  // @ts-expect-error The build puts cps-news.css in its place.
  sheet.replaceSync(LIST_CSS);
  sheets.push(sheet);
} catch {
  // Style sheets cannot be constructed here: the list appears unstyled.
}
