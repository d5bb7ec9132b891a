
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
