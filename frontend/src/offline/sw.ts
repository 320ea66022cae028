/// <reference lib="webworker" />
import "./serviceWorker";
