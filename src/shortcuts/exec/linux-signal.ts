// In the order of their numbers on Linux, which differ on other systems. There is no signal 0.
const NAMES = [
  'SIGHUP',
  'SIGINT',
  'SIGQUIT',
  'SIGILL',
  'SIGTRAP',
  'SIGABRT',
  'SIGBUS',
  'SIGFPE',
  'SIGKILL',
  'SIGUSR1',
  'SIGSEGV',
  'SIGUSR2',
  'SIGPIPE',
  'SIGALRM',
  'SIGTERM',
  'SIGSTKFLT',
  'SIGCHLD',
  'SIGCONT',
  'SIGSTOP',
  'SIGTSTP',
  'SIGTTIN',
  'SIGTTOU',
  'SIGURG',
  'SIGXCPU',
  'SIGXFSZ',
  'SIGVTALRM',
  'SIGPROF',
  'SIGWINCH',
  'SIGIO',
  'SIGPWR',
  'SIGSYS',
] as const

/** The name of a Linux signal. */
export type LinuxSignal = (typeof NAMES)[number]

/** The number of a signal on Linux; throws `TypeError` if there is none. */
export function signalNumber(signal: LinuxSignal | number): number {
  const number = typeof signal === 'number' ? signal : NAMES.indexOf(signal) + 1
  if (Number.isInteger(number) && number > 0 && number < 65) return number
  throw new TypeError(`There is no signal ${String(signal)}`)
}
