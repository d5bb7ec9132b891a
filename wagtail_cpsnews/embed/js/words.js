// Written by `make widget` from the registry of taxonomies and the gettext catalogues in locale/: change them there.
export const TAXONOMIES = "kind crime-type area topic";
/** @type {Record<string, Record<string, string>>} */
export const WORDS = {
  "en": {
    "loading": "Loading…",
    "error": "The stories could not be loaded.",
    "more": "Show more stories",
    "came": "Stories added:",
    "previous": "Previous page",
    "next": "Next page",
    "search": "Search"
  },
  "cy": {
    "loading": "Wrthi’n llwytho…",
    "error": "Nid oedd modd llwytho’r straeon.",
    "more": "Dangos rhagor o straeon",
    "came": "Straeon a ychwanegwyd:",
    "previous": "Tudalen flaenorol",
    "next": "Tudalen nesaf",
    "search": "Chwilio"
  }
};
