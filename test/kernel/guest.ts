/** Boots a kernel in QEMU without its machine's disk: the root of this machine is mounted to be read, and one program of it is run. */

import { spawn } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import { createInterface } from "node:readline";
import { cpioArchive } from "./cpio-archive.ts";
import type { DebianKernel } from "./debian-kernel.ts";

export const qemu = "qemu-system-x86_64";
/** A guest that does not end is ended. */
const longestMs = 800_000;

/**
 * An emulated processor whose time is what it has done: a nanosecond an instruction, and where it waits, a leap to what is
 * due next. So a busy machine makes the guest late for nobody but us, and what it measures is the same here and everywhere.
 *
 * @param command run in the guest, with the same paths as here; `onLine` is told all that the guest says. Resolves when the guest is switched off.
 */
export async function runGuest(
  kernel: DebianKernel,
  command: readonly string[],
  onLine: (line: string) => void,
): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), "genkan-guest-"));
  try {
    const initrd = join(folder, "initrd");
    writeFileSync(initrd, cpioArchive(initialFiles(kernel, command)));
    await new Promise<void>((resolve, reject) => {
      const guest = spawn(
        qemu,
        [
          ...["-accel", "tcg,thread=single", "-icount", "shift=0,sleep=off", "-cpu", "max", "-m", "1024"],
          ...["-nodefaults", "-display", "none", "-serial", "stdio", "-no-reboot"],
          ...["-kernel", kernel.image, "-initrd", initrd, "-append", "console=ttyS0 quiet panic=-1"],
          ...["-fsdev", "local,id=root,path=/,security_model=none,readonly=on,multidevs=remap"],
          ...["-device", "virtio-9p-pci,fsdev=root,mount_tag=root"],
        ],
        { stdio: ["ignore", "pipe", "inherit"], timeout: longestMs, killSignal: "SIGKILL" },
      );
      createInterface({ input: guest.stdout }).on("line", (line) => onLine(line.trimEnd()));
      guest.once("error", reject);
      guest.once("close", () => resolve());
    });
  } finally {
    rmSync(folder, { recursive: true });
  }
}

function initialFiles({ modules, busybox }: DebianKernel, command: readonly string[]): Map<string, Uint8Array> {
  const quoted = command.map((word) => `'${word.replaceAll("'", "'\\''")}'`).join(" ");
  const init = [
    "#!/bin/busybox sh",
    "b=/bin/busybox",
    "$b mount -t proc proc /proc; $b mount -t sysfs sysfs /sys; $b mount -t devtmpfs dev /dev",
    ...modules.map((module) => `$b insmod /modules/${basename(module)}`),
    "$b mount -t 9p -o trans=virtio,version=9p2000.L,msize=512000,cache=loose,ro root /root",
    "for one in proc sys dev; do $b mount --bind /$one /root/$one; done",
    "$b mount -t tmpfs tmpfs /root/run; $b mkdir -p /root/dev/shm; $b mount -t tmpfs tmpfs /root/dev/shm",
    "$b ip link set lo up",
    "export HOME=/run TMPDIR=/run PATH=/usr/local/bin:/usr/bin:/bin:/usr/sbin:/sbin",
    "echo guest-started $($b cat /proc/uptime)",
    `$b chroot /root ${quoted} 2>&1`,
    "echo guest-ended $? $($b cat /proc/uptime)",
    "$b poweroff -f",
  ];
  return new Map<string, Uint8Array>([
    ...["bin", "modules", "proc", "sys", "dev", "root"].map((name): [string, Uint8Array] => [
      `${name}/`,
      new Uint8Array(0),
    ]),
    ["bin/busybox", readFileSync(busybox)],
    ["init", Buffer.from(`${init.join("\n")}\n`)],
    ...modules.map((module): [string, Uint8Array] => [`modules/${basename(module)}`, readFileSync(module)]),
  ]);
}
