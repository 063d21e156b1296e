/** Devices that are not switched by a mere touch: a lock, a video deck, a disc player. */

import avcDisc from "../../device-descriptors/avc/disc.json" with { type: "json" };
import deckModel from "../../device-descriptors/avc/tape.json" with { type: "json" };
import lockModel from "../../device-descriptors/echonet/026f.json" with { type: "json" };
import haviDisc from "../../device-descriptors/havi/avdisc.json" with { type: "json" };
import type { Device } from "../../gateway-core/contract/device.ts";
import { narrowed } from "./page-home.ts";

export const lock = (isLocked: boolean | null = true, over: Partial<Device> = {}): Device =>
  narrowed(lockModel, "lock", { mainElectricLock: isLocked, doorOpened: false }, over);

export const videoDeck = (transport = "stopped", over: Partial<Device> = {}): Device =>
  narrowed(deckModel, "deck", { power: true, transport, timeCode: "00:12:34:10", cassette: "vhs" }, over);

/** Tells what it does, and is moved by actions. */
export const discPlayer = (transport = "stopped"): Device =>
  narrowed(haviDisc, "disc", { power: true, transport }, { protocol: "ieee1394" });

/** Tells nothing of what it does. */
export const silentPlayer = (): Device => narrowed(avcDisc, "player", { power: true }, { protocol: "ieee1394" });
