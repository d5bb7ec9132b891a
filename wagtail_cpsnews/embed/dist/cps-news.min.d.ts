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
export type State = "loading" | "ready" | "empty" | "error";
export type Term = {
    slug: string;
    label: string;
};
export type Facet = Term & {
    count: number;
    selected: boolean;
};
export type Picture = {
    url: string;
    width: number;
    height: number;
    alt: string;
};
export type Update = {
    kind: string;
    label: string;
    language?: string;
    date: string;
    date_display: string;
    text: string;
};
export type Item = {
    id: string;
    title: string;
    url: string;
    published: string;
    published_display: string;
    language: string;
    language_display?: string;
    kind?: Term | null;
    crime_types?: Term[];
    areas?: Term[];
    summary?: string;
    image?: Picture | null;
    latest_updates?: Update[];
};
export type Asked = {
    lang: string;
    page: number;
    q?: string;
};
export type List = {
    results: Item[];
    summary: string;
    next: string | null;
    previous: string | null;
    query: Asked;
    facets?: Record<string, Facet[]>;
    facet_labels?: Record<string, string>;
};
export type Failure = {
    url: string;
    status: number;
    errors?: {
        message?: string;
    }[];
    error?: unknown;
};
export declare class CpsNews extends HTMLElement {
    #private;
    static observedAttributes: string[];
    /** Asks for the list now. Never rejects; resolves with the state once the answer has been dealt with. */
    refresh(): Promise<string | undefined>;
    connectedCallback(): void;
    disconnectedCallback(): void;
    /** @param {string} name @param {string | null} old @param {string | null} now */
    attributeChangedCallback(name: string, old: string | null, now: string | null): void;
}
declare global {
    interface HTMLElementTagNameMap {
        "cps-news": CpsNews;
    }
}
