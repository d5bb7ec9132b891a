// The builder without a reload: after each choice it fetches the page that the form would lead to, and takes from it
// the result and the counts. Everything works without this script too.
const box = document.querySelector("[data-builder]");
const form = box?.querySelector("form");
const actions = form?.querySelector(".cn-actions");

/** The names by which areas are found, by area. @type {Record<string, string>} */
const aliases = JSON.parse(document.getElementById("builder-aliases")?.textContent || "{}");

/** Letters and digits only, as the server compares them. @param {string} text */
const plain = (text) => text.normalize("NFKD").replace(/\p{M}/gu, "").toLowerCase().replace(/[^a-z0-9]+/g, "-").replace(/^-|-$/g, "");

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

/** Areas that somebody's force, county or council belongs to, while they type. */
function find(text) {
  const wanted = plain(text);
  const group = form.querySelector('[data-group="area"]');
  const found = document.getElementById("builder-found");
  const named = [];
  for (const option of group?.querySelectorAll("[data-value]") ?? []) {
    const names = (aliases[option.dataset.value] ?? "").split(" | ");
    const match = wanted.length > 1 ? names.find((name) => plain(name).includes(wanted)) : undefined;
    option.hidden = wanted.length > 1 && match === undefined;
    if (match !== undefined) {
      const label = option.querySelector("span").textContent;
      named.push(match === label ? label : `${label} (${match})`);
    }
  }
  if (group && wanted.length > 1) group.open = true;
  found.textContent = wanted.length < 2 ? "" : named.join(" · ") || found.dataset.none;
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
