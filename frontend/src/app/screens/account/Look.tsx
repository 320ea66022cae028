import { Chip } from "../../components/index";
import "../../components/switch.css";
import { t } from "../../i18n/more";
import { THEMES, chooseContrast, chooseTheme, moreContrast, theme } from "../../state/theme";
import { Row } from "./Section";

/** How the app looks on this device. */
export function Look() {
  return (
    <>
      <Row title={t("account.theme")}>
        <div class="account-chips" role="group" aria-label={t("account.theme")}>
          {THEMES.map((each) => (
            <Chip key={each} on={theme.value === each} onClick={() => chooseTheme(each)}>
              {t(`theme.${each}`)}
            </Chip>
          ))}
        </div>
      </Row>
      <label class="account-row">
        <span>
          <span class="account-row-title">{t("account.contrast")}</span>
          <span class="account-row-what">{t("account.contrast.what")}</span>
        </span>
        <input type="checkbox" role="switch" class="switch" checked={moreContrast.value} onChange={(event) => chooseContrast(event.currentTarget.checked)} />
      </label>
    </>
  );
}
