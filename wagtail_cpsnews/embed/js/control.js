// @ts-check
/** One element at work: when it asks, what it shows meanwhile, and what becomes of each answer. */

import { ask } from "./ask.js";
import { delay, language, listAddress, milliseconds, several, shipped, text, word, yes } from "./attributes.js";
import { lead, make } from "./dom.js";
import { offer } from "./filters.js";
import { fill } from "./story.js";
import { sheets } from "./styles.js";

/** @import { CpsNews, Failure, List, State } from "./cps-news.js" */

/**
 * What an element does, apart from the class so that its variables are short and out of everybody's reach.
 * @param {CpsNews} host
 */
export const control = (host) => {
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
  let request = 0; // the last one, by the timer of its message; none before the first
  /** @type {IntersectionObserver | undefined} */
  let observer;
  /** @type {AbortController | undefined} of the listeners; its `signal` is their option */
  let life;
  let queued = false;
  let timer = 0;
  let tries = 0; // failures in a row while there is no list
  // Times: of the next request; before which none is made unbidden; from which the answer is stale.
  let due = 0;
  let pause = 0;
  let stale = Infinity;

  /** @param {string} name @param {object} detail */
  const emit = (name, detail) =>
    host.dispatchEvent(new CustomEvent(`cps-news:${name}`, { detail, bubbles: true, composed: true, cancelable: true }));

  /** @param {string} message @param {string} [lang] */
  const say = (message, lang = box.lang) => {
    status.textContent = message;
    status.lang = lang;
  };

  /** @param {State} state @param {boolean} [shown]  whether the answer has the place of the link */
  const show = (state, shown = /** @type {boolean} */ (slot.hidden)) => {
    const swap = shown !== slot.hidden && host.matches(":focus-within");
    host.state = state;
    try {
      root.adoptedStyleSheets = yes(host, "unstyled") ? [] : sheets; // not in another document, a frame's say
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
    box.lang = host.querySelector("template") ? language(host) : (shipped(host) ?? "en");
    more.lang = heading.lang = language(host);
    lead(more, link?.href);
    more.textContent = link?.textContent?.trim() || more.href; // around a picture
    more.hidden = !link;
    list.ariaLabel = heading.textContent = text(host, "heading") || more.textContent;
    heading.ariaLevel = text(host, "heading-level") || "2";
    heading.hidden = !text(host, "heading");
    field.hidden = find.hidden = !yes(host, "search");
    field.ariaLabel = find.textContent = word(host, "search");
  };

  /** The list gives way to the link. */
  const leave = () => {
    answer = "";
    stale = Infinity;
    chosen = {};
    show("error", false);
    say(word(host, "error"));
  };

  /**
   * Asks for the list.
   * @param {number} reader  the reader asked: the place from 1 of the story that gets the focus, or -1 for none
   */
  const load = async (reader = 0) => {
    observer?.disconnect();
    clearTimeout(request);
    const mine = (request = setTimeout(() => reader && say(word(host, "loading")), 1000));
    // Working shows at once, and is told beside the buttons or the form that the reader used.
    rest.className = reader ? "busy" : "";
    if (reader) status.className = reader > 0 ? "end" : "";
    const target = listAddress(host, chosen);
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
    const often = delay(host, "refresh", 300);
    let wait = text(host, "refresh") === "0" ? Infinity : often;
    let code = 0;
    let errors, error;
    try {
      if (!target) throw Error("no src");
      const [response, body] = await ask(target);
      if (mine !== request) return;
      code = response.status;
      if (response.ok) {
        take(target, body, reader);
        stale = Date.now() + delay(host, "max-stale", 900);
      } else {
        error = response;
        const until = /** @type {string} */ (response.headers.get("Retry-After"));
        if ((code === 503 && (until || answer)) || code === 429) {
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
    clearTimeout(mine);
    rest.className = "";
    pause = hold;
    if (error) fail({ url: target, status: code, errors, error }, reader);
    tries = answer ? 0 : tries + 1;
    // Nothing to show, and no word of the publisher's: again in 4 seconds, then 8, 16, …
    if (tries && !hold && (code < 400 || code > 499)) wait = Math.min(often, 2000 * 2 ** tries);
    due = Date.now() + wait * (1 + Math.random() / 5);
    arm();
  };

  /** @param {Failure} failure @param {number} reader */
  const fail = (failure, reader) => {
    const { status } = failure;
    // The last page went away while it was read: from the first again.
    if (status === 404 && chosen.page) {
      chosen.page = "";
      return void load();
    }
    const message = failure.errors?.[0]?.message;
    const mistaken = !failure.url || status === 400;
    if (mistaken) {
      if (reader) chosen = {};
      else pause = Infinity;
    }
    if (!answer || Date.now() >= stale || (status >= 400 && status < 500 && status !== 429 && !(mistaken && reader))) leave();
    else if (reader) say((mistaken && message) || word(host, "error"));
    if (!emit("error", failure)) say("");
    else if (mistaken && !reader) console.warn("<cps-news>", message || failure.error);
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

  /** Throws if the answer is not a list. @param {string} target @param {string} body @param {number} reader */
  const take = (target, body, reader) => {
    /** @type {List} */
    const data = JSON.parse(body);
    if (body === answer && !reader) return;
    const { lang } = data.query;
    data.results.splice(100); // more than a publisher gives
    if (!data.results.every((item) => item.id && item.title)) throw Error(body);
    const ours = emit("data", { url: target, data });
    const empty = !data.results.length;
    answer = ""; // nothing is kept that was drawn in part
    if (ours) draw(data);
    answer = body;
    show(empty ? "empty" : "ready", ours);
    const speak = ours && emit("render", { url: target, data }) && (empty || reader);
    if (speak && reader > 1) say(`${word(host, "came")} ${items.size + 1 - reader}`);
    else say(speak ? data.summary : "", lang);
    status.role = "status"; // from now on: the first load is not announced
    if (reader) list.children[reader - 1]?.querySelector("a")?.focus({ preventScroll: reader > 1 });
  };

  /** A story that stays keeps its element, and the focus. @param {List} data */
  const draw = (data) => {
    const { results, query } = data;
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
      fill(host, node, item, lang);
      if (node !== list.children[index]) list.insertBefore(node, list.children[index]);
    });
    offer(host, form, groups, data);
    const paging = text(host, "paging");
    const grow = paging === "more";
    const pages = paging === "pages";
    on.hidden = !data.next || !(pages || (grow && items.size < 100));
    back.hidden = !data.previous || !pages;
    on.textContent = word(host, grow ? "more" : "next");
    back.textContent = word(host, "previous");
    on.onclick = () => {
      // "More" makes the one list longer, so that one request keeps all of it fresh.
      if (grow) chosen["page-size"] = Math.min(items.size + (+text(host, "page-size") || 10), 100);
      else chosen.page = query.page + 1;
      load(grow ? items.size + 1 : 1);
    };
    back.onclick = () => {
      chosen.page = query.page - 1;
      load(1);
    };
    focus?.focus({ preventScroll: true });
  };

  const update = () => {
    queued = false;
    if (!host.isConnected) return;
    field.value = text(host, "q");
    if (request) {
      form.replaceChildren(heading, field, find);
      groups = {};
      address = "?"; // no address: without a usable `src` the list that is there goes too
      return void load();
    }
    if (!answer) show("loading");
    observer?.disconnect();
    if (listAddress(host, chosen) && text(host, "loading") !== "eager" && window.IntersectionObserver) {
      observer = new IntersectionObserver((seen) => seen.some((entry) => entry.isIntersecting) && load(), { rootMargin: "600px" });
      observer.observe(host);
    } else load();
  };

  form.append(heading, field, find);
  form.onchange = form.onsubmit = (/** @type {Event} */ event) => {
    event.preventDefault();
    const given = new FormData(form);
    chosen = {};
    if (yes(host, "search")) chosen.q = `${given.get("q")}`;
    for (const name of several(host, "filters")) chosen[name] = given.getAll(name).join(" ");
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
    enter() {
      life = new AbortController();
      for (const type of ["visibilitychange", "pageshow", "online"]) addEventListener(type, wake, life);
      change();
    },
    quit() {
      life?.abort();
      clearTimeout(timer);
      observer?.disconnect();
      clearTimeout(request);
      request = 0;
    },
  };
};
