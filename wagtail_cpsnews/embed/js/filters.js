// @ts-check
/** The reader's filters. */

import { pageWord, parameter, several } from "./attributes.js";
import { make } from "./dom.js";

/** @import { List } from "./cps-news.js" */

/**
 * Shows each taxonomy's terms as checkboxes with their counts. A checkbox that is there stays: it may have the focus.
 * @param {HTMLElement} host @param {HTMLFormElement} form @param {Record<string, HTMLElement>} groups @param {List} list
 */
export const offer = (host, form, groups, list) => {
  const { lang } = list.query;
  for (const name of several(host, "filters")) {
    for (const facet of (list.facets?.[parameter(name)] ?? []).slice(0, 500)) {
      const own = pageWord(host, name);
      const group = (groups[name] ??= form.appendChild(make("details")));
      if (!group.firstChild) group.append(make("summary", "", own || (list.facet_labels?.[parameter(name)] ?? name), own ? {} : { lang }));
      let box = /** @type {HTMLInputElement | null} */ (group.querySelector(`[value="${facet.slug}"]`));
      if (!box) {
        box = make("input", "", "", { type: "checkbox", name, value: facet.slug });
        const line = make("label");
        line.append(box, make("span", "", "", { lang }));
        group.append(line);
      }
      box.checked = facet.selected;
      /** @type {Node} */ (box.nextSibling).textContent = `${facet.label} (${facet.count})`;
    }
  }
};
