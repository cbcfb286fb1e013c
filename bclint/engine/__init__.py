"""One file, many files: functions, rules, settings and suppressions."""
