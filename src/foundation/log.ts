/** Ordered: a sink set to one level takes that level and all before it. */
export const logLevels = ["NONE", "FATAL", "PANIC", "ERROR", "WARNING", "INFO", "DEBUG"] as const;
export type LogLevel = (typeof logLevels)[number];

/** Takes one entry of the job log. Credentials are redacted by the sink. Must not throw and must not wait. */
export type Log = (level: "ERROR" | "WARNING" | "INFO" | "DEBUG", text: string) => void;

export const noLog: Log = () => {};
