/**
 * Any HTML as Compact HTML (contract/compact-html.json): what the page says and the forms it has, in pieces that fit a
 * simple terminal. Nothing else of it passes, and no address that leads out of where it stands. Pure.
 */

import { type DefaultTreeAdapterMap, parse } from "parse5";
import { compactElements, compactInputs, longestCompactPage } from "../../gateway-core/contract/compact-html.ts";

type Node = DefaultTreeAdapterMap["node"];
type Element = DefaultTreeAdapterMap["element"];

export interface CompactFilter {
  /** An address as it stands on the page, to one that may stand there; undefined where it leads elsewhere. */
  readonly addressOf: (address: string) => string | undefined;
  /** Where a later piece of the same page is; undefined where it can be asked for only once. */
  readonly pieceAt: ((piece: number) => string) | undefined;
}

/** Their insides go too. */
const dropped: readonly string[] = [
  ...["head", "script", "style", "noscript", "template", "svg", "math", "iframe", "object", "embed", "canvas"],
  ...["audio", "video", "map", "frameset", "dialog", "base", "meta", "link", "title"],
];
/** What stands on lines of its own. */
const blocks: readonly string[] = [
  ...["address", "article", "aside", "details", "fieldset", "figure", "footer", "header", "legend", "main", "nav"],
  ...["section", "summary", "table", "tr", "caption"],
];
const empty: readonly string[] = ["br", "hr", "img", "input"];

/** The pieces of a page, each a whole document. */
export function compactPieces(page: string, filter: CompactFilter): readonly string[] {
  const document = parse(page);
  const title = escapeText(textOf(find(document, "title")).slice(0, 40));
  const body = find(document, "body");
  const parts = (body?.childNodes ?? []).flatMap((child) => partsOf(child, filter));
  const frame = (inside: string, piece: number, isMore: boolean): string => {
    const to = filter.pieceAt;
    const back = piece > 1 && to ? `<a href="${escapeText(to(piece - 1))}" accesskey="*">*</a> ` : "";
    const on = isMore && to ? `<a href="${escapeText(to(piece + 1))}" accesskey="#">#</a>` : "";
    const foot = back + on === "" ? "" : `<hr>${back}${on}`;
    return `<html><head><title>${title}</title></head><body>${inside}${foot}</body></html>`;
  };
  const room = longestCompactPage - Buffer.byteLength(frame("", 98, true));
  const pieces: string[] = [""];
  for (const part of parts.flatMap((one) => fitting(one, room))) {
    const last = pieces.at(-1) ?? "";
    if (last !== "" && Buffer.byteLength(last + part) > room) pieces.push(part);
    else pieces[pieces.length - 1] = last + part;
  }
  return pieces.map((inside, at) => frame(inside, at + 1, at + 1 < pieces.length));
}

/** Pieces may begin between these; a form, a list of choices and a link stay whole. */
function partsOf(node: Node, filter: CompactFilter): readonly string[] {
  const opened = isElement(node) && !dropped.includes(node.tagName) ? node : undefined;
  const isSplit =
    opened !== undefined && (blocks.includes(opened.tagName) || ["div", "center", "span"].includes(opened.tagName));
  if (opened === undefined || !isSplit || isHidden(opened)) return [print(node, filter)];
  return [...opened.childNodes.flatMap((child) => partsOf(child, filter)), "<br>"];
}

/** What is longer than a page by itself is words, cut. */
function fitting(part: string, room: number): readonly string[] {
  if (Buffer.byteLength(part) <= room) return [part];
  const text = [...part.replace(/<[^>]*>/g, " ").replace(/&#?\w*;/g, " ")];
  const each = Math.max(1, Math.floor(room / 4));
  return Array.from({ length: Math.ceil(text.length / each) }, (_, at) =>
    text.slice(at * each, (at + 1) * each).join(""),
  );
}

function print(node: Node, filter: CompactFilter): string {
  if (node.nodeName === "#text" && "value" in node) return escapeText(node.value.replace(/\s+/g, " "));
  if (!isElement(node) || dropped.includes(node.tagName) || isHidden(node)) return "";
  const inside = (): string => node.childNodes.map((child) => print(child, filter)).join("");
  const { tagName } = node;
  if (tagName === "button") return printButton(node);
  if (tagName === "td" || tagName === "th") return `${inside()} `;
  if (blocks.includes(tagName)) return `${inside()}<br>`;
  const allowed = compactElements[tagName];
  if (allowed === undefined || ["html", "body", "head"].includes(tagName)) return inside();
  const attributes = node.attrs.filter(({ name }) => allowed.includes(name)).flatMap((one) => attributeOf(one, filter));
  if (tagName === "input" && !isKnownInput(node)) return "";
  if (tagName === "form" && !attributes.some((one) => one.startsWith(" action="))) return "";
  const open = `<${tagName}${attributes.join("")}>`;
  return empty.includes(tagName) ? open : `${open}${inside()}</${tagName}>`;
}

function attributeOf(
  { name, value }: { readonly name: string; readonly value: string },
  filter: CompactFilter,
): readonly string[] {
  const isAddress = name === "href" || name === "src" || name === "action";
  const told = isAddress ? filter.addressOf(value) : name === "type" && value === "email" ? "text" : value;
  return told === undefined ? [] : [` ${name}="${escapeText(told)}"`];
}

/** The one kind of button that there is. */
function printButton(button: Element): string {
  const [type, name, value] = ["type", "name", "value"].map((one) => attribute(button, one));
  if (type === "button" || type === "reset") return "";
  const label = escapeText(textOf(button).trim() || attribute(button, "aria-label") || "OK");
  // A submit shows its value: what it sends stands beside it.
  const sent = name ? `<input type="hidden" name="${escapeText(name)}" value="${escapeText(value ?? "")}">` : "";
  return `${sent}<input type="submit" value="${label}">`;
}

const isKnownInput = (input: Element): boolean =>
  [...compactInputs, "email"].includes(attribute(input, "type")?.toLowerCase() ?? "text");
/** Shown by script only, if at all. */
const isHidden = (element: Element): boolean => element.attrs.some(({ name }) => name === "hidden");
const isElement = (node: Node): node is Element => "tagName" in node;
const attribute = (element: Element, wanted: string): string | undefined =>
  element.attrs.find(({ name }) => name === wanted)?.value;

function textOf(node: Node | undefined): string {
  if (node === undefined) return "";
  if (node.nodeName === "#text" && "value" in node) return node.value;
  return "childNodes" in node ? node.childNodes.map(textOf).join("") : "";
}

function find(parent: Node, name: string): Element | undefined {
  for (const child of "childNodes" in parent ? parent.childNodes : []) {
    if (!isElement(child)) continue;
    const found = child.tagName === name ? child : find(child, name);
    if (found !== undefined) return found;
  }
  return undefined;
}

const escapeText = (text: string): string => text.replace(/[&<>"]/g, (sign) => `&#${sign.charCodeAt(0)};`);
