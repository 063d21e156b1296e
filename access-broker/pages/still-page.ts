/** A page as it was: its words and pictures, but nothing that acts, and above it how old it is. Pure. */

import { type DefaultTreeAdapterMap, html, parse, serialize, defaultTreeAdapter as tree } from "parse5";

type Node = DefaultTreeAdapterMap["node"];
type Element = DefaultTreeAdapterMap["element"];

/** What acts, or leads somewhere by itself. */
const acting: readonly string[] = [
  ...["script", "form", "button", "input", "select", "textarea", "details", "dialog", "template"],
  ...["iframe", "object", "embed", "video", "audio", "canvas", "base", "meta"],
];
/** It looks for the home again so often. */
const reloadSeconds = 30;

/** Only the page's own look, whatever is in it. */
export const stillPolicy: string = [
  "default-src 'none'",
  "style-src 'self'",
  "img-src 'self'",
  "form-action 'none'",
  "base-uri 'none'",
  "frame-ancestors 'none'",
].join("; ");

export function stillPage(page: string, notice: string): string {
  const document = parse(page, { scriptingEnabled: false });
  strip(document);
  const [head, body] = [find(document, "head"), find(document, "body")];
  if (head !== undefined) {
    prepend(head, element("meta", { "http-equiv": "refresh", content: String(reloadSeconds) }));
    prepend(head, element("meta", { name: "viewport", content: "width=device-width,initial-scale=1" }));
    prepend(head, element("meta", { charset: "utf-8" }));
  }
  if (body !== undefined) {
    const told = element("p", { class: "notice", role: "status" });
    tree.insertText(told, notice);
    prepend(body, told);
  }
  return serialize(document);
}

function strip(parent: Node): void {
  if (!("childNodes" in parent)) return;
  for (const child of [...parent.childNodes]) {
    if (!tree.isElementNode(child)) continue;
    if (child.tagName === "noscript") {
      // Nothing runs here: what stands there is part of the page.
      strip(child);
      for (const inner of [...child.childNodes]) {
        tree.detachNode(inner);
        tree.insertBefore(parent, inner, child);
      }
      tree.detachNode(child);
      continue;
    }
    const isMenu = child.attrs.some(({ name }) => name === "popover");
    const isAsking = child.attrs.some(
      ({ name, value }) => name === "rel" && /^(?:expect|manifest|(?:module)?preload)$/.test(value),
    );
    if (isMenu || isAsking || acting.includes(child.tagName)) {
      // What a control said beside being touched is still worth knowing.
      const said = isMenu ? undefined : find(child, "output");
      if (said !== undefined) {
        tree.detachNode(said);
        tree.insertBefore(parent, said, child);
        strip(said);
      }
      tree.detachNode(child);
    } else {
      child.attrs = child.attrs.filter(({ name }) => !/^on|^style$/.test(name));
      strip(child);
    }
  }
}

function find(parent: Node, name: string): Element | undefined {
  for (const child of "childNodes" in parent ? parent.childNodes : []) {
    if (!tree.isElementNode(child)) continue;
    const found = child.tagName === name ? child : find(child, name);
    if (found !== undefined) return found;
  }
  return undefined;
}

const element = (name: string, attributes: Readonly<Record<string, string>>): Element =>
  tree.createElement(
    name,
    html.NS.HTML,
    Object.entries(attributes).map(([key, value]) => ({ name: key, value })),
  );

function prepend(parent: Element, child: Element): void {
  const [first] = parent.childNodes;
  if (first === undefined) tree.appendChild(parent, child);
  else tree.insertBefore(parent, child, first);
}
