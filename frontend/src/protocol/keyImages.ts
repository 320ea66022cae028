import type { Answer } from "./failure";
import { ask } from "./rest";
import { type Read, type Wire, isRecord, listOf, record } from "./wire";

/** The modality of series of Key Object Selection documents (PS3.3 A.35.4). */
export const KEY_OBJECTS = "KO";
const KEY_OBJECT_SELECTION = "1.2.840.10008.5.1.4.1.1.88.59";
/** Titles of PS3.16 CID 7010 that mark images as worth a look; the others mark some that are rejected, or a manifest. */
const WORTH_A_LOOK = new Set("113000 113002 113003 113004 113005 113006 113007 113008 113009 113013 113018 113020".split(" "));

const valuesOf = (dataset: Wire, tag: string): unknown[] => {
  const element = dataset[tag];
  const values = isRecord(element) ? element["Value"] : undefined;
  return Array.isArray(values) ? values : [];
};
const itemsOf = (dataset: Wire, tag: string): Wire[] => valuesOf(dataset, tag).filter(isRecord);

/** The SOP Instance UIDs that the key object selections among these headers (PS3.18 F) mark. */
export const readKeyImages: Read<string[]> = (value) => [...new Set(listOf(record)(value).filter(isWorthALook).flatMap(markedBy))];

function isWorthALook(dataset: Wire): boolean {
  const isSelection = valuesOf(dataset, "00080016").includes(KEY_OBJECT_SELECTION);
  return isSelection && itemsOf(dataset, "0040A043").some((title) => valuesOf(title, "00080100").some((code) => WORTH_A_LOOK.has(String(code))));
}

function markedBy(dataset: Wire): string[] {
  return itemsOf(dataset, "0040A730")
    .filter((item) => valuesOf(item, "0040A040").includes("IMAGE"))
    .flatMap((item) => itemsOf(item, "00081199"))
    .flatMap((reference) => valuesOf(reference, "00081155"))
    .filter((uid) => typeof uid === "string");
}

/** What the key object selections of this series mark. */
export const loadKeyImages = (study: string, series: string, signal: AbortSignal): Promise<Answer<string[]>> =>
  ask(`/dicom-web/studies/${study}/series/${series}/metadata`, { headers: { Accept: "application/dicom+json" }, signal, read: readKeyImages });
