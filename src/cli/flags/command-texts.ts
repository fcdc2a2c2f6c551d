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

export const syncLong = `Makes a folder, or a container or virtual folder, hold what another one holds. Moves only what differs: what
the destination lacks, what is newer at the source, and what has another size. --compare-hash=MD5 compares
contents instead, --mirror-mode copies everything.

The two places themselves are compared: the name of the source folder is not added to the destination.
Folders below are gone into unless --recursive=false says otherwise.

What only the destination has is kept, unless --delete-destination says true or prompt. Even then nothing is
removed before both sides have been listed to their ends, nothing where a part of a side could not be listed,
and nothing for the sake of a source that is missing or empty (--allow-empty-source). --max-delete sets a limit.

A sync is a job. If it is cut short, azcopy jobs resume goes on with it.`;

export const syncExample = `A folder up:
  azcopy sync "/data/photos" "https://[account].blob.core.windows.net/[container]/album?[SAS]"

The same, removing what is no longer there, but not more than a tenth of the blobs:
  azcopy sync "/data/photos" "https://[account].blob.core.windows.net/[container]/album?[SAS]" \\
    --delete-destination true --max-delete 10%

A virtual folder down, with the times of the blobs:
  azcopy sync "https://[account].blob.core.windows.net/[container]/album?[SAS]" "/data/photos" \\
    --preserve-last-modified-time

Only pictures, and only what differs in content:
  azcopy sync "/data/photos" "https://[account].blob.core.windows.net/[container]/album?[SAS]" \\
    --include-pattern "*.jpg;*.png" --compare-hash MD5

See what would be copied and removed:
  azcopy sync "/data/photos" "https://[account].blob.core.windows.net/[container]?[SAS]" --delete-destination true \\
    --dry-run

One file:
  azcopy sync "/data/report.pdf" "https://[account].blob.core.windows.net/[container]/report.pdf?[SAS]"`;

export const removeLong = `Removes a blob, or the blobs in a virtual folder or a container. The container itself stays.

An address that is the name of a blob means that blob; one that ends in "/" means what lies below it. Without
--recursive only the blobs directly there are removed. A removal is a job, and can be resumed.`;

export const removeExample = `One blob:
  azcopy remove "https://[account].blob.core.windows.net/[container]/report.pdf?[SAS]"

All that is in a virtual folder, snapshots included:
  azcopy remove "https://[account].blob.core.windows.net/[container]/album/?[SAS]" --recursive \\
    --delete-snapshots include

Only certain blobs of a container:
  azcopy remove "https://[account].blob.core.windows.net/[container]?[SAS]" --recursive \\
    --include-pattern "*.tmp" --exclude-path "keep/"

What is named in a list, one path a line:
  azcopy remove "https://[account].blob.core.windows.net/[container]?[SAS]" --list-of-files "/data/old.txt"

See what would be removed:
  azcopy remove "https://[account].blob.core.windows.net/[container]/album/?[SAS]" --recursive --dry-run`;

export const setPropertiesLong = `Changes the access tier, the metadata or the index tags of a blob, or of the blobs in a virtual folder or a
container. What is not named stays as it is; metadata and tags are replaced as a whole.

An address that is the name of a blob means that blob; one that ends in "/" means what lies below it. Without
--recursive only the blobs directly there are changed. A change is a job, and can be resumed.`;

export const setPropertiesExample = `One blob to another tier:
  azcopy set-properties "https://[account].blob.core.windows.net/[container]/report.pdf?[SAS]" \\
    --block-blob-tier Cool

A virtual folder out of the archive, soon:
  azcopy set-properties "https://[account].blob.core.windows.net/[container]/album/?[SAS]" --recursive \\
    --block-blob-tier Hot --rehydrate-priority High

Metadata and tags of all pictures:
  azcopy set-properties "https://[account].blob.core.windows.net/[container]?[SAS]" --recursive \\
    --include-pattern "*.jpg" --metadata "owner=me;year=2026" --blob-tags "kind=picture"

Take all tags away:
  azcopy set-properties "https://[account].blob.core.windows.net/[container]/album/?[SAS]" --recursive \\
    --blob-tags clear`;
