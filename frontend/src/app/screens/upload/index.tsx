import { Inbox, Link2 } from "lucide-preact";
import { useEffect, useState } from "preact/hooks";
import { Button, Later } from "../../components/index";
import { t } from "../../i18n/more";
import { Shell } from "../../shell/Shell";
import { items, recall } from "../../state/uploads/index";
import { Arrived } from "./Arrived";
import { Choose } from "./Choose";
import { FileList } from "./FileList";
import { Sum } from "./Sum";
import "./upload.css";

const uploadLink = () => import("../share/UploadLinkDialog").then((room) => room.UploadLinkDialog);

/** Files, folders and zips from this device, in pieces that survive the network and a reload. */
export default function Upload() {
  const [isLinking, setLinking] = useState(false);
  useEffect(() => void recall(), []);
  return (
    <Shell title={t("upload.title")}>
      <div class="page upload">
        <header>
          <h1>{t("upload.title")}</h1>
        </header>
        <Choose lead={t("upload.lead")} />
        {items.value.length > 0 && <Sum />}
        <Arrived />
        <FileList />
        <section class="upload-others" aria-label={t("upload.others")}>
          <h2>{t("upload.others")}</h2>
          <p class="lead">{t("upload.others.what")}</p>
          <div class="upload-buttons">
            <Button icon={Link2} onClick={() => setLinking(true)}>
              {t("upload.link")}
            </Button>
            <a class="button button-plain" href="/received">
              <Inbox size={20} aria-hidden="true" />
              <span>{t("upload.received")}</span>
            </a>
          </div>
        </section>
        {isLinking && <Later load={uploadLink} props={{ onClose: () => setLinking(false) }} />}
      </div>
    </Shell>
  );
}
