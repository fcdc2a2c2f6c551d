/**
 * What AzCopy says of empty folders, which blob storage has none of. `goesIntoFolders` is false where only a missing
 * --recursive keeps the job out of them.
 */
export function emptyFoldersNotice(goesIntoFolders: boolean): string {
  const reason = goesIntoFolders
    ? "source and/or destination doesn't have full folder support"
    : "--recursive was not specified";
  return `Any empty folders will not be processed, because ${reason}`;
}
