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
 * Every byte of this file is paid for by other people's readers: at most 5 kB compressed, held by a test.
 */

import { TAXONOMIES, WORDS } from "./words.js";

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

// In the order of the address: a page that preloads the list has to write the same one.
const PARAMETERS =
  `q ${TAXONOMIES} published-after published-before language language-only lang order page page-size`.split(" ");
const MOMENTS = ["visibilitychange", "pageshow", "online"];

const CSS = `:host{display:flow-root;flex:1;max-inline-size:100%;min-block-size:var(--cps-min-height,0)}
:host([hidden]),[hidden]{display:none!important}
:host([theme]){--cps-ink:CanvasText;--cps-accent:LinkText;--cps-paper:Canvas;--cps-padding:1em}
:host([theme]) .on{color-scheme:light dark}
:host([theme=light]) .on{color-scheme:light}
:host([theme=dark]) .on{color-scheme:dark}
.on{container-type:inline-size;contain-intrinsic-size:18rem;overflow-wrap:anywhere;color:var(--cps-ink,inherit);background:var(--cps-paper,none);padding:var(--cps-padding,0)}
[part=heading]{font-size:1.35em}
ol,p{list-style:none;margin:0;padding:0}
li{display:flow-root;break-inside:avoid;max-inline-size:var(--cps-measure,66ch);padding-block:var(--cps-gap,.5em);border-block-end:1px solid var(--cps-line,#8888)}
a,label{display:flex;align-items:center;gap:.5em;inline-size:fit-content;min-block-size:44px}
a{color:var(--cps-accent,inherit)}
:focus-visible{outline:3px solid;outline-color:var(--cps-mark)}
li>a,[part=heading]{font-weight:600}
li>a{font-size:var(--cps-headline-size,1.1em)}
[part=meta]{font-size:.9em;color:var(--cps-quiet,inherit)}
[part~=outcome]{border-inline-start:4px solid var(--cps-outcome,#1b5377);padding-inline-start:.5em}
[part~=outcome] b{background:var(--cps-outcome,#1b5377);color:var(--cps-on-outcome,#fff);padding-inline:.4em;-webkit-box-decoration-break:clone;box-decoration-break:clone}
summary{line-height:44px}
summary::first-letter{text-transform:uppercase}
button,[type=search]{font:inherit;margin-block:.4em;min-block-size:44px;max-inline-size:100%}
img{max-inline-size:100%;block-size:auto}
@container (min-width:28rem){img{float:inline-end;inline-size:var(--cps-image-width,9rem);margin-inline-start:1em}}
[name=room]{display:block;float:inline-start;inline-size:100%;margin-inline-end:-100%;padding-block-end:1lh;pointer-events:none}
@media print{[name=room],input,label,button,details{display:none}[part=more]::after{content:" " attr(href)}}`;

/** @type {CSSStyleSheet[]} */
const sheets = [];
try {
  const sheet = new CSSStyleSheet();
  sheet.replaceSync(CSS);
  sheets.push(sheet);
} catch {
  // Style sheets cannot be constructed here: the list appears unstyled.
}

/** The absolute address, or nothing if it is not one to follow (`javascript:`). @param {string | null} [address] */
const http = (address) => {
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
const make = (tag, part = "", textContent = "", more) => Object.assign(document.createElement(tag), { dir: /^[bipst]|li/.test(tag) ? "auto" : "", part, textContent }, more);

/** The name that the API has for an attribute. @param {string} name */
const parameter = (name) => name.replaceAll("-", "_");

/** Not so short that it hammers the publisher, not so long that it overflows a timer. @param {number} seconds */
const milliseconds = (seconds) => Math.min(Math.max(seconds, 10), 1e6) * 1000;

/**
 * What an element does, apart from the class so that its variables are short and out of everybody's reach.
 * @param {HTMLElement} host
 */
const control = (host) => {
  const root = host.attachShadow({ mode: "open" });
  const internals = host.attachInternals?.();
  const box = make("div");
  const heading = make("p", "heading", "", { role: "heading" });
  const form = make("form", "filters");
  const field = make("input", "", "", { type: "search", name: "q", maxLength: 200 });
  const find = make("button", "button");
  const status = make("p", "status");
  const rest = make("div");
  const list = make("ol", "list", "", { role: "list" });
  const back = make("button", "button");
  const on = make("button", "button");
  const slot = make("slot");
  // Room that the page keeps free: beside the list, so that the higher one of the two counts.
  const room = make("slot", "", "", { name: "room" });
  const more = make("a", "more", "", { dir: "auto" });
  /** @type {Map<string, HTMLLIElement>} the stories shown, by id */
  const items = new Map();
  /** @type {Record<string, HTMLElement>} the reader's filters, by taxonomy */
  let groups = {};
  /** @type {Record<string, string | number>} what the reader chose; goes before the attributes */
  let chosen = {};
  let address = ""; // asked last
  let answer = ""; // the last answer, while it may be shown
  /** @type {AbortController | undefined} of the last request; none before the first */
  let request;
  /** @type {IntersectionObserver | undefined} */
  let observer;
  /** @type {AbortController | undefined} of the listeners; its `signal` is their option */
  let life;
  let queued = false;
  let timer = 0;
  let tries = 0; // failures in a row while there is no list
  // Moments: of the next request; before which none is made unbidden; from which the answer is stale.
  let due = 0;
  let pause = 0;
  let stale = Infinity;

  /** @param {string} name */
  const text = (name) => host.getAttribute(name)?.trim() ?? "";

  /** @param {string} name */
  const yes = (name) => !/^(no|false|0)$/.test(host.getAttribute(name) ?? "no");

  /** @param {string} name @param {number} usual */
  const seconds = (name, usual) => milliseconds(parseFloat(text(name)) || usual);

  /** @param {string} name */
  const several = (name) => text(name).split(/\s+/);

  const language = () => /** @type {HTMLElement | null} */ (host.closest("[lang]"))?.lang || document.documentElement.lang;

  /** The page's language if it is shipped: of labels and dates unless `lang` says another. */
  const shipped = () => Object.keys(WORDS).find((code) => language().split("-")[0] === code);

  /** @param {string} name */
  const word = (name) => pageWord(name) || (WORDS[shipped() ?? "en"][name] ?? name);

  /** The page's own word. @param {string} name */
  const pageWord = (name) =>
    /** @type {HTMLTemplateElement | null} */ (host.querySelector(`template[data-msg="${name}"]`))?.content.textContent?.trim();

  /** The API's address of the list; nothing without a usable `src`. */
  const url = () => {
    const base = http(text("src"));
    const query = new URLSearchParams();
    /** @type {Record<string, string>} the publisher's own taxonomies: `filter="court=leeds court=hull"` */
    const own = {};
    for (const pair of several("filter")) {
      const [name, value] = pair.replaceAll("_", "-").split("="); // no slug has an underscore
      if (value) own[name] = `${own[name] ?? ""} ${value}`;
    }
    for (const name of new Set([...PARAMETERS, ...Object.keys(own), ...Object.keys(chosen)])) {
      let value = `${chosen[name] ?? own[name] ?? text(name)}`;
      if (name === "lang") value ||= shipped() ?? "";
      for (const one of name === "q" ? [value] : value.split(/\s+/)) if (one) query.append(parameter(name), one);
    }
    query.append("facets", text("filters") ? "all" : "none");
    const fields = `id,title,url,published,published_display,language,kind,crime_types,areas,latest_updates${yes("summary") ? ",summary" : ""}${yes("images") ? ",image" : ""}`;
    return base && `${base.replace(/\/*([?#].*)?$/, "/")}api/v1/items/?${query}&fields=${fields}`;
  };

  /** @param {string} name @param {object} detail */
  const emit = (name, detail) =>
    host.dispatchEvent(new CustomEvent(`cps-news:${name}`, { detail, bubbles: true, composed: true, cancelable: true }));

  /** @param {string} message @param {string} [lang] */
  const say = (message, lang = box.lang) => {
    if (status.textContent !== message) status.textContent = message;
    status.lang = lang;
  };

  /** @param {State} state @param {boolean} [shown]  whether the answer has the place of the link */
  const show = (state, shown = /** @type {boolean} */ (slot.hidden)) => {
    const swap = shown !== slot.hidden && host.matches(":focus-within");
    host.dataset.state = state;
    try {
      root.adoptedStyleSheets = yes("unstyled") ? [] : sheets; // not in another document, a frame's say
      internals.states.clear();
      internals.states.add(state);
    } catch {
      // No such states here, or (Chromium before 125) only with dashes in their names.
    }
    room.hidden = !root.adoptedStyleSheets?.length || !host.querySelector("svg");
    box.className = shown ? "on" : "";
    slot.hidden = shown;
    form.hidden = rest.hidden = !shown;
    if (!shown) {
      items.clear();
      list.replaceChildren();
      say("");
    }
    list.hidden = !list.firstChild;
    frame();
    if (swap) (shown ? more : host.querySelector("a"))?.focus({ preventScroll: true });
  };

  /** Heading, form and "more" link. */
  const frame = () => {
    const link = /** @type {HTMLAnchorElement | null} */ (host.querySelector("a[href]"));
    box.lang = host.querySelector("template") ? language() : (shipped() ?? "en");
    more.lang = heading.lang = language();
    more.href = link?.href ?? "";
    more.textContent = link?.textContent?.trim() || more.href; // around a picture
    more.hidden = !link;
    list.ariaLabel = heading.textContent = text("heading") || more.textContent;
    heading.ariaLevel = text("heading-level") || "2";
    heading.hidden = !text("heading");
    field.hidden = find.hidden = !yes("search");
    field.ariaLabel = find.textContent = word("search");
  };

  /** The list gives way to the link. */
  const leave = () => {
    answer = "";
    stale = Infinity;
    chosen = {};
    show("error", false);
    say(word("error"));
  };

  /**
   * Asks for the list.
   * @param {number} [reader]  the reader asked: the place from 1 of the story that gets the focus, or -1 for none
   */
  const load = async (reader) => {
    observer?.disconnect();
    request?.abort();
    const mine = (request = new AbortController());
    setTimeout(() => mine.abort(), 20_000);
    const target = url();
    if (target !== address) {
      address = target;
      if (!reader) {
        // What another address answered stays in view until this one has answered, no longer.
        answer = "";
        show("loading");
      }
    }
    pause = Infinity; // a return to the tab is two events
    let hold = 0;
    const often = seconds("refresh", 300);
    let wait = text("refresh") === "0" ? Infinity : often;
    let status = 0;
    let errors, error;
    try {
      if (!target) throw Error("src is no address");
      const response = await fetch(target, { cache: "no-cache", credentials: "same-origin", signal: mine.signal });
      const body = await response.text();
      if (mine !== request) return;
      status = response.status;
      if (response.ok) {
        take(target, body, reader);
        stale = Date.now() + seconds("max-stale", 900);
      } else {
        error = response;
        const until = response.headers.get("Retry-After") ?? "";
        if ((status === 503 && (until || answer)) || status === 429) {
          // Seconds or a date; what the publisher says makes it later than usual, never sooner.
          wait = Math.max(often, milliseconds(Number(until) || (Date.parse(until) - Date.now()) / 1000 || 300));
          hold = Date.now() + wait;
        }
        errors = JSON.parse(body).errors;
      }
    } catch (reason) {
      error ||= reason;
    }
    if (mine !== request) return;
    pause = hold;
    if (error) fail({ url: target, status, errors, error }, reader);
    tries = answer ? 0 : tries + 1;
    // Nothing to show, and no word of the publisher's: again in 4 seconds, then 8, 16, …
    if (tries && !hold && (status < 400 || status > 499)) wait = Math.min(often, 2000 * 2 ** tries);
    due = Date.now() + wait * (1 + Math.random() / 5);
    arm();
  };

  /** @param {Failure} failure @param {number} [reader] */
  const fail = (failure, reader) => {
    const { url, status, errors, error } = failure;
    // The last page went away while it was read: from the first again.
    if (status === 404 && chosen.page) {
      chosen.page = "";
      return void load();
    }
    const message = errors?.[0]?.message;
    const mistaken = !url || status === 400;
    if (reader && mistaken) chosen = {};
    else if (mistaken) pause = Infinity;
    if (!answer || Date.now() >= stale || (status >= 400 && status < 500 && status !== 429 && !(mistaken && reader))) leave();
    else if (reader) say((mistaken && message) || word("error"));
    if (!emit("error", failure)) say("");
    else if (mistaken && !reader) console.warn("<cps-news>", message || error);
  };

  /** The timer has run out, or the reader or the network is back. @param {Event & {persisted?: boolean}} [event] */
  const wake = (event) => {
    // A page that is shown for the first time was not kept.
    if (!request || document.hidden || event?.persisted === false) return;
    if (Date.now() >= pause) return void load();
    if (Date.now() >= stale) leave();
    arm();
  };

  /** A timer that runs out in a hidden page does nothing; the reader's return arms it again. */
  const arm = () => {
    clearTimeout(timer);
    const next = Math.min(Math.max(due, pause), stale);
    if (next < Infinity) timer = setTimeout(wake, next - Date.now());
  };

  /** @param {string} target @param {string} body @param {number} [reader] */
  const take = (target, body, reader) => {
    if (body === answer) return;
    /** @type {List} */
    const data = JSON.parse(body);
    const empty = !data.results.length;
    const ours = emit("data", { url: target, data });
    const { lang } = data.query;
    if (ours) draw(data);
    answer = body;
    show(empty ? "empty" : "ready", ours);
    const speak = ours && emit("render", { url: target, data }) && (empty || reader);
    if (speak && reader && reader > 1) say(`${word("came")} ${items.size + 1 - reader}`);
    else say(speak ? data.summary : "", lang);
    status.role = "status"; // from now on: the first load is not announced
    if (reader) list.children[reader - 1]?.querySelector("a")?.focus({ preventScroll: reader > 1 });
  };

  /** A story that stays keeps its element, and the focus. @param {List} data */
  const draw = ({ results, facets, facet_labels, query, next, previous }) => {
    const focus = /** @type {HTMLElement | null} */ (root.activeElement);
    const { lang } = query;
    for (const [id, node] of items) {
      if (results.some((item) => item.id === id)) continue;
      node.remove();
      items.delete(id);
    }
    results.forEach((item, index) => {
      const node = items.get(item.id) ?? make("li", "item");
      items.set(item.id, node);
      fill(node, item, lang);
      if (node !== list.children[index]) list.insertBefore(node, list.children[index]);
    });
    for (const name of several("filters")) for (const facet of facets?.[parameter(name)] ?? []) offer(name, facet, lang, facet_labels?.[parameter(name)]);
    const grow = text("paging") === "more";
    const pages = text("paging") === "pages";
    on.hidden = !next || !(pages || (grow && items.size < 100));
    back.hidden = !previous || !pages;
    on.textContent = word(grow ? "more" : "next");
    back.textContent = word("previous");
    on.onclick = () => (grow ? turn("page-size", Math.min(items.size + (parseInt(text("page-size")) || 10), 100), items.size + 1) : turn("page", query.page + 1));
    back.onclick = () => turn("page", query.page - 1);
    if (root.activeElement !== focus) focus?.focus({ preventScroll: true });
  };

  /** "More" makes the one list longer, so that one request keeps all of it fresh. @param {string} name @param {number} value @param {number} [focus] */
  const turn = (name, value, focus = 1) => {
    chosen[name] = value;
    load(focus);
  };

  /** One checkbox with its count. @param {string} name @param {Facet} facet @param {string} lang @param {string} [title] */
  const offer = (name, { slug, label, count, selected }, lang, title = name) => {
    const group = (groups[name] ??= form.appendChild(make("details")));
    if (!group.firstChild) group.append(pageWord(name) ? make("summary", "", pageWord(name)) : make("summary", "", title, { lang }));
    let box = /** @type {HTMLInputElement | null} */ (group.querySelector(`[value="${slug}"]`));
    if (!box) {
      box = make("input", "", "", { type: "checkbox", name, value: slug });
      const line = make("label");
      line.append(box, make("span", "", "", { lang }));
      group.append(line);
    }
    box.checked = selected;
    /** @type {Node} */ (box.nextSibling).textContent = `${label} (${count})`;
  };

  /** @param {HTMLLIElement} node @param {Item} item @param {string} lang  of labels and dates */
  const fill = (node, item, lang) => {
    const link = /** @type {HTMLAnchorElement | null} */ (node.querySelector("a")) ?? node.appendChild(make("a", "link"));
    for (const other of [...node.children]) if (other !== link) other.remove(); // never the link itself: it may have the focus
    node.lang = item.language;
    link.textContent = item.title;
    link.href = http(item.url);
    const meta = make("p", "meta", "", { lang });
    meta.append(make("time", "", item.published_display, { dateTime: item.published }));
    const mark = item.language !== lang && { label: item.language_display ?? word(item.language) };
    for (const term of [mark, item.kind, item.crime_types, item.areas].flat()) if (term) meta.append(" · ", make("span", "", term.label));
    node.append(meta);
    for (const { kind, label, language, date, date_display, text } of item.latest_updates ?? []) {
      const said = make("span", "", "", { lang: language ?? lang });
      said.append(make("b", "", label), " · ", make("time", "", date_display, { dateTime: date }));
      const update = make("p", kind === "outcome" ? "update outcome" : "update");
      update.append(said, " ", text);
      node.append(update);
    }
    if (yes("summary") && item.summary) node.append(make("p", "summary", item.summary));
    const src = yes("images") && http(item.image?.url);
    if (!src || !item.image) return;
    const { alt, width, height } = item.image;
    const image = make("img", "image", "", { loading: "lazy", alt, width, height, src });
    image.onerror = () => image.remove(); // the page's policy may forbid it
    node.prepend(image);
  };

  const update = () => {
    queued = false;
    if (!host.isConnected) return;
    field.value = text("q");
    if (request) {
      form.replaceChildren(heading, field, find);
      groups = {};
      address = "?"; // no address: without a usable `src` the list that is there goes too
      return void load();
    }
    if (!answer) show("loading");
    observer?.disconnect();
    if (url() && text("loading") !== "eager" && window.IntersectionObserver) {
      observer = new IntersectionObserver((seen) => seen.some((entry) => entry.isIntersecting) && load(), { rootMargin: "600px" });
      observer.observe(host);
    } else load();
  };

  form.append(heading, field, find);
  form.onchange = form.onsubmit = (/** @type {Event} */ event) => {
    event.preventDefault();
    const given = new FormData(form);
    chosen = {};
    if (yes("search")) chosen.q = `${given.get("q")}`;
    for (const name of several("filters")) chosen[name] = given.getAll(name).join(" ");
    load(-1);
  };
  rest.append(list, back, on, more);
  box.append(form, status, rest, slot);
  root.append(room, box);
  // An async script may run before the parser has reached the link.
  new MutationObserver(frame).observe(host, { childList: true, subtree: true });

  /** Waits for the other attributes: several set at once make one request. */
  const change = () => {
    chosen = {};
    if (!queued) queueMicrotask(update);
    queued = true;
  };

  return {
    load,
    change,
    join() {
      life = new AbortController();
      for (const type of MOMENTS) addEventListener(type, wake, life);
      change();
    },
    part() {
      life?.abort();
      clearTimeout(timer);
      observer?.disconnect();
      request?.abort();
      request = undefined;
    },
  };
};

export class CpsNews extends HTMLElement {
  static observedAttributes = [...PARAMETERS, ..."src heading heading-level summary images loading unstyled filter filters search paging".split(" ")];

  #control = control(this);

  /** Asks for the list now. Never rejects; resolves with the state once the answer has been dealt with. */
  async refresh() {
    if (this.isConnected) await this.#control.load();
    return this.dataset.state;
  }

  connectedCallback() {
    this.#control.join();
  }

  disconnectedCallback() {
    this.#control.part();
  }

  /** @param {string} name @param {string | null} old @param {string | null} now */
  attributeChangedCallback(name, old, now) {
    if (old !== now) this.#control.change();
  }
}

if (window.customElements && "attachShadow" in HTMLElement.prototype && !customElements.get("cps-news")) customElements.define("cps-news", CpsNews);
