// The builder without a reload: after each choice it fetches the page that the form would lead to, and takes from it
// the result and the counts. Everything works without this script too.
const box = document.querySelector("[data-builder]");
const form = box?.querySelector("form");
const actions = form?.querySelector(".cpsnews-actions");
const jump = form?.querySelector(".cpsnews-to-code");

let request = new AbortController();
let timer = 0;

/** The address of the choices; without the search for an area, whose answer is among them. */
function address(...without) {
  const data = new FormData(form);
  for (const name of without) data.delete(name);
  return `${form.action.split(/[?#]/)[0]}?${new URLSearchParams([...data].filter(([, value]) => value))}`;
}

async function renew() {
  request.abort();
  request = new AbortController();
  try {
    const response = await fetch(address(), { signal: request.signal, credentials: "same-origin" });
    const page = new DOMParser().parseFromString(await response.text(), "text/html");
    const fresh = page.getElementById("builder-result");
    if (!fresh) throw new Error(`The builder answered ${response.status}.`);
    document.getElementById("builder-said").textContent = fresh.querySelector(".cpsnews-sentence").textContent;
    showResult(fresh);
    showFound(page);
    for (const option of form.querySelectorAll("[data-group] [data-value]")) {
      const group = option.closest("[data-group]").dataset.group;
      const other = page.querySelector(`[data-group="${group}"] [data-value="${option.dataset.value}"]`);
      if (!other) continue;
      option.querySelector("input").checked = other.querySelector("input").hasAttribute("checked");
      option.querySelector(".cpsnews-count").textContent = other.querySelector(".cpsnews-count").textContent;
      option.classList.toggle("cpsnews-none", other.classList.contains("cpsnews-none"));
    }
    history.replaceState(null, "", address("find", "found"));
    offerCopying();
    offerButton(false);
  } catch (error) {
    // The choices stay; what they lead to is asked for by the button, as without this script.
    if (error.name !== "AbortError") offerButton(true);
  }
}

/** Shows what the choices lead to. @param {HTMLElement} fresh */
function showResult(fresh) {
  const result = document.getElementById("builder-result");
  result.className = fresh.className;
  result.replaceChildren(...fresh.childNodes);
  jump.firstElementChild.textContent = result.querySelector(".cpsnews-sentence").textContent;
}

/** Shows the areas that somebody's force, county or council belongs to. @param {Document} page */
function showFound(page) {
  const found = document.getElementById("builder-found");
  const fresh = page.getElementById("builder-found");
  if (!found || !fresh || found.innerHTML === fresh.innerHTML) return;
  const focused = found.contains(document.activeElement) ? document.activeElement.value : "";
  found.replaceChildren(...fresh.childNodes);
  const group = form.querySelector('[data-group="area"]');
  if (group && found.querySelector("[data-area]")) group.open = true;
  // An area that was ticked here is words now: the keyboard goes on at its checkbox in the list.
  if (focused) (found.querySelector(`input[value="${focused}"]`) ?? group?.querySelector(`input[value="${focused}"]`))?.focus();
}

/**
 * Gives the code the heights that the preview has in a narrow and in a wide column, once its list is there. The server
 * has estimated them from the same stories.
 * @param {HTMLElement} preview
 */
function measure(preview) {
  const lines = document.getElementById("builder-lines-element");
  const shown = preview.shadowRoot?.querySelector(".on");
  if (!lines || !shown) return;
  const stage = preview.parentElement;
  const heights = [280, 480].map((width) => {
    // Set by script: the page's policy allows no style in its HTML.
    preview.style.inlineSize = `${width}px`;
    return Math.ceil((shown.getBoundingClientRect().height * 1.1) / 10) * 10; // others' lines may be higher
  });
  preview.style.inlineSize = "";
  if (!stage || !heights[1]) return;
  const [narrow, wide] = heights;
  let number = 0;
  lines.textContent = lines.textContent.replace(/(<svg [^>]*height=")\d+/g, (_all, start) => start + (number++ ? Math.max(narrow - wide, 0) : wide));
}

/** Offers the button that sends the form, or where it is not needed the way to the code. @param {boolean} offered */
function offerButton(offered) {
  actions.hidden = !offered;
  jump.hidden = offered;
}

function offerCopying() {
  for (const button of document.querySelectorAll(".cpsnews-copy")) button.hidden = false;
}

/** Copies what a button is for, and says so. @param {HTMLButtonElement} button */
async function copy(button) {
  const lines = document.getElementById(button.dataset.copy);
  const said = button.nextElementSibling;
  try {
    await navigator.clipboard.writeText(lines.innerText.trim());
    said.textContent = button.dataset.done;
  } catch {
    // Without permission, or not on https: the lines are selected, ready for the keyboard.
    getSelection().selectAllChildren(lines);
    said.textContent = document.execCommand("copy") ? button.dataset.done : button.dataset.selected;
  }
}

/** Shows the answer to a form beside it. It is sent, not put into the address. @param {HTMLFormElement} asked */
async function answer(asked) {
  try {
    const response = await fetch(asked.action, { method: "POST", body: new URLSearchParams(new FormData(asked)), credentials: "omit" });
    const fresh = new DOMParser().parseFromString(await response.text(), "text/html").querySelector(`#${asked.closest("section").id}`);
    if (!response.ok || !fresh) throw new Error(`The page answered ${response.status}.`);
    const field = asked.querySelector("textarea");
    const other = fresh.querySelector("textarea");
    asked.querySelector(".cpsnews-error")?.remove();
    for (const name of ["aria-invalid", "aria-describedby"]) {
      if (other.hasAttribute(name)) field.setAttribute(name, other.getAttribute(name));
      else field.removeAttribute(name);
    }
    const error = fresh.querySelector(".cpsnews-error");
    if (error) field.before(error);
    if (error) field.focus();
    document.getElementById(asked.dataset.answer).replaceChildren(...fresh.querySelector(`#${asked.dataset.answer}`).childNodes);
    offerCopying();
  } catch {
    asked.submit(); // the page that the form leads to answers without this script
  }
}

document.addEventListener("click", (event) => {
  const button = event.target.closest(".cpsnews-copy");
  if (button) copy(button);
});
for (const asked of document.querySelectorAll("form[data-answer]")) {
  asked.addEventListener("submit", (event) => {
    event.preventDefault();
    answer(asked);
  });
}
offerCopying();

if (form) {
  box.addEventListener("cps-news:render", (event) => requestAnimationFrame(() => measure(event.target)));
  form.addEventListener("input", (event) => {
    clearTimeout(timer);
    timer = setTimeout(renew, event.target.type === "checkbox" || event.target.type === "radio" ? 0 : 400);
  });
  form.addEventListener("keydown", (event) => {
    if (event.key !== "Enter" || event.target.name !== "find") return;
    event.preventDefault();
    clearTimeout(timer);
    renew();
  });
  form.addEventListener("click", (event) => {
    const button = event.target.closest("#builder-found button");
    if (!button) return;
    event.preventDefault();
    form.querySelector(`[data-group="area"] input[value="${button.value}"]`).checked = true;
    clearTimeout(timer);
    renew();
  });
  offerButton(false);
}
