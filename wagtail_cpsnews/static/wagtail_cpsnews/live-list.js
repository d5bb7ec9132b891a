/* The form of the block "live list": says how many stories its filter finds, and says it again when that changes. */
(() => {
  const { StructBlockDefinition } = window.wagtailStreamField.blocks;
  const PAUSE = 400;

  /* The page that is edited, or the one that a new page will lie under: whose site and language count. */
  const pageOf = (path) => (path.match(/\/pages\/(?:(\d+)\/edit|add\/[^/]+\/[^/]+\/(\d+))\//) || []).slice(1).find(Boolean);

  class Count {
    constructor(prefix, meta) {
      this.prefix = `${prefix}-`;
      this.meta = meta;
      const controls = this.controls();
      if (!controls.length || !meta.countUrl) return;
      let box = controls[0].parentElement;
      while (!controls.every((control) => box.contains(control))) box = box.parentElement;
      this.status = document.createElement("p");
      this.status.className = "help";
      this.status.setAttribute("role", "status");
      box.append(this.status);
      this.box = box;
      for (const name of ["input", "change"]) {
        box.addEventListener(name, () => this.later());
      }
      this.ask();
    }

    controls() {
      return [...document.querySelectorAll("[name]")].filter((control) => control.name.startsWith(this.prefix));
    }

    params() {
      const params = new URLSearchParams();
      for (const control of this.controls()) {
        const chosen = !["checkbox", "radio"].includes(control.type) || control.checked;
        const name = control.name.slice(this.prefix.length);
        if (chosen && control.value && name !== "heading") params.append(name, control.value);
      }
      const page = pageOf(window.location.pathname);
      if (page) params.append("for_page", page);
      return params.toString();
    }

    later() {
      clearTimeout(this.timer);
      this.timer = setTimeout(() => this.ask(), PAUSE);
    }

    async ask() {
      const params = this.params();
      if (params === this.asked || !this.box.isConnected) return;
      this.asked = params;
      this.request?.abort();
      this.request = new AbortController();
      if (!this.status.textContent) this.status.textContent = this.meta.counting;
      try {
        const answer = await fetch(`${this.meta.countUrl}?${params}`, {
          signal: this.request.signal,
          headers: { Accept: "application/json", "X-Requested-With": "XMLHttpRequest" },
        });
        if (!answer.ok) throw new Error(answer.status);
        this.status.textContent = (await answer.json()).text;
      } catch (error) {
        if (error.name === "AbortError") return;
        this.asked = null;
        this.status.textContent = this.meta.notCounted;
      }
    }
  }

  class LiveListBlockDefinition extends StructBlockDefinition {
    render(placeholder, prefix, initialState, initialError) {
      const block = super.render(placeholder, prefix, initialState, initialError);
      new Count(prefix, this.meta);
      return block;
    }
  }

  window.telepath.register("wagtail_cpsnews.LiveListBlock", LiveListBlockDefinition);
})();
