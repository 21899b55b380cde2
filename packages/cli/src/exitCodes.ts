/** What a command's exit code says: yes; an honest no (infeasible, refused, broken promise); bad input or usage; stopped by Ctrl-C. */
export const exitCodes = { yes: 0, no: 1, usage: 2, interrupted: 130 } as const;
