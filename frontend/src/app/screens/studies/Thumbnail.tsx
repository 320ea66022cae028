import { FileText, ImageOff } from "lucide-preact";
import { useState } from "preact/hooks";
import type { StudyRow } from "../../../protocol/index";
import { hasPictures } from "../../words/modalities";

/** The slice that tells most of the study. It says nothing to a screen reader that the words beside it do not. */
export function Thumbnail({ row: { thumbnail, modalities }, size }: { row: StudyRow; size: number }) {
  const [missing, setMissing] = useState("");
  return (
    <span class="thumbnail" style={{ width: `${size}px`, height: `${size}px` }}>
      {!hasPictures(modalities) && <FileText size={24} aria-hidden="true" />}
      {hasPictures(modalities) && missing === thumbnail && <ImageOff size={24} aria-hidden="true" />}
      {hasPictures(modalities) && missing !== thumbnail && (
        <img src={thumbnail} alt="" width={size} height={size} loading="lazy" decoding="async" onError={() => setMissing(thumbnail)} />
      )}
    </span>
  );
}
