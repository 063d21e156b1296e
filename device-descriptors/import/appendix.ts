/** Reads the Machine Readable Appendix of the ECHONET Device objects: one file with everything (1.0), or a file for each class (later releases). */

import { HomeError } from "../../gateway-core/contract/errors.ts";
import { isJsonObject, type JsonObject } from "../../gateway-core/contract/json.ts";
import type { Data } from "./data.ts";
import { parseData, parseTexts } from "./parse-data.ts";
import type { SourceClass, SourceProperty } from "./source.ts";

/** Where the protocol itself speaks: the property maps are read by the gateway, never by people. */
const propertyMaps = ["0x9D", "0x9E", "0x9F"];
/** What the appendix writes in the place of a short name that it took back. */
const deletedName = "DEL";

/**
 * The classes of all documents together, the super class ("0x0000") among them; profiles are left out.
 * @throws HomeError `import-invalid` for documents that hold no class.
 */
export function readAppendix(documents: readonly unknown[]): readonly SourceClass[] {
  const parts = documents.filter(isJsonObject);
  const definitions = Object.assign({}, ...parts.map((part) => part["definitions"]).filter(isJsonObject));
  const classes = parts
    .flatMap((part) => [part, part["superClass"], part["devices"]].flat())
    .filter(isJsonObject)
    .filter((part) => isDeviceClass(part["eoj"]) && Array.isArray(part["elProperties"]));
  if (classes.length === 0) throw new HomeError("import-invalid", "no device class of an appendix is here");
  return classes.map((part) => readClass(part, definitions));
}

function isDeviceClass(eoj: unknown): boolean {
  return typeof eoj === "string" && /^0x0[0-9][0-9A-F]{2}$/i.test(eoj);
}

function readClass({ eoj, className, elProperties }: JsonObject, definitions: JsonObject): SourceClass {
  const properties = (Array.isArray(elProperties) ? elProperties : []).filter(isJsonObject);
  return {
    eojClass: `0x${String(eoj).slice(2).toUpperCase()}`,
    titles: parseTexts(className),
    properties: properties
      .flatMap(releasesOf)
      .filter(isLatest)
      .filter(({ epc }) => !propertyMaps.includes(String(epc)))
      .map((property) => readProperty(property, definitions)),
  };
}

/** Later appendices put the releases of one EPC into a `oneOf` of its own. */
function releasesOf(property: JsonObject): readonly JsonObject[] {
  const { oneOf, ...shared } = property;
  return Array.isArray(oneOf) ? oneOf.filter(isJsonObject).map((release) => ({ ...shared, ...release })) : [property];
}

/** The same EPC may stand several times; the gateway speaks to devices of today, and narrows by what each says of itself. */
function isLatest({ validRelease }: JsonObject): boolean {
  return !isJsonObject(validRelease) || (validRelease["to"] ?? "latest") === "latest";
}

function readProperty(property: JsonObject, definitions: JsonObject): SourceProperty {
  const { epc, shortName, propertyName, accessRule, atomic, data } = property;
  const rules = isJsonObject(accessRule) ? accessRule : {};
  const isSettable = isAllowed(rules["set"]);
  return {
    epc: epcText(epc),
    name: typeof shortName === "string" && shortName !== deletedName ? shortName : undefined,
    titles: parseTexts(propertyName),
    isReadable: isAllowed(rules["get"]) || !isSettable,
    isSettable,
    isObservable: rules["inf"] === "required",
    data: readData(data, definitions),
    ...(atomic === undefined ? {} : { atomic: epcText(atomic) }),
  };
}

const epcText = (epc: unknown): string => `0x${String(epc).slice(2).toUpperCase()}`;

/** What is beyond the vocabulary is read as raw octets, so that one property does not take a class away. */
function readData(data: unknown, definitions: JsonObject): Data {
  try {
    return parseData(data, definitions);
  } catch {
    return { kind: "raw", minimum: 1, maximum: 255 };
  }
}

const isAllowed = (rule: unknown): boolean => typeof rule === "string" && rule !== "notApplicable";
