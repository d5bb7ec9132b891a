// The builder without a reload: after each choice it fetches the page that the form would lead to, and takes from it
// the result and the counts. Everything works without this script too.
const box = document.querySelector("[data-builder]");
const form = box?.querySelector("form");
const actions = form?.querySelector(".cn-actions");

/** The names by which areas are found, by area. @type {Record<string, string>} */
const aliases = JSON.parse(document.getElementById("builder-aliases")?.textContent || "{}");

/** Words that do not say where a force or council is. @type {string[]} */
const generic = JSON.parse(document.getElementById("builder-generic-words")?.textContent || "[]");

/** Letters and digits only, as the server compares them. @param {string} text */
const plain = (text) =>
  text.normalize("NFKD").replace(/[\p{M}'’]/gu, "").toLowerCase().replaceAll("&", " and ").replace(/[^a-z0-9]+/g, "-").replace(/^-|-$/g, "");

/** In plain words without the generic ones, unless there are no others. @param {string} text */
function distinctive(text) {
  const words = plain(text).split("-");
  const kept = words.filter((word) => !generic.includes(word));
  return (kept.length ? kept : words).join("-");
}

let request = new AbortController();
let timer = 0;

async function renew() {
  request.abort();
  request = new AbortController();
  const data = new FormData(form);
  data.delete("find");
  const query = new URLSearchParams([...data].filter(([, value]) => value));
  const url = `${form.action.split("?")[0]}?${query}`;
  try {
    const response = await fetch(url, { signal: request.signal, credentials: "same-origin" });
    const page = new DOMParser().parseFromString(await response.text(), "text/html");
    const fresh = page.getElementById("builder-result");
    if (!fresh) throw new Error(`The builder answered ${response.status}.`);
    document.getElementById("builder-said").textContent = fresh.querySelector(".cn-sentence").textContent;
    document.getElementById("builder-result").replaceChildren(...fresh.childNodes);
    for (const option of form.querySelectorAll("[data-group] [data-value]")) {
      const group = option.closest("[data-group]").dataset.group;
      const other = page.querySelector(`[data-group="${group}"] [data-value="${option.dataset.value}"]`);
      if (!other) continue;
      option.querySelector(".cn-count").textContent = other.querySelector(".cn-count").textContent;
      option.classList.toggle("cn-none", other.classList.contains("cn-none"));
    }
    history.replaceState(null, "", url);
    offerCopying();
    actions.hidden = true;
  } catch (error) {
    // The choices stay; what they lead to is asked for by the button, as without this script.
    if (error.name !== "AbortError") actions.hidden = false;
  }
}

/**
 * Areas that somebody's force, county or council belongs to, while they type: as ``find_areas`` on the server.
 * Where there is none, all stay to be chosen from.
 */
function find(text) {
  const typed = plain(text);
  const wanted = distinctive(text);
  const asked = typed.length > 1;
  const group = form.querySelector('[data-group="area"]');
  const options = [...(group?.querySelectorAll("[data-value]") ?? [])];
  const found = document.getElementById("builder-found");
  const partOfName = (name) => plain(name).includes(typed) || (wanted.length > 1 && distinctive(name).includes(wanted));
  const hasName = (name) => distinctive(name).length >= 4 && `-${wanted}-`.includes(`-${distinctive(name)}-`);
  const named = new Map();
  for (const matches of asked ? [partOfName, hasName] : []) {
    if (named.size) break;
    for (const option of options) {
      const match = (aliases[option.dataset.value] ?? "").split(" | ").find(matches);
      const label = option.querySelector("span").textContent;
      if (match !== undefined) named.set(option, match === label ? label : `${label} (${match})`);
    }
  }
  for (const option of options) option.hidden = named.size > 0 && !named.has(option);
  if (group && asked) group.open = true;
  found.textContent = asked ? [...named.values()].join(" · ") || found.dataset.none : "";
}

function offerCopying() {
  for (const button of box.querySelectorAll(".cn-copy")) button.hidden = false;
}

if (form) {
  form.addEventListener("input", (event) => {
    if (event.target.name === "find") {
      find(event.target.value);
      return;
    }
    clearTimeout(timer);
    timer = setTimeout(renew, event.target.type === "checkbox" || event.target.type === "radio" ? 0 : 400);
  });
  form.addEventListener("keydown", (event) => {
    if (event.key === "Enter" && event.target.name === "find") event.preventDefault();
  });
  actions.hidden = true;
  box.addEventListener("click", async (event) => {
    const button = event.target.closest(".cn-copy");
    if (!button) return;
    const lines = document.getElementById(button.dataset.copy);
    const said = button.nextElementSibling;
    try {
      await navigator.clipboard.writeText(lines.textContent);
      said.textContent = button.dataset.done;
    } catch {
      // Without permission, or not on https: the lines are selected, ready for the keyboard.
      getSelection().selectAllChildren(lines);
      said.textContent = document.execCommand("copy") ? button.dataset.done : button.dataset.selected;
    }
  });
  offerCopying();
}
