/** What each model sends: decks what is on their tapes while they play (of DV at any speed and either way), a tuner what is on the air while it is on. */

import type { Clock } from "../../../gateway-core/contract/clock.ts";
import type { AvcUnit } from "../avc/avc-unit.ts";
import type { Subunit } from "../avc/subunit.ts";
import type { Tape } from "../avc/tape.ts";
import type { Registers } from "../registers.ts";
import { createDvContent, type MakeFrames } from "./dv-content.ts";
import { createDvPackets } from "./dv-packets.ts";
import type { StreamFaults } from "./stream-faults.ts";
import { createTransmitter, type PacketSource, type Transmitter } from "./transmitter.ts";
import { createTsContent, type MakePackets } from "./ts-content.ts";
import { createTsPackets } from "./ts-packets.ts";

export interface SenderPlan {
  readonly clock: Clock;
  readonly model: string;
  readonly registers: Registers;
  readonly subunits: readonly Subunit[];
  readonly unit: AvcUnit;
  readonly makeFrames?: MakeFrames;
  readonly makePackets?: MakePackets;
  readonly streamFaults?: StreamFaults;
}

/** Undefined for a model that sends nothing. */
export function createSender({ clock, registers, subunits, unit, ...plan }: SenderPlan): Transmitter | undefined {
  const { model, makeFrames, makePackets, streamFaults: faults = {} } = plan;
  const tape = subunits.find(isTape);
  const startedAt = clock.now();

  function sourceOf(): PacketSource | undefined {
    if (model === "set-top-box") {
      return createTsPackets(createTsContent("testsrc", makePackets), () => (clock.now() - startedAt) / 1000);
    }
    if (tape === undefined) return undefined;
    if (model === "d-vhs-deck") return createTsPackets(createTsContent("testsrc2", makePackets), () => tape.seconds);
    return createDvPackets(createDvContent(model === "camcorder" ? 625 : 525, makeFrames), tape);
  }

  const source = sourceOf();
  if (source === undefined) return undefined;
  const isMoving = () => (model === "d-vhs-deck" ? tape?.isPlaying : tape && tape.pictureSpeed !== 0);
  const transmitter = createTransmitter({
    ...{ clock, registers, source, faults },
    isSending: () => unit.isOn && (isMoving() ?? true),
  });
  tape?.onChange?.(transmitter.poke);
  unit.onPower(transmitter.poke);
  return transmitter;
}

const isTape = (subunit: Subunit): subunit is Tape => "isPlaying" in subunit;
