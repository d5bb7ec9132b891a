// A news list as a good component library makes it: title, link, date and summary, asked for when near the visible
// part. No filters, paging, states, freshness or withdrawal: what is compared is the floor of such a library.
import {LitElement, css, html} from 'lit';

class NewsByLit extends LitElement {
  static properties = {src: {}, items: {state: true}};
  static styles = css`:host { display: block } ul { list-style: none; padding: 0 } time { color: #555 }`;

  constructor() {
    super();
    this.items = [];
  }

  connectedCallback() {
    super.connectedCallback();
    this.observer = new IntersectionObserver(seen => seen.some(each => each.isIntersecting) && this.load());
    this.observer.observe(this);
  }

  async load() {
    this.observer.disconnect();
    const answer = await fetch(`${this.src}api/v1/items/?facets=none`);
    this.items = (await answer.json()).results;
  }

  render() {
    return html`<ul>
      ${this.items.map(item => html`<li>
        <a href=${item.url}>${item.title}</a> <time datetime=${item.published}>${item.published_display}</time>
        <p>${item.summary}</p>
      </li>`)}
    </ul>`;
  }
}

customElements.define('news-by-lit', NewsByLit);
