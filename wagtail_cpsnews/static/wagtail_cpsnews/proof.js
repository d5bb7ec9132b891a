/* The proof of absence renews its list while it runs. Without this script, "Show the latest" does. */
(() => {
  const PAUSE = 5000;
  const region = document.getElementById("proof");
  const state = document.getElementById("proof-state");
  const button = document.getElementById("proof-pause");
  if (!region || !state || !button || !region.dataset.running) return;

  let paused = false;
  const words = [button.textContent, button.dataset.paused];
  button.hidden = false;
  button.addEventListener("click", () => {
    paused = !paused;
    button.textContent = words[Number(paused)];
  });

  const isInUse = () => region.contains(document.activeElement);

  const renew = async () => {
    const answer = await fetch(window.location.href, { headers: { "X-Requested-With": "XMLHttpRequest" } });
    if (!answer.ok || answer.redirected) return true;
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    const [list, line] = [page.getElementById("proof"), page.getElementById("proof-state")];
    if (!list || !line || paused) return true;
    // Said by screen readers only when it differs.
    if (state.textContent !== line.textContent) state.textContent = line.textContent;
    if (isInUse()) return true;
    const details = document.getElementById("proof-absent");
    const isOpen = details && details.open;
    region.replaceChildren(...list.childNodes);
    const renewed = document.getElementById("proof-absent");
    if (renewed && isOpen) renewed.open = true;
    return Boolean(list.dataset.running);
  };

  const later = () => {
    setTimeout(async () => {
      let goesOn = true;
      if (!paused && !document.hidden) {
        try {
          goesOn = await renew();
        } catch {
          /* The next time tries again. */
        }
      }
      if (goesOn) later();
      else button.hidden = true;
    }, PAUSE);
  };
  later();
})();
