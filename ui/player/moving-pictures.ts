/** Single pictures of a device, drawn as they come: for who can play no stream. */

import { PictureReader } from "./picture-reader.ts";

/** Without another for so long, they stand still. */
const stillMs = 2_500;

export interface MovingPictures {
  readonly canvas: HTMLCanvasElement;
  /** Another one was drawn. */
  readonly onPicture: () => void;
  readonly onStill: () => void;
}

/** Resolves when no more come. What is no picture is left out. */
export async function showPictures({ body }: Response, { canvas, onPicture, onStill }: MovingPictures): Promise<void> {
  const [pictures, reader] = [new PictureReader(), body?.getReader()];
  let still: ReturnType<typeof setTimeout> | undefined;
  try {
    for (let piece = await reader?.read(); piece?.value !== undefined; piece = await reader?.read()) {
      // Of what came together only the newest is worth drawing.
      const newest = pictures.read(piece.value).at(-1);
      const bitmap = newest && (await createImageBitmap(new Blob([newest])).catch(() => undefined));
      if (bitmap === undefined) continue;
      if (canvas.width !== bitmap.width) canvas.width = bitmap.width;
      if (canvas.height !== bitmap.height) canvas.height = bitmap.height;
      canvas.getContext("2d")?.drawImage(bitmap, 0, 0);
      bitmap.close();
      onPicture();
      clearTimeout(still);
      still = setTimeout(onStill, stillMs);
    }
  } finally {
    clearTimeout(still);
  }
}
