/** From a digest to what can be scrolled: one stack of the engine for each entry of the series strip. Pure. */

import type { Frame, GreyWindow, ImageFormat, Stack } from "../../../engine/index";
import type { Digest, DigestFormat, DigestInstance, DigestSeries } from "../../../protocol/index";

/** What is known of one picture of a stack. */
export interface Slice {
  readonly instance: DigestInstance;
  /** From 1. */
  readonly frame: number;
  readonly format: DigestFormat;
}

/** One entry of the strip: a series, or one clip of a series of clips. */
export interface Item {
  readonly id: string;
  readonly series: DigestSeries;
  readonly stack: Stack;
  readonly slices: readonly Slice[];
  /** Of the clips of one series; null where the entry is the whole series. */
  readonly clip: { readonly number: number; readonly count: number } | null;
  /** Pictures a second, as the file wants it; null where it is no cine. */
  readonly rateHz: number | null;
  /** For how long each picture is shown, where the file wants unequal times. */
  readonly frameTimesMs: readonly number[] | null;
  readonly thumbnail: string | null;
}

export interface Place {
  readonly item: number;
  readonly index: number;
}

export function itemsOf(digest: Digest): Item[] {
  return digest.series.flatMap((series) => itemsOfSeries(digest.study.uid, series));
}

/** Where the digest wants the reading to begin; null where nothing can be shown. */
export function firstPlace(digest: Digest, items: readonly Item[]): Place | null {
  const { first } = digest;
  const series = first === null ? undefined : digest.series[first.series];
  const instance = first === null ? undefined : series?.instances[first.instance];
  if (first === null || instance === undefined) {
    const item = items.findIndex(({ slices }) => slices.length > 0);
    return item === -1 ? null : { item, index: 0 };
  }
  for (const [item, { slices }] of items.entries()) {
    const index = slices.findIndex((slice) => slice.instance === instance && slice.frame === first.frame);
    if (index !== -1) return { item, index };
  }
  return null;
}

/** Whether this picture moves: many frames of one instance, with a rate. */
export function isCine({ slices, rateHz }: Item): boolean {
  return rateHz !== null && slices.length > 1;
}

/**
 * A series with several clips (an ultrasound examination) is not one stack: each clip is an entry of its own, and the
 * stills between them are one.
 */
function itemsOfSeries(study: string, series: DigestSeries): Item[] {
  const clips = series.instances.filter((instance) => instance.numberOfFrames > 1);
  const formats = series.formats.map(formatOf);
  if (clips.length === 0 || series.instances.length === 1) {
    return [itemOf(series, series.instances, formats, { thumbnail: series.thumbnail, clip: null })];
  }
  const stills = series.instances.filter((instance) => instance.numberOfFrames === 1);
  const groups = [...clips.map((clip) => [clip]), ...(stills.length > 0 ? [stills] : [])];
  return groups.map((group, place) =>
    itemOf(series, group, formats, {
      thumbnail: thumbnailOf(study, series, group[0]),
      clip: { number: place + 1, count: groups.length },
    }),
  );
}

function itemOf(
  series: DigestSeries,
  instances: readonly DigestInstance[],
  formats: readonly ImageFormat[],
  { thumbnail, clip }: Pick<Item, "thumbnail" | "clip">,
): Item {
  const slices: Slice[] = [];
  const frames: Frame[] = [];
  for (const instance of instances) {
    const known = series.formats[instance.format];
    const format = formats[instance.format];
    if (known === undefined || format === undefined) continue;
    for (let frame = 1; frame <= instance.numberOfFrames; frame += 1) {
      slices.push({ instance, frame, format: known });
      frames.push({ instance: instance.uid, frame, format });
    }
  }
  const id = clip === null ? series.uid : `${series.uid}/${String(clip.number)}`;
  return {
    id,
    series,
    stack: { id, frames },
    slices,
    clip,
    ...paceOf(instances),
    thumbnail,
  };
}

/** Of several clips in one stack each would have times of its own: they are shown evenly. */
function paceOf(instances: readonly DigestInstance[]): Pick<Item, "rateHz" | "frameTimesMs"> {
  const clip = instances.find((instance) => instance.numberOfFrames > 1);
  return { rateHz: clip?.rateHz ?? null, frameTimesMs: instances.length === 1 ? (clip?.frameTimesMs ?? null) : null };
}

function thumbnailOf(study: string, series: DigestSeries, instance: DigestInstance | undefined): string | null {
  if (instance === undefined) return series.thumbnail;
  return `/dicom-web/studies/${study}/series/${series.uid}/instances/${instance.uid}/thumbnail`;
}

function formatOf(format: DigestFormat): ImageFormat {
  return {
    columns: format.columns,
    rows: format.rows,
    aspect: format.aspect,
    levels256: format.levels256,
    levels512: format.levels512,
    colour: format.colour,
    inverse: format.inverse,
    ownWindow: ownWindowOf(format),
  };
}

function ownWindowOf({ windows: [first] }: DigestFormat): GreyWindow | null {
  return first === undefined ? null : { center: first.center, width: first.width, function: first.function };
}
