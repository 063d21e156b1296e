/** Judges a page by the table of Compact HTML: what stands in it that does not belong there. */

import { type DefaultTreeAdapterMap, parse } from "parse5";
import { compactElements, compactInputs } from "../../gateway-core/contract/compact-html.ts";

export function foreignIn(page: string): readonly string[] {
  const found: string[] = [];
  const judge = (node: DefaultTreeAdapterMap["node"]): void => {
    if ("tagName" in node) {
      const allowed = compactElements[node.tagName];
      if (allowed === undefined) found.push(node.tagName);
      for (const { name, value } of node.attrs) {
        if (allowed !== undefined && !allowed.includes(name)) found.push(`${node.tagName} ${name}`);
        if (node.tagName === "input" && name === "type" && !compactInputs.includes(value)) found.push(`input ${value}`);
        if (["href", "src", "action"].includes(name) && /^(?:javascript|data|vbscript):/i.test(value.trim()))
          found.push(value);
      }
    } else if (node.nodeName === "#comment") found.push("comment");
    for (const child of "childNodes" in node ? node.childNodes : []) judge(child);
  };
  judge(parse(page));
  return found;
}
