// @ts-check
/**
 * `<cps-news>`: a publisher's latest stories on somebody else's page.
 *
 *     <script type="module" async src="https://publisher/newsroom/embed/v1.js"></script>
 *     <cps-news src="https://publisher/newsroom/" crime-type="fraud hate-crime" area="wessex" page-size="5">
 *       <p><a href="https://publisher/news/">Latest news from …</a></p>
 *     </cps-news>
 *
 * The link inside shows until there is a list and whenever there is none; its copy ends the list.
 *
 * Attributes. Which stories: `src` (where the publisher mounted the newsroom), `q`, `kind`, `crime-type`, `area`, `topic`
 * (these four take several slugs separated by spaces), `published-after`, `published-before`, `language`, `language-only`,
 * `lang` (of labels and dates), `order`, `page-size`. How they look: `heading`, `heading-level` (2 to 6), `summary="yes"`,
 * `images="yes"`, `theme` (light, dark, auto; without it the page's colours), `unstyled`. When: `loading` (lazy, eager),
 * `refresh` and `max-stale` in seconds, at least 10 (`refresh="0"`: no timer).
 *
 * Events; they bubble, are composed and cancelable:
 * - `cps-news:data` {url, data}: another answer came. A listener may change `data`, or cancel and draw it as it likes.
 * - `cps-news:render` {url, data}: the list is drawn. Cancelled, the element does not write that it is empty.
 * - `cps-news:error` {url, status, errors, error}: no list came; `status` is 0 without an answer, `errors` are the API's.
 *   Cancelled, the element writes nothing, neither for the reader nor in the console.
 *
 * State: `data-state` and `:state()`, one of loading, ready, empty, error. Method: `refresh()`, a promise of the state.
 * Parts: heading, list, item, link, meta, summary, image, more, status. Properties: `--cps-` ink, quiet, accent, line, paper,
 * mark, gap, padding, measure, headline-size, image-width, min-height (room kept until the list is there);
 * set them on the element itself: `theme` brings its own colours.
 */

/** @typedef {"loading" | "ready" | "empty" | "error"} State */
/** @typedef {{slug: string, label: string}} Term */
/** @typedef {{url: string, width: number, height: number, alt: string}} Picture */
/** @typedef {{id: string, title: string, url: string, published: string, published_display: string, language: string,
 *   kind?: Term | null, crime_types?: Term[], areas?: Term[], summary?: string, image?: Picture | null}} Item */
/** @typedef {{results: Item[], summary: string, query?: {lang?: string}}} List */
/** @typedef {{node: HTMLLIElement, link: HTMLAnchorElement, print?: string}} Entry  print: what it was filled with */
/** @typedef {{url: string, status: number, errors: {message?: string}[], error?: unknown}} Failure */

const SEVERAL = ["kind", "crime-type", "area", "topic"];
// In the order of the address: a page that preloads the list has to write the same one.
const PARAMETERS = ["q", ...SEVERAL, "published-after", "published-before", "language", "language-only", "lang", "order", "page-size"];
const FIELDS = "id,title,url,published,published_display,language,kind,crime_types,areas";
const MOMENTS = ["visibilitychange", "pageshow", "online"];
const TIMEOUT = 20_000;
const THROTTLE = 10_000;
const ENGLISH = { lang: "en", loading: "Loading stories", error: "The stories could not be loaded.", more: "See the full list" };
const WELSH = { lang: "cy", loading: "Wrthi’n llwytho straeon", error: "Nid oedd modd llwytho’r straeon.", more: "Gweld y rhestr lawn" };

const CSS = `:host{display:block;min-block-size:var(--cps-min-height,0)}
:host([hidden]),[hidden]{display:none!important}
:host([theme]){--cps-ink:light-dark(#16202c,#e9edf1);--cps-quiet:light-dark(#4c5763,#b3bdc8);--cps-accent:light-dark(#1b5377,#9ccbea);--cps-line:light-dark(#d5dae0,#3b4754);--cps-paper:light-dark(#fff,#141b23);--cps-padding:1em}
:host([theme]) .on{color-scheme:light dark}
:host([theme=light]) .on{color-scheme:light}
:host([theme=dark]) .on{color-scheme:dark}
.on{container-type:inline-size;contain-intrinsic-inline-size:20rem;overflow-wrap:anywhere;padding:var(--cps-padding,0);color:var(--cps-ink,inherit);background:var(--cps-paper,none)}
[part=heading]{font-size:1.35em;line-height:1.25;margin:0 0 .4em}
ol,p{list-style:none;margin:0;padding:0}
li{padding-block:var(--cps-gap,.5em);border-block-end:1px solid var(--cps-line,color-mix(in srgb,currentColor 25%,transparent))}
a{display:flex;align-items:center;inline-size:fit-content;min-block-size:44px;color:var(--cps-accent,inherit);text-decoration:underline 1px;text-underline-offset:.18em}
a:hover{text-decoration-thickness:3px}
a:focus-visible{outline:3px solid #16202c;background:var(--cps-mark,#f2b705);color:#16202c}
li>a,[part=summary]{max-inline-size:var(--cps-measure,66ch)}
li>a{font-size:var(--cps-headline-size,1.125em);font-weight:600;line-height:1.3}
[part=meta]{font-size:.9em;color:var(--cps-quiet,inherit)}
li p{margin-block-start:.3em}
li span{display:inline-block}
:host([data-state=loading]) [part=status]{position:absolute;clip-path:inset(50%)}
img{inline-size:min(100%,20rem);block-size:auto;aspect-ratio:3/2;object-fit:cover;margin-block:.5em}
@container (min-width:28rem){li:has(img){display:grid;grid-template:auto auto 1fr/minmax(0,1fr) var(--cps-image-width,9rem);column-gap:1.25em}img{inline-size:100%;grid-area:1/2/span 3}}
@media (forced-colors:active){a:focus-visible{outline-color:Highlight}}
@media print{li{break-inside:avoid}[part=more]::after{content:" (" attr(href) ")"}}`;

/** @type {CSSStyleSheet[]} */
const sheets = [];
try {
  const sheet = new CSSStyleSheet();
  sheet.replaceSync(CSS);
  sheets.push(sheet);
} catch {
  // Style sheets cannot be constructed here: the list appears unstyled.
}

/** @type {Set<string>} */
const warned = new Set();
/** @param {string} text */
function warn(text) {
  if (!warned.has(text)) console.warn("<cps-news>", text);
  warned.add(text);
}

/** The absolute address, or nothing if it is not one to follow (`javascript:`). @param {string | null} [address] @param {string} [base] */
function http(address, base) {
  try {
    const url = new URL(address || "none:", base);
    return /^https?:$/.test(url.protocol) ? url.href : "";
  } catch {
    return "";
  }
}

/**
 * Text brings its own direction: without it the full stop of an Arabic sentence jumps.
 * @template {keyof HTMLElementTagNameMap} T @param {T} tag @param {string} part @param {string} [text]
 */
function make(tag, part, text) {
  const node = document.createElement(tag);
  if (part) node.setAttribute("part", part);
  if (text !== undefined) node.dir = "auto";
  node.textContent = text ?? "";
  return node;
}

/** Not so short that it hammers the publisher, not so long that it overflows a timer. @param {number} seconds */
const milliseconds = (seconds) => Math.min(Math.max(seconds, 10), 1e6) * 1000;

export class CpsNews extends HTMLElement {
  static observedAttributes = ["src", ...PARAMETERS, "heading", "heading-level", "summary", "images", "loading", "unstyled"];

  #root = this.attachShadow({ mode: "open" });
  #box = make("div", "");
  /** @type {HTMLElement} */
  #heading = make("h2", "heading");
  #list = make("ol", "list");
  #note = make("span", "", ""); // has what the first load writes, unannounced; from then on #live has it
  #live = make("span", "", "");
  #slot = make("slot", "");
  #more = make("a", "more", "");
  /** @type {ElementInternals | undefined} */
  #internals;
  /** @type {Map<string, Entry>} */
  #items = new Map();
  #address = ""; // asked last
  #answer = ""; // its answer, while it may be shown
  /** @type {AbortController | undefined} of the last request; none before the first */
  #request;
  /** @type {IntersectionObserver | undefined} */
  #observer;
  #queued = false;
  #timer = 0;
  // Moments: of the last request; of the next; before which none is made unbidden; from which the answer is stale.
  #asked = 0;
  #due = 0;
  #pause = 0;
  #stale = 0;

  constructor() {
    super();
    this.#list.setAttribute("role", "list");
    this.#list.setAttribute("aria-labelledby", "heading"); // hidden or not
    this.#live.setAttribute("role", "status");
    const status = make("p", "status");
    status.append(this.#note, this.#live);
    this.#box.append(this.#heading, this.#list, status, this.#slot, this.#more);
    this.#root.append(this.#box);
    // An async script may run before the parser has reached the link.
    new MutationObserver(() => this.#frame()).observe(this, { childList: true, subtree: true });
  }

  /** Asks for the list now. Never rejects; resolves with the state once the answer has been dealt with. */
  async refresh() {
    if (this.isConnected) await this.#load();
    return this.dataset.state;
  }

  connectedCallback() {
    for (const type of MOMENTS) addEventListener(type, this.#wake);
    this.attributeChangedCallback();
  }

  disconnectedCallback() {
    for (const type of MOMENTS) removeEventListener(type, this.#wake);
    clearTimeout(this.#timer);
    this.#observer?.disconnect();
    this.#request?.abort();
    this.#request = undefined;
  }

  /** Waits for the other attributes: several set at once make one request. */
  attributeChangedCallback() {
    if (!this.#queued) queueMicrotask(() => this.#update());
    this.#queued = true;
  }

  #update() {
    this.#queued = false;
    if (!this.isConnected) return;
    if (sheets[0] && this.ownerDocument === document) this.#root.adoptedStyleSheets = this.hasAttribute("unstyled") ? [] : sheets;
    this.#frame();
    const url = this.#url();
    if (this.#request) {
      if (url !== this.#address) this.#load();
      return;
    }
    if (!this.#answer) this.#show("loading");
    this.#observer?.disconnect();
    if (url && this.getAttribute("loading") !== "eager" && window.IntersectionObserver) {
      this.#observer = new IntersectionObserver((seen) => seen.some((entry) => entry.isIntersecting) && this.#load(), { rootMargin: "600px" });
      this.#observer.observe(this);
    } else this.#load();
  }

  /** @param {string} name */
  #yes(name) {
    return !/^(no|false|0)$/i.test(this.getAttribute(name) ?? "no");
  }

  /** @param {string} name @param {number} usual */
  #seconds(name, usual) {
    return milliseconds(parseFloat(this.getAttribute(name) ?? "") || usual);
  }

  /** The API's address of the list; nothing without a usable `src`. */
  #url() {
    const base = http(this.getAttribute("src"), document.baseURI);
    const query = new URLSearchParams();
    for (const name of PARAMETERS) {
      let value = this.getAttribute(name)?.trim() ?? "";
      if (name === "language-only") value = this.#yes(name) ? "1" : "";
      for (const one of SEVERAL.includes(name) ? value.split(/\s+/) : [value]) if (one) query.append(name.replace("-", "_"), one);
    }
    query.append("facets", "none");
    const fields = FIELDS + (this.#yes("summary") ? ",summary" : "") + (this.#yes("images") ? ",image" : "");
    return base && `${base.replace(/\/*([?#].*)?$/, "/")}api/v1/items/?${query}&fields=${fields}`;
  }

  #language() {
    return this.closest("[lang]")?.getAttribute("lang") || document.documentElement.lang;
  }

  #words() {
    return /^cy\b/i.test(this.#language()) ? WELSH : ENGLISH;
  }

  /** @param {string} name @param {object} detail */
  #emit(name, detail) {
    return this.dispatchEvent(new CustomEvent(`cps-news:${name}`, { detail, bubbles: true, composed: true, cancelable: true }));
  }

  async #load() {
    this.#observer?.disconnect();
    this.#request?.abort();
    const request = (this.#request = new AbortController());
    setTimeout(() => request.abort(), TIMEOUT);
    const url = this.#url();
    if (url !== this.#address) {
      // What another address answered stays in view until this one has answered, no longer.
      this.#address = url;
      this.#answer = "";
      this.#show("loading");
    }
    this.#asked = Date.now();
    this.#pause = 0;
    let wait = this.getAttribute("refresh")?.trim() === "0" ? Infinity : this.#seconds("refresh", 300);
    /** @type {Failure} */
    const failure = { url, status: 0, errors: [] };
    try {
      if (!url) throw new Error("src has to be the http or https address where the publisher mounted the newsroom");
      const response = await fetch(url, { cache: "no-cache", credentials: "same-origin", signal: request.signal });
      const text = await response.text();
      if (request !== this.#request) return;
      failure.status = response.status;
      if (response.ok) {
        this.#take(url, text);
        this.#stale = Date.now() + this.#seconds("max-stale", 900);
      } else {
        failure.error = new Error(`${response.status} from ${url}`);
        if (response.status === 429 || response.status === 503) {
          const after = response.headers.get("Retry-After") ?? "";
          const pause = milliseconds(Number(after) || (Date.parse(after) - Date.now()) / 1000 || 300);
          this.#pause = Date.now() + pause;
          if (wait < Infinity) wait = pause;
        }
        failure.errors = [JSON.parse(text).errors ?? []].flat();
      }
    } catch (error) {
      failure.error ??= error;
    }
    if (request !== this.#request) return;
    if (failure.error) this.#fail(failure);
    this.#due = Date.now() + wait * (1 + Math.random() / 5);
    this.#arm();
  }

  /** @param {Failure} failure */
  #fail(failure) {
    const { url, status, errors, error } = failure;
    const refused = status >= 400 && status < 500 && status !== 429;
    const mistaken = !url || status === 400;
    if (mistaken) this.#pause = Infinity;
    const left = refused || !this.#answer || Date.now() >= this.#stale;
    if (left) this.#leave();
    const speak = this.#emit("error", failure);
    if (left) this.#say(speak ? this.#words().error : "");
    if (speak && mistaken) warn(errors.map((each) => each?.message).join(" ") || String(error));
  }

  /** The list gives way to the link. */
  #leave() {
    this.#answer = "";
    this.#show("error", false);
  }

  /** The timer has run out, or the reader or the network is back. @param {Event} [event] */
  #wake = (event) => {
    const type = event?.type;
    if (!this.#request || document.hidden || (type === "pageshow" && !(/** @type {PageTransitionEvent} */ (event).persisted))) return;
    const soon = type === "visibilitychange" && Date.now() < this.#asked + THROTTLE;
    if (!soon && Date.now() >= this.#pause) return void this.#load();
    if (this.#answer && Date.now() >= this.#stale) {
      this.#leave();
      this.#say(this.#words().error);
    }
    this.#arm();
  };

  /** A timer that runs out in a hidden page does nothing; the reader's return arms it again. */
  #arm() {
    clearTimeout(this.#timer);
    const due = Math.min(Math.max(this.#due, this.#pause), this.#answer ? this.#stale : Infinity);
    if (due < Infinity) this.#timer = window.setTimeout(this.#wake, due - Date.now());
  }

  /** @param {string} url @param {string} text */
  #take(url, text) {
    if (text === this.#answer) return;
    /** @type {List} */
    const data = JSON.parse(text);
    if (!Array.isArray(data.results)) throw new TypeError(`no list from ${url}`);
    const ours = this.#emit("data", { url, data });
    const empty = !data.results.length;
    const lang = data.query?.lang || this.#language();
    if (ours) this.#draw(data.results, lang);
    this.#answer = text;
    this.#show(empty ? "empty" : "ready", ours);
    this.#say(ours && this.#emit("render", { url, data }) && empty ? data.summary : "", lang);
  }

  /** A story that stays keeps its element, and the focus. @param {Item[]} results @param {string} lang  of labels and dates */
  #draw(results, lang) {
    const focus = /** @type {HTMLElement | null} */ (this.#root.activeElement);
    const items = new Map(/** @type {[string, Entry][]} */ ([]));
    for (const item of results) {
      const entry = this.#items.get(item.id) ?? { node: make("li", "item"), link: make("a", "link") };
      this.#fill(entry, item, lang);
      items.set(item.id, entry);
    }
    for (const [id, { node }] of this.#items) if (!items.has(id)) node.remove();
    this.#items = items;
    let next = this.#list.firstChild;
    for (const { node } of items.values()) {
      if (node === next) next = next.nextSibling;
      else this.#list.insertBefore(node, next);
    }
    if (this.#root.activeElement !== focus) focus?.focus({ preventScroll: true });
  }

  /** @param {Entry} entry @param {Item} item @param {string} lang */
  #fill(entry, item, lang) {
    const { node, link } = entry;
    const summary = this.#yes("summary") && item.summary;
    const src = this.#yes("images") && http(item.image?.url);
    const print = JSON.stringify([item, lang, summary, src]);
    if (print === entry.print) return;
    entry.print = print;
    node.dir = "auto"; // the headline's
    node.lang = item.language;
    link.textContent = item.title;
    link.href = http(item.url);
    if (!http(item.url)) link.removeAttribute("href");
    if (!node.firstChild) node.append(link);
    while (link.nextSibling) link.nextSibling.remove(); // never the link itself: it may have the focus
    const meta = make("p", "meta");
    const time = make("time", "", item.published_display);
    time.dateTime = item.published;
    meta.lang = lang;
    meta.append(time);
    for (const term of [item.kind, ...(item.crime_types ?? []), ...(item.areas ?? [])]) if (term) meta.append(" · ", make("span", "", term.label));
    node.append(meta);
    if (summary) node.append(make("p", "summary", summary));
    if (!src || !item.image) return;
    const { alt, width, height } = item.image;
    const image = Object.assign(make("img", "image"), { loading: "lazy", alt: alt ?? "", width, height, src });
    image.onerror = () => image.remove(); // the page's policy may forbid it
    node.append(image);
  }

  /** @param {State} state @param {boolean} [shown]  whether the answer has the place of the link */
  #show(state, shown = this.#slot.hidden) {
    const swap = shown !== this.#slot.hidden && this.matches(":focus-within");
    this.dataset.state = state;
    try {
      this.#internals ??= this.attachInternals();
      this.#internals.states.clear();
      this.#internals.states.add(state);
    } catch {
      // No such states here, or (Chromium before 125) only with dashes in their names.
    }
    this.#box.className = shown ? "on" : "";
    this.#slot.hidden = shown;
    if (!shown) {
      this.#items.clear();
      this.#list.replaceChildren();
      if (state === "loading") this.#say(this.#words().loading);
    }
    this.#list.hidden = !this.#list.firstChild;
    this.#frame();
    if (swap) (shown ? this.#more : this.querySelector("a"))?.focus({ preventScroll: true });
  }

  /** Heading and "more" link. */
  #frame() {
    const link = this.querySelector("a[href]");
    const url = http(link?.getAttribute("href"), document.baseURI);
    const level = this.getAttribute("heading-level") ?? "";
    const heading = this.getAttribute("heading");
    const shown = this.#slot.hidden;
    this.#more.textContent = link?.textContent?.trim() || this.#words().more;
    this.#more.href = url;
    this.#more.hidden = !shown || !url;
    const old = this.#heading;
    this.#heading = make(/** @type {"h2"} */ (`h${/^[2-6]$/.test(level) ? level : 2}`), "heading", heading || this.#more.textContent);
    this.#heading.id = "heading";
    this.#heading.hidden = !shown || !heading;
    old.replaceWith(this.#heading);
  }

  /** @param {string} text @param {string} [lang] */
  #say(text, lang = this.#words().lang) {
    const [node, other] = this.#due ? [this.#live, this.#note] : [this.#note, this.#live];
    if (`${node.textContent}${other.textContent}` === text) return;
    other.textContent = "";
    node.lang = lang;
    node.textContent = text;
  }
}

if (window.customElements && "attachShadow" in HTMLElement.prototype && !customElements.get("cps-news")) customElements.define("cps-news", CpsNews);
