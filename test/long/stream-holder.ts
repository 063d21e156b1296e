/** A process that holds one stream until it is killed; tells its encoder's process id. */

import { FragmentRing } from "../../gateway-core/delivery/fragment-ring.ts";
import { ffmpegStarter } from "../../gateway-core/media/ffmpeg-process.ts";
import ladder from "../../gateway-core/media/ladder.json" with { type: "json" };
import { MediaSessions } from "../../gateway-core/media/media-sessions.ts";
import { systemClock } from "../../host/system-host.ts";
import { encoders, ffmpeg, madeStream, paced } from "../media/clips.ts";

const media = new MediaSessions({
  ...{ clock: systemClock, rungs: ladder, ring: () => new FragmentRing() },
  engine: async () => ({ start: ffmpegStarter(ffmpeg ?? "", systemClock), encoder: "libx264" }),
});
const made = madeStream("mpegts", 4);
const hold = await media.hold("deck", async () => paced("mpegts", made, 4));
await (await hold.ring("low")).init();
process.stdout.write(`${encoders()[0]}\n`);
