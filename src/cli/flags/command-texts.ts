export const rootLong = `AzCopy moves data between this machine and Azure Storage. What it does is a job: it can be
interrupted at any moment, even by a power cut, and resumed from where it was.

A command looks like this: azcopy [command] [arguments] --[flag]=[value]`;

export const copyLong = `Copies files and folders to Azure Blob Storage, or blobs to this machine.

Which way it goes is told by the two arguments: one is a path, the other the https address of a container,
a virtual folder or a blob, with its SAS token. Put addresses into quotes, since a shell would read more
into "&" and "*" than is meant.

A folder is copied with --recursive, and becomes a folder of the same name in the destination. To copy only
what is in it, end the source in /* or say --as-subdir=false. With /* and without --recursive, only the files
directly in the folder are copied.

A file or blob appears at the destination whole or not at all. If the job is cut short, azcopy jobs resume
goes on with it and sends nothing twice that has arrived.`;

export const copyExample = `One file up:
  azcopy copy "/data/report.pdf" "https://[account].blob.core.windows.net/[container]/report.pdf?[SAS]"

A folder with all that is in it, checksums stored with the blobs:
  azcopy copy "/data/photos" "https://[account].blob.core.windows.net/[container]?[SAS]" --recursive --put-md5

Only what is in the folder, only pictures, and only where they are newer:
  azcopy copy "/data/photos/*" "https://[account].blob.core.windows.net/[container]/album?[SAS]" --recursive \\
    --include-pattern "*.jpg;*.png" --overwrite ifSourceNewer

A virtual folder down:
  azcopy copy "https://[account].blob.core.windows.net/[container]/album?[SAS]" "/data" --recursive

See what would be copied:
  azcopy copy "/data/photos" "https://[account].blob.core.windows.net/[container]?[SAS]" --recursive --dry-run

To an emulator or another host whose name does not tell what it is:
  azcopy copy "/data/photos" "http://127.0.0.1:10000/devstoreaccount1/[container]?[SAS]" --recursive \\
    --from-to LocalBlob`;

export const jobsLong = `Every copy is a job with an id of its own. Its plan and its log stay until they are removed, so that it can
be looked into and resumed.`;

export const jobsShowLong = `Shows how a job stands, as its plan has it: files under way count once they are finished.
With --with-status it lists the job's transfers instead.`;

export const jobsResumeLong = `Goes on with a job where it was cut short: with the scan, with files that are half sent, and with all that
failed or was skipped. The flags of the first run apply again. Credentials are never stored: give the SAS
tokens again.`;

export const jobsCleanLong = `Removes the plans and logs of all jobs, or of those with a certain status. Jobs without a plan cannot be
resumed. Where plans and logs lie is told by AZCOPY_JOB_PLAN_LOCATION and AZCOPY_LOG_LOCATION.`;

export const listLong = `Lists the blobs of an account, a container or a virtual folder, with their sizes, in the order of their names.

Names are shown relative to the address. With --depth only the uppermost levels are listed, and what lies below
them is shown as folders; with --prefix only names that begin in a certain way.`;

export const listExample = `What is in a container, and how much it is:
  azcopy list "https://[account].blob.core.windows.net/[container]?[SAS]" --running-tally

Only the uppermost folders and blobs of a virtual folder:
  azcopy list "https://[account].blob.core.windows.net/[container]/album?[SAS]" --depth 1

With properties, for a program:
  azcopy list "https://[account].blob.core.windows.net/[container]?[SAS]" --output-type json --machine-readable \\
    --properties "LastModifiedTime;BlobAccessTier;ContentMD5"`;

export const makeLong = `Creates the container that the address names. One that is there already is an error.`;

export const makeExample = `  azcopy make "https://[account].blob.core.windows.net/[container]?[SAS]"`;
