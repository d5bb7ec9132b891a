// @ts-check
/**
 * `<cps-news>`: a publisher's latest stories on somebody else's page.
 *
 *     <script type="module" async="" src="https://publisher/newsroom/embed/v1.js"></script>
 *     <cps-news src="https://publisher/newsroom/" crime-type="fraud hate-crime" area="wessex" page-size="5">
 *       <a href="https://publisher/news/">Latest news from …</a>
 *     </cps-news>
 *
 * The link inside shows until there is a list and whenever there is none; its copy ends the list.
 * Attributes, events, parts and properties are described in docs/embed/element.md.
 *
 * Nothing happens where there is no page, on a server.
 *
 * Every byte of this file is paid for by other people's readers: at most 5 kB compressed, held by a test.
 */

/** @typedef {"loading" | "ready" | "empty" | "error"} State */
/** @typedef {{slug: string, label: string}} Term */
/** @typedef {Term & {count: number, selected: boolean}} Facet */
/** @typedef {{url: string, width: number, height: number, alt: string}} Picture */
/** @typedef {{kind: string, label: string, language?: string, date: string, date_display: string, text: string}} Update */
/** @typedef {{id: string, title: string, url: string, published: string, published_display: string, language: string,
 *   language_display?: string, kind?: Term | null, crime_types?: Term[], areas?: Term[], summary?: string,
 *   image?: Picture | null, latest_updates?: Update[]}} Item */
/** @typedef {{lang: string, page: number, q?: string}} Asked  the list's parameters as the publisher read them */
/** @typedef {{results: Item[], summary: string, next: string | null, previous: string | null, query: Asked,
 *   facets?: Record<string, Facet[]>, facet_labels?: Record<string, string>}} List */
/** @typedef {{url: string, status: number, errors?: {message?: string}[], error?: unknown}} Failure */

import { PARAMETERS } from "./attributes.js";
import { control } from "./control.js";

const Base = /** @type {typeof HTMLElement} */ (globalThis.HTMLElement ?? Object);

export class CpsNews extends Base {
  static observedAttributes = [...PARAMETERS, ..."src heading heading-level summary images loading unstyled filter filters search paging".split(" ")];

  /** @type {State} also as `:state()`, not in an attribute: a framework would miss it in its own markup */
  state = "loading";

  #control = control(this);

  /** Asks for the list now. Never rejects; resolves with the state once the answer has been dealt with. */
  async refresh() {
    if (this.isConnected) await this.#control.load();
    return this.state;
  }

  connectedCallback() {
    this.#control.enter();
  }

  disconnectedCallback() {
    this.#control.quit();
  }

  /** @param {string} name @param {string | null} old @param {string | null} now */
  attributeChangedCallback(name, old, now) {
    if (old !== now) this.#control.change();
  }
}

if (globalThis.customElements && /** @type {any} */ (CpsNews.prototype).attachShadow && !customElements.get("cps-news")) customElements.define("cps-news", CpsNews);
