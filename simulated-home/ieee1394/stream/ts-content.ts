/** What a simulated deck or tuner sends as MPEG-2: some seconds that FFmpeg makes when they are first wanted, round and round; null packets until then (ISO/IEC 13818-1). */

import { execFile } from "node:child_process";
import { promisify } from "node:util";
import { createContinuity, packetOctets, retime } from "./ts-time.ts";

export interface TsContent {
  /** Constant, null packets included. */
  readonly bitsPerSecond: number;
  /** Has it made, if it is not yet. */
  prepare(): void;
  /** The nth packet from the beginning of the tape, its time stamps and counters those of one long stream. */
  packet(number: number): Uint8Array;
}

/** Makes whole packets at a constant rate. @param picture FFmpeg's name of what is seen */
export type MakePackets = (picture: string, bitsPerSecond: number) => Promise<Uint8Array>;

const bitsPerSecond = 5_000_000;
const nullPacket = Uint8Array.from({ length: packetOctets }, (_, at) => [0x47, 0x1f, 0xff, 0x10][at] ?? 0xff);

export function createTsContent(picture: string, make: MakePackets = makeWithFfmpeg): TsContent {
  let packets: Uint8Array | undefined;
  let isAsked = false;
  const continuity = createContinuity();

  function prepare(): void {
    if (isAsked) return;
    isAsked = true;
    make(picture, bitsPerSecond).then(
      (made) => {
        if (made.length >= packetOctets) packets = made;
      },
      () => undefined,
    );
  }

  return {
    bitsPerSecond,
    prepare,
    packet(number) {
      prepare();
      if (packets === undefined) return nullPacket.slice();
      const count = Math.floor(packets.length / packetOctets);
      const place = number % count;
      const packet = packets.slice(place * packetOctets, (place + 1) * packetOctets);
      retime(packet, (Math.floor(number / count) * count * packetOctets * 8) / bitsPerSecond);
      return continuity(packet);
    },
  };
}

/** 150 frames of 525 lines, interlaced, in groups of 15, with sound: as D-VHS and digital television send them. */
async function makeWithFfmpeg(picture: string, rate: number): Promise<Uint8Array> {
  const fields = `${picture}=size=720x480:rate=60000/1001,tinterlace=interleave_top,fieldorder=tff`;
  // The order of fields does not come through the source: it is told again.
  const video =
    "-vf setfield=tff,setsar=8/9 -c:v mpeg2video -flags +ilme+ildct -b:v 3.8M -maxrate 4.2M -bufsize 1835k -g 15 -bf 2";
  const sound = "-c:a mp2 -b:a 256k -ac 2";
  const args = [
    ...["-v", "error", "-f", "lavfi", "-i", fields],
    ...["-f", "lavfi", "-i", "sine=frequency=660:sample_rate=48000", "-t", "5.005"],
    ...`${video} ${sound} -f mpegts -muxrate ${rate} pipe:1`.split(" "),
  ];
  const { stdout } = await promisify(execFile)("ffmpeg", args, {
    ...{ encoding: "buffer", maxBuffer: 50_000_000, timeout: 60_000 },
  });
  return stdout;
}
