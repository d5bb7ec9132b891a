// Written by `make widget` from the gettext catalogues in locale/: change the words there.
/** @type {Record<string, Record<string, string>>} */
export const WORDS = {
  "en": {
    "error": "The stories could not be loaded.",
    "more": "Show more stories",
    "came": "Stories added:",
    "previous": "Previous page",
    "next": "Next page",
    "search": "Search",
    "en": "English",
    "cy": "Welsh",
    "kind": "news type"
  },
  "cy": {
    "error": "The stories could not be loaded.",
    "more": "Dangos rhagor o straeon",
    "came": "Stories added:",
    "previous": "Tudalen flaenorol",
    "next": "Tudalen nesaf",
    "search": "Chwilio",
    "en": "Saesneg",
    "cy": "Cymraeg",
    "kind": "math o newyddion",
    "crime-type": "math o drosedd",
    "area": "ardal",
    "topic": "pwnc"
  }
};
