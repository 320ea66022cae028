/** Decodes what came as JPEG of 8 bits, by the browser's own decoder. */

import type { StoredValues } from "../values/range";
import type { DecodeJob } from "./messages";

const CHANNELS = 4;

export async function decodeJpeg({ parts, size, samples }: DecodeJob): Promise<StoredValues> {
  const blob = new Blob(
    parts.map(({ bytes }) => bytes),
    { type: "image/jpeg" },
  );
  const picture = await createImageBitmap(blob, { colorSpaceConversion: "none", premultiplyAlpha: "none" });
  try {
    if (picture.width !== size.columns || picture.height !== size.rows) throw new Error("not the picture that was told of");
    return samplesOf(picture, samples);
  } finally {
    picture.close();
  }
}

function samplesOf(picture: ImageBitmap, samples: 1 | 3): StoredValues {
  const context = new OffscreenCanvas(picture.width, picture.height).getContext("2d", { alpha: false });
  if (context === null) throw new Error("nothing to draw on");
  context.drawImage(picture, 0, 0);
  const { data } = context.getImageData(0, 0, picture.width, picture.height);
  const pixels = picture.width * picture.height;
  const values = new Uint8Array(pixels * samples);
  for (let pixel = 0; pixel < pixels; pixel += 1) {
    for (let sample = 0; sample < samples; sample += 1) values[pixel * samples + sample] = data[pixel * CHANNELS + sample] ?? 0;
  }
  return values;
}
