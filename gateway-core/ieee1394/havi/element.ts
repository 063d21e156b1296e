/** A software element as a Registry tells of it: whose it is, what it is, and what a home calls it (HAVi 1.1, as reconstructed). Pure. */

import type { DescriptorKey } from "../../contract/descriptor.ts";
import { isJsonObject, type Json, type JsonObject } from "../../contract/json.ts";

export interface SoftwareElement {
  /** Software element id: twenty hexadecimal digits, of which the first sixteen are the EUI-64 of where it runs. */
  readonly seid: string;
  /** The word of its type without what all of them end in, in lower case, or its code in eight hexadecimal digits. */
  readonly word: string;
  /** EUI-64 of the device that it is for, which may be another node's, or one beyond the bus. */
  readonly target: string;
  /** Tells it from others of its type at the same target. */
  readonly number: number;
  readonly vendor: string | undefined;
  readonly model: string | undefined;
  /** What people call it, else its model. */
  readonly name: string | undefined;
  readonly hasScreen: boolean;
  /** It is driven by AV/C commands. */
  readonly isAvc: boolean;
}

const guidDigits = 16;
const longestText = 100;
const firstSystemDigits = "0000000";

/** Undefined for what is part of the system, or does not tell what it is. @param attributes as RetrieveAttributes gives them. */
export function elementOf(seid: string, attributes: readonly Json[]): SoftwareElement | undefined {
  const told = new Map<string, Json>(
    attributes.filter(isJsonObject).map(({ name, value }) => [String(name), value ?? null]),
  );
  const type = told.get("SE_TYPE");
  if (typeof type !== "string") return undefined;
  if (systemWords.has(type) || type.startsWith(firstSystemDigits)) return undefined;
  const target = targetOf(told);
  const [named, called] = ["DEVICE_MODEL", "USER_PREF_NAME"].map((name) => textIn(told.get(name)));
  const vendor = told.get("VENDOR_ID") ?? huidOf(told)["vendorId"];
  return {
    seid,
    word: type.replace(/_FCM$/, "").toLowerCase(),
    target: typeof target["guid"] === "string" ? target["guid"] : seid.slice(0, guidDigits),
    number: typeof target["n2"] === "number" ? target["n2"] : Number.parseInt(seid.slice(guidDigits), 16),
    vendor: typeof vendor === "string" ? `0x${vendor}` : undefined,
    model: named,
    name: called ?? named,
    hasScreen: told.get("GUI_REQ") === "DDI_GUI",
    isAvc: told.get("AV_LANG") === "AVC_LANGUAGE",
  };
}

/** Of the system, not of a device. */
const systemWords: ReadonlySet<string> = new Set([
  "MESSAGING_SYSTEM",
  "COMMUNICATION_MEDIA_MANAGER",
  "REGISTRY",
  "EVENT_MANAGER",
  "DCM_MANAGER",
  "STREAM_MANAGER",
  "RESOURCE_MANAGER",
]);

const huidOf = (told: ReadonlyMap<string, Json>): JsonObject => objectIn(told.get("HUID"));

function targetOf(told: ReadonlyMap<string, Json>): JsonObject {
  const target = told.get("TARGET_ID");
  return isJsonObject(target) && target["octets"] === undefined ? target : objectIn(huidOf(told)["targetId"]);
}

const objectIn = (value: Json | undefined): JsonObject => (isJsonObject(value) ? value : {});

function textIn(value: Json | undefined): string | undefined {
  const text = typeof value === "string" ? value.trim().slice(0, longestText) : "";
  return text === "" ? undefined : text;
}

/** What its descriptor is looked up by. */
export function keyOf({ word, vendor, model }: SoftwareElement): DescriptorKey {
  return {
    ...{ protocol: "ieee1394", commands: "havi", element: word },
    ...(vendor === undefined ? {} : { vendor }),
    ...(model === undefined ? {} : { model }),
  };
}

/**
 * Which elements are devices of the home: each functional component, and whatever else sends a screen; what stands for
 * a device as a whole only where it sends a screen or has no components. A component that is found as an AV/C subunit
 * already is not found twice, unless it sends a screen.
 */
export function devicesAmong(
  elements: readonly SoftwareElement[],
  isFoundOtherwise: (element: SoftwareElement) => boolean,
): readonly SoftwareElement[] {
  const whole = new Set(elements.filter(({ word }) => word === wholeDevice).map(({ seid }) => seid));
  const inParts = new Set(elements.filter(({ seid }) => !whole.has(seid)).map(({ target }) => target));
  return elements.filter((element) => {
    if (element.hasScreen) return true;
    return whole.has(element.seid) ? !inParts.has(element.target) : !(element.isAvc && isFoundOtherwise(element));
  });
}

const wholeDevice = "dcm";
