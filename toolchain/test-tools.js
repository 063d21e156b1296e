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

/** What the kernel test needs beside; where it cannot be had, that test says so and is skipped. */
const kernelTools = {
  "qemu-system-x86": () => isOnPath("qemu-system-x86_64"),
  ffmpeg: () => isOnPath("ffmpeg"),
  gcc: () => isOnPath("gcc"),
  make: () => isOnPath("make"),
  libelf1: () => hasLibrary("libelf.so.1"),
  "libavc1394-tools": () => isOnPath("dvcont"),
};

const hasLibrary = (name) => {
  const { stdout } = spawnSync("/sbin/ldconfig", ["-p"], { encoding: "utf8" });
  return (stdout ?? "").includes(name);
};

const missingOf = (wanted) => Object.keys(wanted).filter((name) => !wanted[name]());

const installing = (names) => ["apt-get", "install", "-y", "--no-install-recommends", ...names];

/** Names of what is still missing after apt-get has tried, where that is possible. */
function install(wanted) {
  const missing = missingOf(wanted);
  const prefix = process.getuid?.() === 0 ? [] : ["sudo", "-n"];
  const apt = (args) =>
    spawnSync([...prefix, ...args][0], [...prefix, ...args].slice(1), {
      stdio: "inherit",
      env: { ...process.env, DEBIAN_FRONTEND: "noninteractive" },
    });
  if (missing.length > 0 && isOnPath("apt-get") && (prefix.length === 0 || isOnPath("sudo"))) {
    console.error(`The tests need ${missing.join(", ")}: installing with apt-get.`);
    apt(["apt-get", "update"]);
    apt(installing(missing));
  }
  return missingOf(wanted);
}

/** Installs what is missing, or ends by `fail(message)` that names it and how to get it. */
export function seeToTestTools(fail) {
  const missing = install(tools);
  if (missing.length === 0) return;
  fail(
    `The tests need ${missing.join(", ")} on this machine. On Debian or Ubuntu: sudo ${installing(missing).join(" ")}`,
  );
}

/** Installs what is missing as far as that is possible. */
export function seeToKernelTools() {
  install(kernelTools);
}
