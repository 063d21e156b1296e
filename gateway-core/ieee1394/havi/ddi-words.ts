/** What stands in elements that a device sends: texts for people made fit to be shown, numbers, optional attributes. Pure. */

import type { Texts } from "../../contract/descriptor.ts";
import { isJsonObject, type Json, type JsonObject } from "../../contract/json.ts";

/** For elements to which the device gives no name. */
export const words = {
  display: { en: "Display", ja: "表示" },
  button: { en: "Button", ja: "ボタン" },
  on: { en: "On", ja: "オン" },
  off: { en: "Off", ja: "オフ" },
  picture: { en: "Picture", ja: "画像" },
  stillPicture: { en: "A picture, not shown here", ja: "画像(ここには表示されません)" },
  movingPicture: { en: "A moving picture, not shown here", ja: "動く画像(ここには表示されません)" },
  panel: { en: "Screen of the device", ja: "機器の画面" },
} as const;

const longestText = 100;

/** One line, without what is no character; "" where there is none. */
export function labelOf(value: Json | undefined): string {
  const text = typeof value === "string" ? value.replaceAll(/[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]+/gu, " ").trim() : "";
  return Array.from(text).slice(0, longestText).join("").trim();
}

/** A device has one language, and says it to everybody. */
export function both(text: string): Texts | undefined {
  return text === "" ? undefined : { en: text, ja: text };
}

export function objectOf(value: Json | undefined): JsonObject {
  return isJsonObject(value) ? value : {};
}

export function listOf(value: Json | undefined): readonly Json[] {
  return Array.isArray(value) ? value : [];
}

export function numberIn(fields: JsonObject, name: string): number {
  const value = fields[name];
  return typeof value === "number" ? value : 0;
}

/** Empty where the element has no such attribute. */
export function optionalOf(element: JsonObject, attribute: string): JsonObject {
  return objectOf(listOf(element["optionals"]).find((one) => objectOf(one)["attribute"] === attribute));
}
