/** What this machine has of FireWire, and why it may be of no use: read from /sys and /dev, whatever may be opened (sysfs of Linux's firewire-core and PCI). */

import { accessSync, constants, existsSync, readdirSync, readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";

export interface DeniedFile {
  /** "/dev/fw1" */
  readonly file: string;
  /** What the kernel read of its ROM: vendor and model, else its GUID. */
  readonly name: string;
  /** Specifier and version of each unit, as the kernel writes them: "0x00a02d:0x010001". */
  readonly units: string;
}

export type MachineBus =
  | { readonly state: "no-controller" }
  /** A controller that no driver has taken; `addresses` as PCI has them. */
  | { readonly state: "no-driver"; readonly addresses: readonly string[] }
  /** The package that makes the calls of the operating system is not installed. */
  | { readonly state: "no-koffi" }
  /** `denied`: files of other nodes that may not be opened. */
  | { readonly state: "there"; readonly files: readonly string[]; readonly denied: readonly DeniedFile[] };

export interface MachinePlaces {
  /** Instead of "" for the whole machine. */
  readonly root?: string;
  readonly hasKoffi?: () => boolean;
}

const deviceName = /^fw\d+$/;
/** Serial bus controller, FireWire: any interface of it. */
const controllerClass = /^0x0c00/;

export function examineMachine({ root = "/", hasKoffi = isKoffiThere }: MachinePlaces = {}): MachineBus {
  const files = namesIn(join(root, "dev")).filter((name) => deviceName.test(name));
  if (files.length === 0) {
    const pci = join(root, "sys", "bus", "pci", "devices");
    const controllers = namesIn(pci).filter((name) => controllerClass.test(textOf(join(pci, name, "class"))));
    if (controllers.length === 0) return { state: "no-controller" };
    return { state: "no-driver", addresses: controllers };
  }
  if (!hasKoffi()) return { state: "no-koffi" };
  const denied = files.flatMap((name) => {
    const device = join(root, "sys", "bus", "firewire", "devices", name);
    const isLocal = textOf(join(device, "is_local")) === "1";
    if (isLocal || isOpenable(join(root, "dev", name))) return [];
    const words = ["vendor_name", "model_name"].map((word) => textOf(join(device, word)));
    const said = words.filter((word) => word !== "").join(" ") || textOf(join(device, "guid")) || "?";
    return [{ file: `/dev/${name}`, name: said, units: textOf(join(device, "units")) }];
  });
  return { state: "there", files: files.map((name) => `/dev/${name}`), denied };
}

function isKoffiThere(): boolean {
  try {
    createRequire(import.meta.url).resolve("koffi");
    return true;
  } catch {
    return false;
  }
}

function isOpenable(file: string): boolean {
  try {
    accessSync(file, constants.R_OK | constants.W_OK);
    return true;
  } catch {
    return false;
  }
}

const namesIn = (folder: string): string[] => (existsSync(folder) ? readdirSync(folder) : []);

function textOf(file: string): string {
  try {
    return readFileSync(file, "utf8").trim();
  } catch {
    return "";
  }
}
