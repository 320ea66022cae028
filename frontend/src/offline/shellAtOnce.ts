/** A file of the shell, as the build lists it. One whose name tells its content has no revision. */
interface ShellFile {
  url: string;
  revision?: string | null | undefined;
}

/**
 * Brings what never changes into the browser's own cache, all of it at once. Workbox fetches one file after the other:
 * sixty journeys over a mobile network, and who comes back before the last of them finds nothing kept.
 * Resolves when all have come or failed: Workbox asks for each again, and tells.
 */
export async function fetchAtOnce(
  files: readonly (ShellFile | string)[],
  ask: (address: string) => Promise<Response>,
): Promise<void> {
  const unchanging = files.flatMap((file) => (typeof file !== "string" && file.revision === null ? [file.url] : []));
  await Promise.allSettled(unchanging.map(async (address) => (await ask(address)).arrayBuffer()));
}
