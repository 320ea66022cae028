import "./styles/tokens.css";
import "./styles/base.css";
import { render } from "preact";
import { App } from "./App";
import { clearToasts } from "./components/index";
import "./state/setupToken"; // first: it cleans the address
import { startRouter } from "./router";
import { watchIdleness } from "./state/idle";
import { keepInstallOffer } from "./state/install";
import { forgetOnLeaving, learnSession, watchSession } from "./state/session";
import { wearTheme } from "./state/theme";
import { keepShell } from "./state/updates";

const SHELL_AFTER_MS = 2000;

const place = document.getElementById("app");
if (place) {
  startRouter();
  watchSession();
  watchIdleness();
  void learnSession();
  wearTheme();
  forgetOnLeaving(clearToasts);
  keepInstallOffer();
  // In a task of its own: what the screen is made of has been asked for.
  setTimeout(() => render(<App />, place));
  // The shell is kept for the next time, when this time's work is done: on a thin line it would hold up the pictures.
  addEventListener("load", () => setTimeout(() => void keepShell(), SHELL_AFTER_MS));
}
