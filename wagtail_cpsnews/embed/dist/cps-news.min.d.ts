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
 * Nothing happens where there is no page, on a server.
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
declare const Base: typeof HTMLElement;
export declare class CpsNews extends Base {
    #private;
    static observedAttributes: string[];
    /** @type {State} also as `:state()`, not in an attribute: a framework would miss it in its own markup */
    state: State;
    /** Asks for the list now. Never rejects; resolves with the state once the answer has been dealt with. */
    refresh(): Promise<State>;
    connectedCallback(): void;
    disconnectedCallback(): void;
    /** @param {string} name @param {string | null} old @param {string | null} now */
    attributeChangedCallback(name: string, old: string | null, now: string | null): void;
}
export {};

/** Attributes, as in HTML. */
export interface CpsNewsAttributes {
    src: string;
    q?: string;
    kind?: string;
    "crime-type"?: string;
    area?: string;
    topic?: string;
    filter?: string;
    "published-after"?: string;
    "published-before"?: string;
    language?: string;
    "language-only"?: string | number;
    order?: "-published" | "published" | "relevance";
    page?: string | number;
    "page-size"?: string | number;
    heading?: string;
    "heading-level"?: string | number;
    lang?: string;
    summary?: string;
    images?: string;
    theme?: "light" | "dark" | "auto";
    unstyled?: string;
    filters?: string;
    search?: string;
    paging?: "more" | "pages" | "none";
    loading?: "lazy" | "eager";
    refresh?: string | number;
    "max-stale"?: string | number;
    class?: string;
}

/** Events bubble and cross shadow roots: listen on the element or on anything around it. */
export interface CpsNewsEvents {
    "cps-news:data": CustomEvent<{ url: string; data: List }>;
    "cps-news:render": CustomEvent<{ url: string; data: List }>;
    "cps-news:error": CustomEvent<Failure>;
}

declare global {
    interface HTMLElementTagNameMap {
        "cps-news": CpsNews;
    }
    interface GlobalEventHandlersEventMap extends CpsNewsEvents {}
}

// @ts-ignore: nothing to add to without React. One row, so that this holds for all of it.
declare module "react" { namespace JSX { interface IntrinsicElements { "cps-news": DetailedHTMLProps<HTMLAttributes<CpsNews>, CpsNews> & CpsNewsAttributes } } }
