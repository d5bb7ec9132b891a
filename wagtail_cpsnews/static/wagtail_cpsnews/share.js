// Passing a story on: copy its address or a quotation, and print. Nothing is fetched and nobody is told. Without this
// script the buttons stay hidden and the address can be selected.
for (const box of document.querySelectorAll("[data-cpsnews-share]")) {
  const status = box.querySelector("[role=status]");
  const texts = {
    address: () => box.querySelector("code").textContent.trim(),
    quotation: () =>
      [...box.querySelector("blockquote").children].map((line) => line.textContent.trim().replace(/\s+/g, " ")).join("\n"),
  };

  for (const button of box.querySelectorAll("[data-cpsnews-copy]")) {
    button.hidden = !navigator.clipboard; // browsers offer it on secure addresses alone
    button.addEventListener("click", async () => {
      status.textContent = "";
      try {
        await navigator.clipboard.writeText(texts[button.dataset.cpsnewsCopy]());
        status.textContent = button.dataset.cpsnewsSaid;
      } catch {
        status.textContent = status.dataset.cpsnewsFailed;
      }
    });
  }
  box.querySelector("[data-cpsnews-print]").addEventListener("click", () => print());
  box.querySelector(".cpsnews-buttons").hidden = false;
}
