declare const AZCOPY_VERSION: string | undefined;

/** The release, put in by the build; a run from source says that it is one. */
export const version = typeof AZCOPY_VERSION === "string" ? AZCOPY_VERSION : "10.40.0-source";
