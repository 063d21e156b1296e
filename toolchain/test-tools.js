/** What the tests need of the machine beside npm packages: found, else installed by apt-get where that is possible. */

import { spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import { delimiter, join } from "node:path";

const isOnPath = (name) => (process.env.PATH ?? "").split(delimiter).some((folder) => existsSync(join(folder, name)));

const hasJapaneseFont = () => {
  const { status, stdout } = spawnSync("fc-list", [":lang=ja", "file"], { encoding: "utf8" });
  return status === 0 && stdout.trim() !== "";
};

/** Debian package → how to tell that what it brings is there. */
const tools = {
  chromium: () => isOnPath("chromium"),
  ffmpeg: () => isOnPath("ffmpeg"),
  "mosquitto-clients": () => isOnPath("mosquitto_sub") && isOnPath("mosquitto_pub"),
  "fonts-noto-cjk": hasJapaneseFont,
};

const missingTools = () => Object.keys(tools).filter((name) => !tools[name]());

/** Installs what is missing, or ends by `fail(message)` that names it and how to get it. */
export function seeToTestTools(fail) {
  const missing = missingTools();
  if (missing.length === 0) return;
  const command = ["apt-get", "install", "-y", "--no-install-recommends", ...missing];
  const prefix = process.getuid?.() === 0 ? [] : ["sudo", "-n"];
  const apt = (args) =>
    spawnSync([...prefix, ...args][0], [...prefix, ...args].slice(1), {
      stdio: "inherit",
      env: { ...process.env, DEBIAN_FRONTEND: "noninteractive" },
    });
  if (isOnPath("apt-get") && (prefix.length === 0 || isOnPath("sudo"))) {
    console.error(`The tests need ${missing.join(", ")}: installing with apt-get.`);
    apt(["apt-get", "update"]);
    apt(command);
  }
  const still = missingTools();
  if (still.length > 0) {
    fail(`The tests need ${still.join(", ")} on this machine. On Debian or Ubuntu: sudo ${command.join(" ")}`);
  }
}
