import { strict as assert } from "node:assert";
import test from "node:test";
import fc from "fast-check";
import { printArgumentError } from "./argument-error.ts";
import { copyFlags } from "./copy-flags.ts";
import { type Invocation, type ParsedCommandLine, parseCommandLine } from "./parse.ts";

const parse = (...args: string[]): ParsedCommandLine => parseCommandLine(args);

function copyOf(...args: string[]): Invocation & { readonly command: "copy" } {
  const parsed = parseCommandLine(args);
  assert(parsed.kind === "run" && parsed.command === "copy", `${args.join(" ")}: ${JSON.stringify(parsed)}`);
  return parsed;
}

function errorOf(...args: string[]): string {
  const parsed = parseCommandLine(args);
  assert(parsed.kind === "wrong", `${args.join(" ")} gave ${parsed.kind}`);
  return `${parsed.error.route} ${parsed.error.message}`;
}

const jobId = "5304ea85-2647-554e-68d3-9b17194e419c";

test("a copy without flags has every default", () => {
  const { args, flags, given, globals } = copyOf("copy", "/a", "https://x/c");
  assert.deepEqual(args, ["/a", "https://x/c"]);
  assert.equal(given.size, 0);
  assert.equal(flags.recursive, false);
  assert.equal(flags.asSubdir, true);
  assert.equal(flags.overwrite, "true");
  assert.equal(flags.checkMd5, "FailIfDifferent");
  assert.equal(flags.blockSizeMb, 0);
  assert.equal(globals.outputType, "text");
  assert.equal(globals.logLevel, "INFO");
  assert.equal(globals.requestPriority, -1);
});

test("flags stand before, between and after the arguments, with = or a blank, and the last one counts", () => {
  const forms = [
    ["--recursive", "copy", "a", "b", "--block-size-mb", "0.25"],
    ["--block-size-mb=8", "cp", "a", "--block-size-mb=0.25", "b", "--recursive=true"],
    ["c", "--block-size-mb", "0.25", "a", "--recursive=false", "b", "--recursive=T"],
    ["--block-size-mb", "0.25", "copy", "--recursive=1", "--", "a", "b"],
  ];
  for (const form of forms) {
    const { args, flags } = copyOf(...form);
    assert.deepEqual(args, ["a", "b"], form.join(" "));
    assert.equal(flags.blockSizeMb, 0.25);
    assert.equal(flags.recursive, true);
  }
});

test("after -- all words are arguments", () => {
  assert.deepEqual(copyOf("copy", "--recursive", "--", "--a", "-h").args, ["--a", "-h"]);
});

test("a value may begin with a dash, and a dash alone is an argument", () => {
  assert.equal(copyOf("copy", "a", "b", "--include-pattern", "-h").flags.includePattern, "-h");
  assert.deepEqual(copyOf("copy", "-", "b").args, ["-", "b"]);
});

test("a boolean takes its value only after =", () => {
  for (const word of ["1", "t", "T", "TRUE", "true", "True"]) {
    assert.equal(copyOf("copy", "a", "b", `--recursive=${word}`).flags.recursive, true);
  }
  for (const word of ["0", "f", "F", "FALSE", "false", "False"]) {
    assert.equal(copyOf("copy", "a", "b", `--as-subdir=${word}`).flags.asSubdir, false);
  }
  assert.match(errorOf("copy", "a", "b", "--recursive", "false"), /^A wrong number of arguments/);
});

test("enums are read without regard to case and handed on in one spelling", () => {
  const { flags, globals } = copyOf(
    ..."copy a b --overwrite=IFSOURCENEWER --block-blob-tier cool --log-level=none --output-type=JSON".split(
      " ",
    ),
  );
  assert.equal(flags.overwrite, "ifSourceNewer");
  assert.equal(flags.blockBlobTier, "Cool");
  assert.equal(globals.logLevel, "NONE");
  assert.equal(globals.outputType, "json");
});

test("errors of flags and arguments have AzCopy's words and route", () => {
  const args = "wrong number of arguments, please refer to the help page on usage of this command";
  const cases: [string, string][] = [
    ["copy", `A ${args}`],
    ["copy a b c", `A ${args}`],
    ["copy a", "A fatal: from-to argument required, PipeBlob (upload) or BlobPipe (download) is acceptable"],
    ["copy a --from-to=LocalBlob", "A fatal: invalid from-to argument passed: LocalBlob"],
    ["copy --nosuch", "A unknown flag: --nosuch"],
    ["copy --nosuch=3 a b", "A unknown flag: --nosuch"],
    ["copy -x", "A unknown shorthand flag: 'x' in -x"],
    ["copy -xyz", "A unknown shorthand flag: 'x' in -xyz"],
    ["copy --=x", "A bad flag syntax: --=x"],
    ["copy ---x", "A bad flag syntax: ---x"],
    ["copy --block-size-mb", "A flag needs an argument: --block-size-mb"],
    [
      "copy --recursive=yes",
      'A invalid argument "yes" for "--recursive" flag: strconv.ParseBool: parsing "yes": invalid syntax',
    ],
    [
      "copy --block-size-mb=abc",
      'A invalid argument "abc" for "--block-size-mb" flag: strconv.ParseFloat: parsing "abc": invalid syntax',
    ],
    [
      "copy --help=zz",
      'A invalid argument "zz" for "-h, --help" flag: strconv.ParseBool: parsing "zz": invalid syntax',
    ],
    ["jobs list --output-type=x", 'B couldn\'t parse "x" into a "OutputFormat"'],
    ["jobs list --output-level=x", 'B couldn\'t parse "x" into a "OutputVerbosity"'],
    ["jobs list --log-level=Warn", 'B couldn\'t parse "Warn" into a "LogLevel"'],
    [
      "jobs list --retry-status-codes=zz",
      "B failed to parse requested retry status code list: invalid retry code format, " +
        'http status code must be an int (strconv.Atoi: parsing "zz": invalid syntax)',
    ],
    [
      "copy a b --overwrite=x",
      'C error parsing the input given by the user. Failed with error couldn\'t parse "x" into a "OverwriteOption"',
    ],
    [
      "copy a b --check-md5=1",
      'C error parsing the input given by the user. Failed with error couldn\'t parse "1" into a "HashValidationOption"',
    ],
    ["jobs list x", "A listJobs does not require any argument"],
    ["jobs clean x", "A clean command does not accept arguments"],
    ["jobs show", "A show job command requires the JobID"],
    ["jobs show x", "A invalid jobId given x"],
    ["jobs remove", "A remove job command requires the JobID"],
    ["jobs rm x", "A invalid jobId given x"],
    ["jobs resume", "A this command requires jobId to be passed as argument"],
    ["jobs resume x", "B invalid jobId given x"],
    [
      "jobs list --with-status=CompletedWithFailures",
      'C Failed to parse --with-status due to error: couldn\'t parse "CompletedWithFailures" into a "JobStatus".',
    ],
    [`jobs show ${jobId} --with-status=x`, "C cannot parse the given Transfer Status x"],
  ];
  for (const [line, expected] of cases) assert.equal(errorOf(...line.split(" ")), expected, line);
});

test("a flag that is misspelt is answered with the one that is meant", () => {
  assert.equal(errorOf("copy", "--recursiv"), "A unknown flag: --recursiv\nDid you mean --recursive?");
  assert.equal(errorOf("copy", "--recur"), "A unknown flag: --recur\nDid you mean --recursive?");
  assert.equal(errorOf("--overwite=true", "copy"), "A unknown flag: --overwite\nDid you mean --overwrite?");
  assert.equal(
    errorOf("copy", "-recursive"),
    "A unknown shorthand flag: 'r' in -recursive\nDid you mean --recursive?",
  );
});

test("a command that is misspelt is answered with those that may be meant", () => {
  const start = (word: string): string => `A unknown command "${word}" for "azcopy"`;
  const meant = "\n\nDid you mean this?\n\tcopy\n";
  for (const word of ["coppy", "Copy", "cpy", "mv", "cop"]) {
    assert.equal(errorOf(word, "a", "b"), `${start(word)}${meant}`);
  }
  assert.equal(errorOf("zzz", "--nosuch"), start("zzz"));
});

test("AzCopy's other commands and flags are known and refused", () => {
  const later = "is known but not available in this version yet";
  for (const word of ["bench", "benchmark", "login", "env"]) {
    assert.equal(errorOf(word, "x"), `A the command "${word}" ${later}`);
  }
  assert.equal(errorOf("copy", "a", "b", "--follow-symlinks"), `C --follow-symlinks ${later}`);
  assert.equal(errorOf("copy", "a", "b", "--blob-type=PageBlob"), `C --blob-type=PageBlob ${later}`);
  assert.equal(errorOf("copy", "a", "--from-to=pipeblob"), `A --from-to PipeBlob ${later}`);
});

test("what is refused is accepted where it says the default", () => {
  for (const flag of copyFlags) {
    if (!("later" in flag)) continue;
    copyOf("copy", "a", "b", `--${flag.name}=${flag.default}`);
  }
});

test("flags that AzCopy gave up name what replaced them", () => {
  assert.match(errorOf("copy", "a", "b", "--include=x"), /^C the include and exclude parameters have been/);
  assert.match(errorOf("jobs", "resume", jobId, "--exclude", "x"), /^C --exclude is no longer available/);
});

test("help wins over everything that is wrong, the version only at the root", () => {
  const forms = ["copy -h", "copy --nosuch -h", "copy --help --nosuch", "copy -hx", "copy a b c d --help"];
  for (const line of forms) {
    const parsed = parse(...line.split(" "));
    assert(parsed.kind === "help" && parsed.text.includes("azcopy copy [source]"), line);
  }
  assert.equal(errorOf("copy", "--nosuch", "--", "-h"), "A unknown flag: --nosuch");
  assert.match(errorOf("copy", "--help=false"), /^A wrong number of arguments/);
  assert.equal(parse("-v").kind, "version");
  assert.equal(parse("--version").kind, "version");
  assert.equal(parse("version").kind, "version");
  assert.equal(errorOf("jobs", "-v"), "A unknown shorthand flag: 'v' in -v");
});

test("a group without a sub-command that it knows shows its help, and nothing is wrong", () => {
  for (const line of ["jobs", "jobs nosuch", "jobs help show"]) {
    const parsed = parse(...line.split(" "));
    assert(parsed.kind === "help" && parsed.globals === undefined, line);
    assert(parsed.text.includes("azcopy jobs [command]"));
  }
});

test("the command help knows its topics, and ends as commands end", () => {
  const parsed = parse("--output-type=json", "help", "jobs", "ls");
  assert(parsed.kind === "help" && parsed.globals?.outputType === "json");
  assert(parsed.text.includes("azcopy jobs list [flags]"));
  const unknown = parse("help", "nosuch", "topic");
  assert(unknown.kind === "unknown topic");
  assert(unknown.text.startsWith("Unknown help topic [`nosuch` `topic`]\nUsage:\n  azcopy [flags]\n"));
});

test("no command at all is a case of its own", () => {
  const parsed = parse("--output-type=json");
  assert(parsed.kind === "bare" && parsed.globals.outputType === "json");
  assert.equal(errorOf("--nosuch"), "A unknown flag: --nosuch");
});

test("jobs commands have their aliases, ids in any case, and flags of their own", () => {
  const show = parse("jobs", "show", jobId.toUpperCase(), "--with-status=failed");
  assert(show.kind === "run" && show.command === "jobs show" && show.flags.withStatus === "Failed");
  const clean = parse("jobs", "cl", "--with-status=cancelled");
  assert(clean.kind === "run" && clean.command === "jobs clean" && clean.flags.withStatus === "Cancelled");
  const resume = parse("jobs", "resume", jobId, "--source-sas", "?sv=1&sig=x");
  assert(
    resume.kind === "run" && resume.command === "jobs resume" && resume.flags.sourceSas === "?sv=1&sig=x",
  );
  const plain = parse("jobs", "show", jobId);
  assert(plain.kind === "run" && plain.command === "jobs show" && plain.flags.withStatus === "");
});

test("an error of the arguments goes to both streams, the usage to stderr, and no credential to either", () => {
  let stdout = "";
  let stderr = "";
  const parsed = parse("copy", "a", "--from-to=https://x/?sig=abc");
  assert(parsed.kind === "wrong");
  printArgumentError(parsed.error, parsed.usage, {
    stdout: (text) => {
      stdout += text;
    },
    stderr: (text) => {
      stderr += text;
    },
  });
  const message = "fatal: invalid from-to argument passed: https://x/?sig=-REDACTED-";
  assert.equal(stdout, `\n${message}\n`);
  assert(stderr.startsWith(`Error: ${message}\nUsage:\n  azcopy copy [source] [destination] [flags]\n`));
  assert(stderr.endsWith("\n\n"));
});

test("any command line is parsed to something, and none throws", () => {
  const flag = fc.constantFrom(
    ...copyFlags.map(({ name }) => `--${name}`),
    "--nosuch",
    "-x",
    "-h",
    "--",
    "-",
    "--=",
  );
  const word = fc.oneof(fc.constantFrom("copy", "jobs", "list", "show", "help"), flag, fc.string());
  const withValue = fc.tuple(flag, fc.string()).map(([name, value]) => `${name}=${value}`);
  fc.assert(
    fc.property(fc.array(fc.oneof(word, withValue), { maxLength: 8 }), (args) => {
      const parsed = parseCommandLine(args);
      if (parsed.kind === "wrong") assert.notEqual(parsed.error.message, "");
    }),
    { numRuns: 2_000 },
  );
});
