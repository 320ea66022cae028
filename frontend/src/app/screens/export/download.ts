/** Have the browser save what is there: it tells how far it is, goes on in the background, and holds none of it in memory. */
export function download(address: string): void {
  const link = document.createElement("a");
  link.href = address;
  link.download = "";
  document.body.append(link);
  link.click();
  link.remove();
}
