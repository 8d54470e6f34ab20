/** Where a call was made: what happens in a socket's event later knows nothing of it. */
export interface CallSite {
  readonly stack: string
}

/** Remembers the stack above `called`; V8 makes text of it only when it is read. */
export function captureCallSite(called: (...args: never[]) => unknown): CallSite {
  const site = { stack: '' }
  Error.captureStackTrace(site, called)
  return site
}

/** Gives an error the stack of the call that it is the outcome of. */
export function pointTo<T>(error: T, { stack }: CallSite): T {
  const frames = stack.indexOf('\n    at ')
  if (error instanceof Error && frames !== -1)
    error.stack = `${error.name}: ${error.message}${stack.slice(frames)}`
  return error
}
