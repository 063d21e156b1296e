/**
 * Descriptors that the kernel adds to the configuration ROM of the card's own node, for as long as the file that asked for
 * it is open (linux/firewire-cdev.h, "struct fw_cdev_add_descriptor"): it must be the file of that node.
 */

import type { RomDescriptor } from "../rom-descriptor.ts";
import type { FromCard } from "./card-messages.ts";
import { ioctlNumber, packQuadlets, packStruct, placeOf } from "./cdev-struct.ts";
import type { DeviceFiles } from "./device-files.ts";
import type { LinuxCalls } from "./linux-calls.ts";

export interface Announcements {
  add(descriptor: RomDescriptor): void;
  /** Adds what could not be added before, and all anew to a file that has come. */
  look(): void;
}

export function createAnnouncements(
  calls: LinuxCalls,
  files: DeviceFiles,
  tell: (message: FromCard) => void,
): Announcements {
  const wished: RomDescriptor[] = [];
  /** How many of them the kernel has been asked for, and by which file. */
  let asked = { fd: -1, count: 0 };

  function ask(fd: number, { key, octets }: RomDescriptor): void {
    const view = new DataView(octets.buffer, octets.byteOffset, octets.byteLength);
    const length = octets.length / 4;
    const quadlets = packQuadlets(Array.from({ length }, (_, place) => view.getUint32(4 * place)));
    const argument = packStruct("add_descriptor", { key: key * 2 ** 24, length });
    const data = [{ at: placeOf("add_descriptor", "data"), to: quadlets }];
    const result = calls.ioctl(fd, ioctlNumber("ADD_DESCRIPTOR"), argument, data);
    if (result < 0) tell({ tell: "not-announced", error: -result });
  }

  function look(): void {
    const anchor = files.anchor();
    if (anchor === undefined || anchor.place.nodeId !== anchor.place.localNodeId) return;
    if (asked.fd !== anchor.fd) asked = { fd: anchor.fd, count: 0 };
    const rest = wished.slice(asked.count);
    asked.count = wished.length;
    for (const descriptor of rest) ask(anchor.fd, descriptor);
  }

  return {
    add(descriptor) {
      wished.push(descriptor);
      look();
    },
    look,
  };
}
