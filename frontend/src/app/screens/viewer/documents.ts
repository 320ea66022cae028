/** Which documents of a series are being read: reports are pages of the server's, shown in a frame that may do nothing. */

import { signal } from "@preact/signals";
import type { DigestDocument, DigestSeries } from "../../../protocol/index";

export interface OpenDocuments {
  readonly study: string;
  readonly series: DigestSeries;
}

/** null while none is read. */
export const openDocuments = signal<OpenDocuments | null>(null);

export function addressOf({ study, series }: OpenDocuments, { uid }: DigestDocument): string {
  return `/dicom-web/studies/${study}/series/${series.uid}/instances/${uid}/rendered`;
}

export function titleOf({ series }: OpenDocuments): string {
  return [series.modality, series.description].filter(Boolean).join(" · ");
}
