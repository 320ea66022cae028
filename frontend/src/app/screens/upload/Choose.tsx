import { FilePlus2, FolderPlus } from "lucide-preact";
import { useEffect, useRef, useState } from "preact/hooks";
import { Button, toast } from "../../components/index";
import { t } from "../../i18n/more";
import { addFiles } from "../../state/uploads/index";
import { type Chosen, fromDrop, fromInput } from "./chosen";

function take(chosen: Chosen[]): void {
  if (chosen.length === 0) toast({ text: t("upload.nothingFound") });
  void addFiles(chosen);
}

/** Files, a folder, or what is dropped anywhere on the page. */
export function Choose({ lead }: { lead: string }) {
  const [isOver, setOver] = useState(false);
  useDrop(setOver);
  const files = useRef<HTMLInputElement>(null);
  const folder = useRef<HTMLInputElement>(null);
  useEffect(() => {
    if (folder.current) folder.current.webkitdirectory = true; // no attribute that JSX knows
  }, []);
  const onChange = (input: HTMLInputElement): void => {
    take(fromInput(input.files));
    input.value = ""; // so that the same file can be chosen again
  };
  return (
    <section class={isOver ? "upload-choose upload-over" : "upload-choose"}>
      <p class="lead">{isOver ? t("upload.dropNow") : lead}</p>
      <div class="upload-buttons">
        <Button look="primary" icon={FilePlus2} onClick={() => files.current?.click()}>
          {t("upload.files")}
        </Button>
        {canChooseFolders && (
          <Button icon={FolderPlus} onClick={() => folder.current?.click()}>
            {t("upload.folder")}
          </Button>
        )}
      </div>
      <p class="upload-hint">{t("upload.drop")}</p>
      <input ref={files} type="file" multiple hidden aria-label={t("upload.files")} onChange={(event) => onChange(event.currentTarget)} />
      <input ref={folder} type="file" hidden aria-label={t("upload.folder")} onChange={(event) => onChange(event.currentTarget)} />
    </section>
  );
}

const canChooseFolders = "webkitdirectory" in HTMLInputElement.prototype;

/** The whole page takes what is dropped: nobody should have to aim. */
function useDrop(setOver: (isOver: boolean) => void): void {
  useEffect(() => {
    const ending = new AbortController();
    const on = { signal: ending.signal };
    const bringsFiles = (event: DragEvent): boolean => event.dataTransfer?.types.includes("Files") ?? false;
    window.addEventListener(
      "dragover",
      (event) => {
        if (!bringsFiles(event)) return;
        event.preventDefault();
        setOver(true);
      },
      on,
    );
    window.addEventListener("dragleave", (event) => event.relatedTarget === null && setOver(false), on);
    window.addEventListener(
      "drop",
      (event) => {
        setOver(false);
        if (!event.dataTransfer || !bringsFiles(event)) return;
        event.preventDefault();
        void fromDrop(event.dataTransfer).then(take);
      },
      on,
    );
    return () => ending.abort();
  }, [setOver]);
}
