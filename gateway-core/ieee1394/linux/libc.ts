/** The operating system's own calls, by koffi: nothing is compiled, nothing but this file knows of it. */

import { closeSync, constants, openSync, readdirSync, readSync } from "node:fs";
import koffi from "koffi";
import type { LinuxCalls, Readiness } from "./linux-calls.ts";

export interface Libc extends LinuxCalls {
  /** A file whose eight octets, once written, wake a `poll`. */
  wakeFile(): number;
  /** Waits until one of the files is readable or gone, or the time is over. */
  poll(fds: readonly number[], timeoutMs: number): readonly Readiness[];
}

const directory = "/dev";
const deviceName = /^fw\d+$/;
const pollOctets = 8;
const pollIn = 1;
/** POLLERR, POLLHUP, POLLNVAL. */
const pollGone = 8 | 16 | 32;
const protRead = 1;
const mapShared = 1;
const closeOnExec = 0o2000000;
const mapFailed = 2n ** 64n - 1n;

export function openLibc(): Libc {
  const library = koffi.load(null);
  const ioctl = library.func("int ioctl(int fd, ulong request, void *argument)");
  const poll = library.func("int poll(void *fds, ulong count, int timeout)");
  const mmap = library.func(
    "uintptr_t mmap(uintptr_t address, size_t length, int protection, int flags, int fd, int64_t offset)",
  );
  const munmap = library.func("int munmap(uintptr_t address, size_t length)");
  const eventfd = library.func("int eventfd(uint value, int flags)");

  return {
    list: () =>
      readdirSync(directory)
        .filter((name) => deviceName.test(name))
        .sort(byNumber),
    open(name) {
      try {
        return { fd: openSync(`${directory}/${name}`, constants.O_RDWR) };
      } catch (thrown) {
        return { refusal: isDenied(thrown) ? "denied" : "absent" };
      }
    },
    close: closeSync,
    ioctl(fd, request, argument, pointers = []) {
      const view = new DataView(argument.buffer, argument.byteOffset, argument.byteLength);
      for (const { at, to } of pointers) {
        // An address of nothing would not be one.
        const address = typeof to === "bigint" ? to : to.length === 0 ? 0n : koffi.address(to);
        view.setBigUint64(at, address, isLittle);
      }
      const result: number = ioctl(fd, request, argument);
      return result < 0 ? -koffi.errno() : result;
    },
    read(fd, into) {
      try {
        return readSync(fd, into);
      } catch {
        return 0;
      }
    },
    map(fd, octets) {
      const address = BigInt(mmap(0, octets, protRead, mapShared, fd, 0));
      if (address === mapFailed) return undefined;
      return {
        address,
        octets: new Uint8Array(koffi.view(address, octets)),
        unmap: () => void munmap(address, octets),
      };
    },
    now: () => performance.now(),
    wakeFile: () => eventfd(0, closeOnExec),
    poll(fds, timeoutMs) {
      const asked = new DataView(new ArrayBuffer(pollOctets * fds.length));
      for (const [place, fd] of fds.entries()) {
        asked.setInt32(pollOctets * place, fd, isLittle);
        asked.setInt16(pollOctets * place + 4, pollIn, isLittle);
      }
      if (poll(new Uint8Array(asked.buffer), fds.length, Math.ceil(timeoutMs)) <= 0) return [];
      return fds.flatMap((fd, place) => {
        const told = asked.getInt16(pollOctets * place + 6, isLittle);
        return told === 0 ? [] : [{ fd, isReadable: (told & pollIn) !== 0, isGone: (told & pollGone) !== 0 }];
      });
    },
  };
}

const isLittle = new Uint8Array(Uint16Array.of(1).buffer)[0] === 1;
const byNumber = (one: string, other: string): number => Number(one.slice(2)) - Number(other.slice(2));
const isDenied = (thrown: unknown): boolean =>
  thrown instanceof Error && "code" in thrown && (thrown.code === "EACCES" || thrown.code === "EPERM");
