// What a client that uses the types of the OpenAPI document looks like. tsc compiles it; nothing runs it.
import type { components, operations } from "./api";

type List = operations["get_items"]["responses"][200]["content"]["application/json"];
type Change = components["schemas"]["Changes"]["results"][number];

export const query: operations["get_items"]["parameters"]["query"] = { area: ["wessex"], lang: "cy", page_size: 5 };

export function titles(list: List): string[] {
  return list.results.map((item) => item.title ?? "").concat(list.next ?? [], list.summary);
}

export function gone(changes: Change[]): string[] {
  return changes.flatMap((change) => (change.change === "gone" ? [change.id, change.gone_at ?? "expired"] : []));
}

// @ts-expect-error: no labels are given in this language
export const wrong: typeof query = { lang: "xx" };
